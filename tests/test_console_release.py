"""Try box, test questions, publishing and going back, through the console's pages."""

import re
import threading
import time
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from bot.draft_check.trial import DraftSnapshots
from bot.models import QuestionLog
from handlers.commands.desk import Desk
from handlers.settings import Settings
from handlers.web import make_web
from knowledge.document import Document, Entry, Office, Plan
from knowledge.draft import read_draft
from knowledge.merging.comparing import merge_into_draft
from knowledge.models import EntryRow, OfficeRow
from knowledge.releases import list_acts, live_number, publish_release
from tests.conftest import NOW
from tests.console import Console, check_axe, plain, publish, sign_in_page, upload, wait_for


def test_a_failing_test_question_stops_all_but_an_admin_with_a_reason(web: Flask, desk: Desk, admin: Console) -> None:
    with desk.sessions() as session:
        row = session.query(EntryRow).filter_by(title="防災訓練").one()
        session.query(OfficeRow).first().phone = "06-6915-0000"  # type: ignore[union-attr]
        session.commit()
    sent = {"question": "駅前の自転車がじゃま", "entry": str(row.id)}
    unchosen = admin.post("/console/test-questions", {**sent, "entry": ""})
    assert unchosen.status_code == 422
    assert "先に出る取組を選んでください" in unchosen.get_data(as_text=True)
    assert admin.post("/console/test-questions", sent).status_code == 303
    assert admin.post("/console/test-questions", sent).status_code == 422
    assert "駅前の自転車がじゃま" in admin.text("/console/test-questions")
    refused = publish(Console(web, desk, "approver"), "急ぎ", override="だめなはず")
    assert refused.status_code == 422
    assert "管理者だけ" in refused.get_data(as_text=True)
    refused = publish(admin, "急ぎ")
    assert "「駅前の自転車がじゃま」" in plain(refused.get_data(as_text=True))
    assert "理由を書いて" in plain(publish(admin, " ", override="x").get_data(as_text=True))
    with desk.sessions() as session:
        assert live_number(session) == 1
    assert publish(admin, "急ぎ", override="台風のため").status_code == 303
    page = plain(admin.text("/console/releases"))
    assert "台風のため" in page
    assert "テスト質問「駅前の自転車がじゃま」" in page
    with desk.sessions() as session:
        assert (live_number(session), list_acts(session)[0].who) == (2, "admin")


def test_a_difference_shows_the_lines_that_changed_and_no_others(admin: Console, desk: Desk) -> None:
    with desk.sessions() as session:
        row = session.query(EntryRow).filter_by(title="防災訓練").one()
        kept, gone = row.examples[0], row.examples[1]
        row.examples = [*row.examples[2:], kept, "新しい聞き方"]
        other = session.query(EntryRow).filter_by(title="震災総合訓練").one()
        other.examples = other.examples[::-1]
        session.commit()
    page = wait_for(admin, "/console/publishing", "検査</h2>")
    assert f"<del>{gone}</del>" in page
    assert "<ins>新しい聞き方</ins>" in page
    assert kept not in page
    assert "順番が変わりました" in page


def test_a_stale_page_publishes_nothing(admin: Console, desk: Desk) -> None:
    assert "取組の一覧へ" in wait_for(admin, "/console/publishing", "下書きは公開版と同じです")
    with desk.sessions() as session:
        session.query(OfficeRow).first().phone = "06-6915-0000"  # type: ignore[union-attr]
        session.commit()
    page = wait_for(admin, "/console/publishing", "検査</h2>")
    assert "06-6915-0000" in page
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key
    with desk.sessions() as session:
        session.query(OfficeRow).first().phone = "06-6915-1111"  # type: ignore[union-attr]
        session.commit()
    refused = admin.post("/console/publishing", {"key": key[1], "why": "x"})
    assert refused.status_code == 422
    assert "下書きが変わりました" in refused.get_data(as_text=True)
    with desk.sessions() as session:
        assert live_number(session) == 1


def test_going_back_gives_the_answers_of_before_to_every_process(desk: Desk, settings: Settings) -> None:
    webs = [make_web(settings, desk.sessions, Desk(settings).conversation)[0] for _ in range(2)]
    admin = Console(webs[0], desk, "admin")

    def answers() -> list[Any]:
        return [web.test_client().post("/api/ask", json={"question": "防災訓練"}).get_json()["text"] for web in webs]

    before = answers()
    with desk.sessions() as session:
        row = session.query(EntryRow).filter_by(title="防災訓練").one()
        row.explanation = "新しい説明です。"
        session.flush()
        publish_release(session, NOW, "説明")
        row.explanation = "書きかけ"
        session.commit()
        draft = read_draft(session)
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline and not all("新しい説明です" in text for text in answers()):
        time.sleep(0.05)
    assert all("新しい説明です" in text for text in answers())
    assert admin.post("/console/releases/1/return", {"why": "まちがい"}).status_code == 303
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline and answers() != before:
        time.sleep(0.05)
    assert answers() == before
    with desk.sessions() as session:
        assert read_draft(session) == draft
        act = list_acts(session)[0]
        assert (act.who, act.why, act.before) == ("admin", "まちがい", 2)


