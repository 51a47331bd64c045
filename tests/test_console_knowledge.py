"""The draft's pages: found, changed, refused, brought back; two editors on one entry; who may."""

import html
import re
import time
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from handlers.commands.desk import Desk
from knowledge.draft import read_draft
from knowledge.editing.saving import find_row, form_of
from knowledge.exchange import shipped_document
from knowledge.history import list_history
from knowledge.live import LiveSnapshot
from knowledge.merging.comparing import merge_into_draft
from knowledge.models import EntryRow, OfficeRow, PlanRow, WordRow
from knowledge.releases import publish_release
from tests.console import Console, check_axe, sign_in_page

ROOT = "/console/knowledge"
# What the walk through all routes does not come by.
PAGES = (
    "/entries?words=自転車", "/entries?state=office", "/entries/bulk?entry=1&entry=2",
)  # fmt: skip


@pytest.fixture
def editor(web: Flask, desk: Desk) -> Console:
    with desk.sessions() as session:
        session.add(WordRow(word="ほかす", official="廃棄"))
        session.commit()
    return Console(web, desk, "editor")


def send(console: Console, path: str, data: dict[str, Any], status: int = 303) -> str:
    answer = console.post(ROOT + path, data)
    text = answer.get_data(as_text=True)
    assert answer.status_code == status, re.sub(r"<[^>]+>", " ", text)
    return html.unescape(text)


def test_a_counter_is_corrected_as_it_is_printed(editor: Console, desk: Desk) -> None:
    send(editor, "/office/1", {"version": 1, "counter": "5", "phone": "６９１５－０００１", "why": "移転"})
    page = editor.text(f"{ROOT}/office/1")
    assert "0669150001 にかかります" in page
    with desk.sessions() as session:
        office = session.get(OfficeRow, 1)
        assert office is not None
        assert (office.counter, office.phone) == ("⑤番", "06-6915-0001")
        change = list_history(session, "office", 1)[0]
        assert (change.who, change.why) == ("editor", "移転")
    assert "移転" in editor.text(f"{ROOT}/history/office/1")


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(editor: Console, desk: Desk) -> None:
    with desk.sessions() as session:
        before = read_draft(session)
    page = send(editor, "/office/1", {"version": 1, "name": "別の名前", "phone": "12-3"}, 422)
    assert 'href="#phone"' in page
    assert 'id="phone-error"' in page
    assert 'value="12-3"' in page
    assert 'value="別の名前"' in page
    assert "計画: 入れてください" in re.sub(r"<[^>]+>", "", send(editor, "/entry/new", {"title": "題"}, 422))
    assert "同じ組がもう" in send(editor, "/word/new", {"word": "ほかす", "official": "廃棄"}, 422)
    assert "件あります" in send(editor, "/office/1/delete", {"version": 1, "why": "x"}, 409)
    assert "印を付けて" in send(editor, "/entries/bulk", {"entry": [1, 2]}, 422)
    assert "入れてください" in send(editor, "/plan/3/next-year", {"version": 1, "title": "x", "valid_from": ""}, 422)
    with desk.sessions() as session:
        assert read_draft(session) == before


def test_the_sections_of_a_plan_are_offered(editor: Console, desk: Desk) -> None:
    with desk.sessions() as session:
        entry = session.query(EntryRow).filter_by(title="防災訓練").one()
    page = editor.text(f"{ROOT}/entry/{entry.id}")
    offered = re.findall(r'<option value="([^"]+)">', page.partition('<datalist id="section-known">')[2])
    assert "安全なまちづくり" in offered
    assert "基本目標1" not in offered  # another plan's
    assert "基本目標1" in editor.text(f"{ROOT}/entry/new")
    page = editor.text(f"{ROOT}/entries?plan={entry.plan_id}&section=基本目標1")
    assert ">基本目標1</option>" not in page
    assert "25 件" in page


def test_a_bulk_edit_leads_back_to_the_list_it_came_from(editor: Console) -> None:
    page = editor.text(f"{ROOT}/entries/bulk?entry=20&entry=21&words=まち&state=expired")
    back = re.search(r'name="back" value="([^"]+)"', page)
    assert back
    form = {"entry": [20, 21], "set": ["review_on"], "review_on": "2027-01-31", "back": html.unescape(back[1])}
    where = editor.post(f"{ROOT}/entries/bulk", form).location
    assert unquote(where) == f"{ROOT}/entries?state=expired&words=まち"
    assert "確かめて公開する" in editor.text(where)
    assert editor.post(f"{ROOT}/entries/bulk", {**form, "back": "//evil.example"}).location == f"{ROOT}/entries"


