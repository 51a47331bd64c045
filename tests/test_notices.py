"""A notice is on top of its topic's answers in every channel while it is valid, and nowhere else."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from bot.models import QuestionLog
from bot.notices import NoticeBoard
from handlers.commands.cli import cli
from handlers.commands.desk import Desk
from handlers.settings import Settings
from knowledge.history import Change, draft_state
from knowledge.notices import NoticeRow, read_topic
from nlp.normalise import normalise
from nlp.tokenise import analyse
from tests.conftest import NOW
from tests.console import Console, check_axe, sign_in_page
from tests.line_server import Line
from tests.test_line import Served, event

FORM = {
    "title": "今津北で断水しています", "text": "給水車が 10 時に出ます。\n復旧は夕方です。",
    "topics": "断水\n水が出ない", "starts_at": "2026-11-24T09:00", "ends_at": "2026-11-24T18:00",
}  # fmt: skip


def publish(web: Flask, desk: Desk, **changes: str) -> int:
    """Publishes as an approver; the notice's number."""
    answer = Console(web, desk, "approver").post("/console/notices/new", {**FORM, **changes})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    if desk.conversation.board:
        desk.conversation.board._looked = -1.0
    return int(answer.location.rsplit("/", 1)[1])


@pytest.fixture
def answering(desk: Desk, settings: Settings) -> Iterator[Served]:
    application = Served(desk, settings)
    application.worker.start()
    yield application
    application.worker.stop()


@pytest.mark.parametrize(
    ("topic", "on", "off"),
    [
        ("断水", "断水はいつまで？ 断水中 だんすいっていつまで 今津北のダンスイのこと", "下水道の料金 水道のこと"),
        ("停電", "停電してる ていでんした", "固定電話がほしい 電話番号"),
        ("水が出ない", "水が出ない みずがでない 水出ないんやけど", "水道料金はいくら 蚊が出る"),
        ("ていでん", "停電?ていでん？", "外に出る 出ない"),
        ("避難所", "避難所はどこ 指定避難所", "避難訓練はいつ 便所"),
        ("ごみ", "ゴミの日 ごみ収集", "小見川さん"),
        ("選挙", "選挙はいつ せんきょいつ", "先生の居場所"),
    ],
)
def test_a_topic_is_found_in_its_words_and_in_kana(topic: str, on: str, off: str) -> None:
    read = read_topic(topic)
    spoken = {text: read.is_in(normalise(text), analyse(normalise(text))) for text in (*on.split(), *off.split())}
    assert spoken == {**dict.fromkeys(on.split(), True), **dict.fromkeys(off.split(), False)}


def test_a_notice_is_on_top_in_every_channel_and_ends_by_itself(
    answering: Served, line: Line, desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(answering.web, desk)
    client = answering.web.test_client()
    front = client.get("/").get_data(as_text=True)
    assert "今津北で断水しています" in front
    page = client.post("/", data={"q": "断水いつまで"}).get_data(as_text=True)
    assert page.index("給水車が 10 時に出ます") < page.index("ほかのことは、こちらの窓口で")
    assert "資料では分かりません" not in page
    asked = client.post("/api/ask", json={"question": "断水の日の防災訓練はいつ"}).get_json()
    assert asked["text"].startswith("【お知らせ】今津北で断水しています\n給水車が 10 時に出ます。")
    assert "（11月24日 18:00まで）\n\n【" in asked["text"], "the usual answer stands below"
    assert asked["notices"][0]["until"] == "2026-11-24T18:00:00"
    assert "お知らせ" not in client.post("/api/ask", json={"question": "防災訓練はいつ"}).get_json()["text"]
    answering.post(event(1, "水が出ない"), event(2, "断水の日の放置自転車追放啓発活動", "U2"))
    answering.settled()
    assert line.refused == []
    sent = {body["replyToken"]: body["messages"] for body in line.accepted}
    assert all(messages[0]["text"].startswith("【お知らせ】") for messages in sent.values())
    assert [message["type"] for message in sent["token-2"]] == ["text", "flex"]
    monkeypatch.setattr("handlers.commands.cli.read_settings", lambda: settings)
    told = CliRunner().invoke(cli, ["ask", "断水いつまで", "--json"])
    assert json.loads(told.output)["text"].startswith("【お知らせ】")
    with desk.sessions() as session:
        rows = session.scalars(select(QuestionLog).where(QuestionLog.question.contains("水"))).all()
        assert {(row.answered, row.review) for row in rows} == {(True, "")}, "what a notice answers waits for nobody"
    monkeypatch.setattr(desk.conversation, "clock", lambda: NOW.replace(hour=18, minute=0))
    assert "断水しています" not in client.get("/").get_data(as_text=True)
    assert "分かりません" in client.post("/api/ask", json={"question": "断水いつまで"}).get_json()["text"]


def test_nothing_stands_above_an_emergency(web: Flask, desk: Desk) -> None:
    publish(web, desk, topics="火事\n家")
    answer = web.test_client().post("/api/ask", json={"question": "家が火事です"}).get_json()
    assert (answer["intent"], "お知らせ" in answer["text"]) == ("emergency", False)


def test_a_notice_that_waits_is_not_shown_before_its_time(web: Flask, desk: Desk, monkeypatch: Any) -> None:
    publish(web, desk, starts_at="2026-11-24T12:00")
    assert "断水しています" not in web.test_client().get("/").get_data(as_text=True)
    assert "これから出ます" in Console(web, desk, "viewer").text("/console/notices/1")
    monkeypatch.setattr(desk.conversation, "clock", lambda: NOW.replace(hour=12))
    assert "断水しています" in web.test_client().get("/").get_data(as_text=True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": ""}, "入れてください"), ({"topics": "どこ"}, "どの質問か分かりません"), ({"topics": ""}, "入れて"),
        ({"ends_at": "2026-11-24T09:59"}, "これからの時刻"), ({"ends_at": "あした"}, "日付と時刻で"),
        ({"starts_at": "2026-11-25T09:00"}, "始まりより後"), ({"text": "あ" * 601}, "601 文字"),
        ({"topics": "、".join(f"話題{n}" for n in range(21))}, "21 あります"),
    ],
)  # fmt: skip
def test_a_form_that_is_wrong_says_how_to_mend_it(web: Flask, desk: Desk, change: dict[str, str], said: str) -> None:
    answer = Console(web, desk, "approver").post("/console/notices/new", {**FORM, **change})
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    with desk.sessions() as session:
        assert session.scalars(select(NoticeRow)).all() == []