def tried(console: Console, question: str) -> str:
    """The page with the answers, asked for again while they are being prepared."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        answer = console.post("/console/try", {"q": question})
        assert answer.status_code == 200
        if "準備しています" not in (page := answer.get_data(as_text=True)):
            return page
    raise AssertionError("not prepared")


def test_a_draft_is_prepared_behind_the_page_and_the_question_is_kept(
    page: Page, web: Flask, desk: Desk, admin: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, get = threading.Event(), DraftSnapshots.get
    monkeypatch.setattr(DraftSnapshots, "get", lambda self, *given: go_on.wait(30) and get(self, *given))
    sign_in_page(page, web, desk, "admin")
    page.route("**/again.js", lambda route: route.abort())  # the page stays until it has been looked at
    page.goto("/console/try")
    page.get_by_label("質問", exact=True).fill("駅前の自転車がじゃま")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="準備しています").wait_for()
    check_axe(page)
    page.unroute("**/again.js")
    page.get_by_role("button", name="答えを見る").click()
    page.wait_for_load_state()
    started = time.thread_time()
    assert "準備しています" in admin.post("/console/try", {"q": "防災訓練"}).get_data(as_text=True)
    assert time.thread_time() - started < 0.3
    go_on.set()
    page.wait_for_selector(".flex-bubble")
    assert page.get_by_label("質問", exact=True).input_value() == "駅前の自転車がじゃま"
    with desk.sessions() as session:
        session.query(OfficeRow).first().counter = "㊿番"  # type: ignore[union-attr]
        session.commit()
    assert "㊿番" in plain(tried(admin, "駅前の自転車がじゃま")), "a changed draft is prepared anew"


def test_the_try_box_shows_both_and_writes_nothing(admin: Console, desk: Desk) -> None:
    with desk.sessions() as session:
        office = session.query(EntryRow).filter_by(title="放置自転車追放啓発活動").one().office
        assert office is not None
        office.counter = "㊿番"
        session.commit()
    page = tried(admin, "駅前の自転車がじゃま<b>")
    assert "<b>" not in page
    said = plain(page)
    assert "答えが変わります" in said
    assert said.count("㊿番窓口") >= 2, "the LINE card and the web chat of the draft"
    assert said.count("④番窓口") >= 2
    assert 'class="flex-bubble"' in page
    assert 'class="turn"' in page
    assert re.search(r"自転 \d+\.\d", said)
    with desk.sessions() as session:
        assert session.query(QuestionLog).count() == 0
    card = page.partition('class="as-line"')[2].partition('class="as-web"')[0]
    assert "鶴見区運営方針" in said.partition("LINE での見え方")[0], "two plans may have an entry of one title"
    assert "電話" in card
    for text in ("", "家が燃えてる", "こんにちは", "ラーメン"):
        assert tried(admin, text)


def test_pages_are_fast_with_two_thousand_entries(admin: Console, desk: Desk) -> None:
    plan, office = Plan("大きな計画"), Office("大きな課", "3階", "⑦番", "06-6915-0007")
    many = [Entry(plan, f"柱{n % 9}", f"取組その{n}", office, explanation="説明" * 20, examples=(f"{n}はどこ",) * 3)
            for n in range(2000)]  # fmt: skip
    with desk.sessions() as session:
        merge_into_draft(session, Document([plan], [office], many), by_hand=True)
        publish_release(session, NOW, "大きな計画")
        session.query(OfficeRow).filter_by(name="大きな課").one().phone = "06-6915-0008"
        session.commit()
    for path in (
        "/console/import",
        "/console/test-questions",
        "/console/try",
        "/console/publishing",
        "/console/releases",
    ):
        taken = []
        for _ in range(3):
            started = time.perf_counter()
            admin.text(path)
            taken.append(time.perf_counter() - started)
        print(path, [round(t, 3) for t in taken])
        assert min(taken) < 0.3, path


def test_the_pages_with_something_on_them_for_axe(page: Page, web: Flask, desk: Desk, admin: Console) -> None:
    with desk.sessions() as session:
        office = session.query(EntryRow).filter_by(title="放置自転車追放啓発活動").one().office
        assert office is not None
        office.counter = "㊿番"
        session.commit()
    admin.post("/console/test-questions", {"question": "防災訓練はいつ", "entry": "none"})
    wait_for(admin, "/console/publishing", "検査</h2>")
    where = upload(admin, "よくある質問.csv", "id,質問,回答,担当\n1,犬の登録,窓口で,環境係\n,,,だれか\n".encode())
    wait_for(admin, where, "下書きとのちがい")
    sign_in_page(page, web, desk, "admin")
    for path in ("/console/publishing", "/console/test-questions", "/console/releases/1", where, "/console/import"):
        check_axe(page, path)
    page.goto("/console/try")
    page.get_by_label("質問", exact=True).fill("駅前の自転車がじゃま")
    page.keyboard.press("Enter")
    page.wait_for_selector(".flex-bubble")
    check_axe(page)