def test_every_way_of_writing_is_in_the_history(editor: Console, desk: Desk) -> None:
    with desk.sessions() as session:
        seen = list_history(session, most=1)[0].id
    send(editor, "/entry/new", {"plan_id": 1, "title": "新しい取組", "why": "a"})
    send(editor, "/office/new", {"name": "新しい課", "floor": "4", "why": "b"})
    send(editor, "/plan/new", {"title": "新しい計画", "why": "c"})
    send(editor, "/word/new", {"word": "チャリ", "official": "自転車", "why": "d"})
    send(editor, "/entry/1", {"version": 1, "examples": "一\r\n二", "add-examples": "三", "why": "e"})
    send(editor, "/plan/1", {"version": 1, "source": "新しい出典", "why": "f"})
    send(editor, "/word/1", {"version": 1, "official": "廃棄物", "why": "g"})
    send(editor, "/entries/bulk", {"entry": [2, 3], "set": ["review_on"], "review_on": "2027-04-01", "why": "h"})
    send(editor, "/entry/4/delete", {"version": 1, "why": "i"})
    with desk.sessions() as session:
        removed = list_history(session, "entry", 4)[0].id
    send(editor, f"/history/{removed}/undo", {"why": "j"})
    year = {"version": 1, "title": "令和6年度", "valid_from": "2024-04-01", "valid_to": "2025-03-31", "entry": [20]}
    send(editor, "/plan/3/next-year", {**year, "why": "k"})
    with desk.sessions() as session:
        changes = [c for c in list_history(session, most=100) if c.id > seen]
        assert {c.who for c in changes} == {"editor"}
        assert "".join(sorted({c.why for c in changes})) == "abcdefghijk"
        assert len([c for c in changes if c.why == "h"]) == 2
        assert [c.action for c in changes if c.why in "ij"] == ["追加", "削除"]
        assert form_of(find_row(session, "entry", 1))["examples"] == "一\n二\n三"
        assert session.query(PlanRow).filter_by(title="令和6年度").one()


def test_a_residents_word_finds_what_is_written_officially_once_published(
    editor: Console, web: Flask, desk: Desk
) -> None:
    def best() -> Any:
        return web.test_client().post("/api/ask", json={"question": "ほったらかしチャリンコ"}).get_json()["matches"][0]

    with desk.sessions() as session:
        for row in session.query(EntryRow).filter(EntryRow.title == "放置自転車追放啓発活動"):
            row.examples, row.vocabulary = [], []
        session.flush()
        publish_release(session, desk.now(), "言葉を減らした")
        session.commit()
        desk.conversation.live = LiveSnapshot(desk.sessions, desk.settings.data_dir / "index")
        before = best()["score"]
        send(editor, "/word/new", {"word": "ほったらかしチャリンコ", "official": "放置自転車追放"})
        assert best()["score"] == before
        publish_release(session, desk.now(), "言葉を加えた")
        session.commit()
    desk.conversation.live = LiveSnapshot(desk.sessions, desk.settings.data_dir / "index")
    after = best()
    assert after["title"] == "放置自転車追放啓発活動"
    assert after["score"] > before + 0.2


def test_a_choice_between_two_versions_is_asked_for_until_it_is_made(editor: Console, web: Flask, desk: Desk) -> None:
    send(editor, "/entry/1", {"version": 1, "note": "一人目", "examples": "ア"})
    other = Console(web, desk, "admin")
    mine = {"note": "二人目", "examples": "イ", "page": "7"}
    page = send(other, "/entry/1", {"version": 1, **mine}, 409)
    assert "editor さんが変更しました" in page
    assert all(text in page for text in ("一人目", "二人目", "ア", "イ"))
    asked = {"version": 2, "began": 1, **mine, "clash-note": 1, "clash-examples": 1, "clash-page": 1}
    page = send(other, "/entry/1", {**asked, "pick-note": "theirs", "pick-page": "mine"}, 409)
    assert "まだ選ばれていません: 想定質問" in page
    send(other, "/entry/1", {**asked, "pick-note": "theirs", "pick-page": "mine", "pick-examples": "both"})
    with desk.sessions() as session:
        row = form_of(find_row(session, "entry", 1))
        assert (row["note"], row["examples"], row["page"]) == ("一人目", "ア\nイ", "7")


def test_who_only_looks_finds_nothing_to_press(editor: Console, web: Flask, desk: Desk) -> None:
    viewer = Console(web, desk, "viewer")
    for path in ("/entries", "/entry/1", "/offices", "/plans", "/words", "/history"):
        page = viewer.text(ROOT + path)
        assert "下書きに保存する" not in page
        assert "/delete" not in page
        assert "/undo" not in page
    for path in ("/entry/1", "/entry/new", "/entry/1/delete", "/entries/bulk", "/history/1/undo", "/plan/3/next-year"):
        send(viewer, path, {"version": 1}, 403)
    assert editor.get(f"{ROOT}/entry/999").status_code == 404
    assert Console(web, desk, "").get(f"{ROOT}/entries").status_code == 303