def test_every_change_is_in_the_history_and_the_draft_stays_the_same(web: Flask, desk: Desk) -> None:
    with desk.sessions() as session:
        before = draft_state(session)
    number = publish(web, desk)
    console, place = Console(web, desk, "approver"), f"/console/notices/{number}"
    assert console.post(place, {**FORM, "text": "復旧しました。", "version": "1"}).status_code == 303
    refused = console.post(place, {**FORM, "text": "古い", "version": "1"})
    assert (refused.status_code, "ほかの人が先に" in refused.get_data(as_text=True)) == (422, True)
    assert console.post(f"{place}/end").status_code == 303
    page = console.text(place)
    assert "終わりました" in page
    assert "<ins>復旧しました。</ins>" in page
    with desk.sessions() as session:
        changes = session.scalars(select(Change).where(Change.kind == "notice").order_by(Change.id)).all()
        assert [(c.who, c.why) for c in changes] == [
            ("approver", "お知らせの公開"), ("approver", "お知らせの変更"), ("approver", "お知らせを終える"),
        ]  # fmt: skip
        assert (changes[2].after or {})["ends_at"] == "2026-11-24T10:00:00"
        assert draft_state(session) == before
    history = Console(web, desk, "admin").text("/console/knowledge/history?table=notice")
    assert "お知らせの変更" in history
    assert f'href="{place}"' in history
    assert "を戻す" not in history
    assert Console(web, desk, "admin").post(f"/console/knowledge/history/{changes[1].id}/undo").status_code == 404


def test_an_editor_sees_and_does_not_publish(web: Flask, desk: Desk) -> None:
    number = publish(web, desk)
    editor = Console(web, desk, "editor")
    assert "いま終える" not in editor.text(f"/console/notices/{number}")
    assert editor.post("/console/notices/new", FORM).status_code == 403
    assert "お知らせを出す" not in editor.text("/console/notices")


def test_without_a_notice_a_question_costs_nothing_more(desk: Desk) -> None:
    board = NoticeBoard(desk.sessions)
    board.watch(desk.conversation.clock)
    best = min(_microseconds(board) for _ in range(50))
    assert best < 5


def _microseconds(board: NoticeBoard) -> float:
    start = time.perf_counter()
    for _ in range(100):
        board.find("断水はいつまで続きますか", NOW)
    return (time.perf_counter() - start) * 1e4


def test_a_process_that_watches_finds_a_new_notice_by_itself(web: Flask, desk: Desk) -> None:
    board = NoticeBoard(desk.sessions)
    board.watch(desk.conversation.clock)
    assert board.valid(NOW) == ()
    publish(web, desk)
    deadline = time.monotonic() + 5
    while not board.valid(NOW) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [notice.title for notice in board.find("断水", NOW + timedelta(hours=1))] == ["今津北で断水しています"]


def test_publishing_in_a_browser(page: Page, web: Flask, desk: Desk) -> None:
    web.test_client().post("/answer", data={"q": "断水いつまで"})
    sign_in_page(page, web, desk, "approver")
    page.goto("/console/notices/new?topics=断水")
    check_axe(page)
    page.locator("#title").fill("断水のお知らせ")
    page.locator("#text").fill("夕方に復旧します。")
    page.get_by_role("button", name="公開する").click()
    page.get_by_text("お知らせを公開しました").wait_for()
    page.get_by_text("1 件のうち 1 件が、この話題です").wait_for()
    check_axe(page)
    check_axe(page, "/console/notices")
    assert desk.conversation.board
    desk.conversation.board._looked = -1.0
    check_axe(page, "/")
    page.get_by_role("heading", name="お知らせ: 断水のお知らせ").wait_for()
    page.get_by_role("textbox", name="質問").fill("断水いつまで")
    page.keyboard.press("Enter")
    page.locator(".answer .ward-notice").get_by_text("夕方に復旧します").wait_for()
    check_axe(page)


def test_a_notice_is_told_once_with_the_first_answer(page: Page, web: Flask, desk: Desk) -> None:
    publish(web, desk)
    page.goto("/")
    told = page.get_by_text("給水車が 10 時に出ます")
    assert told.count() == 1
    for number, question in enumerate(("断水いつまで", "水が出ない"), 1):
        page.locator("#q").fill(question)
        page.get_by_role("button", name="聞く").click()
        page.locator(".turn").nth(number - 1).wait_for()
        assert told.count() == number, "once in each answer, and no more above the page"
    without = web.test_client().post("/", data={"q": "断水いつまで"}).get_data(as_text=True)
    assert without.count("給水車が 10 時に出ます") == 1