def test_two_thousand_entries_are_listed_in_time(web: Flask, desk: Desk) -> None:
    shipped = shipped_document()
    many = [replace(entry, title=f"{entry.title}{n}") for n in range(45) for entry in shipped.entries]
    with desk.sessions() as session:
        merge_into_draft(session, replace(shipped, entries=many), by_hand=True)
        session.commit()
    console = Console(web, desk, "editor")
    console.text(f"{ROOT}/entries?words=自転車")  # the words of the titles are cut once
    for path in ("/entries", "/entries?words=自転車&page=2", "/entries?state=soon", "/entry/1", "/history", "/plans"):
        taken = []
        for _ in range(3):
            started = time.thread_time()
            page = console.text(ROOT + path)
            taken.append(time.thread_time() - started)
        assert min(taken) < 0.6, (path, taken)  # 0.15 s at most where nothing else keeps the machine busy
        assert len(page) < 400_000


def test_pages_that_a_person_comes_to_pass_axe(page: Page, web: Flask, desk: Desk, editor: Console) -> None:
    send(editor, "/entry/1", {"version": 1, "note": "花子", "examples": "ア"})
    sign_in_page(page, web, desk, "editor")
    for path in PAGES:
        check_axe(page, ROOT + path)
    page.goto(f"{ROOT}/office/1")
    page.get_by_label("電話").fill("1")
    page.get_by_role("button", name="下書きに保存する").click()
    page.get_by_role("alert").wait_for()
    check_axe(page)
    page.goto(f"{ROOT}/entry/1")
    page.get_by_label("メモ").fill("自分のメモ")
    send(editor, "/entry/1", {"version": 2, "note": "人のメモ", "examples": "イ"})
    page.get_by_role("button", name="下書きに保存する").click()
    page.get_by_role("button", name="選んだ内容を").wait_for()
    check_axe(page)


def test_the_list_filters_as_one_types(page: Page, web: Flask, desk: Desk) -> None:
    sign_in_page(page, web, desk, "viewer")
    page.goto(f"{ROOT}/entries")
    expect(page.get_by_role("status")).to_contain_text("44 件")
    page.get_by_label("言葉").press_sequentially("放置自転車")
    expect(page.get_by_role("link", name="放置自転車追放啓発活動")).to_be_visible()
    expect(page.get_by_role("link", name="めざすべき将来像")).to_have_count(0)
    assert "words=" in page.url
    page.get_by_label("状態").select_option("担当なし")
    expect(page.get_by_text("この条件の取組はありません")).to_be_visible()
    page.reload()
    expect(page.get_by_label("言葉")).to_have_value("放置自転車")


def test_two_editors_on_one_entry_lose_nothing(
    browser: Browser, page: Page, served: str, web: Flask, desk: Desk
) -> None:
    """The second sees both versions, by keyboard and without script, and chooses field by field."""
    second = browser.new_context(base_url=served, locale="ja-JP", java_script_enabled=False).new_page()
    sign_in_page(page, web, desk, "editor")
    sign_in_page(second, web, desk, "admin")
    for window in (page, second):
        window.goto(f"{ROOT}/entry/1")
    page.get_by_label("メモ").fill("一人目のメモ")
    page.get_by_label("ページ").fill("12")
    page.get_by_role("button", name="下書きに保存する").click()
    page.get_by_text("下書きに保存しました").wait_for()
    second.get_by_label("メモ").fill("二人目のメモ")
    second.get_by_label("担当の係・原課").fill("防災係")
    second.get_by_role("button", name="下書きに保存する").press("Enter")
    expect(second.get_by_role("alert")).to_contain_text("editor さんが変更しました")
    note = second.get_by_role("group", name="メモ")
    expect(note).to_contain_text("一人目のメモ")
    expect(note).to_contain_text("二人目のメモ")
    # What only one of the two touched is chosen already.
    expect(second.get_by_label("editor さんのページにする")).to_be_checked()
    expect(second.get_by_label("あなたの担当の係・原課にする")).to_be_checked()
    second.get_by_label("あなたのメモにする").press("Space")
    second.get_by_role("button", name="選んだ内容を下書きに保存する").press("Enter")
    expect(second.get_by_role("status")).to_contain_text("下書きに保存しました")
    with desk.sessions() as session:
        row = session.get(EntryRow, 1)
        assert row is not None
        assert (row.note, row.page, row.owner) == ("二人目のメモ", "12", "防災係")
        assert [c.who for c in list_history(session, "entry", 1)] == ["admin", "editor", "コマンド"]
    second.goto(f"{ROOT}/history/entry/1")
    expect(second.locator("del", has_text="一人目のメモ")).to_be_visible()
    second.context.close()
