"""Large files and doubtful rows: how far the reading is, pages that stay quick, entries that are the same after all."""

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import insert

from bot.models import QuestionLog
from bot.question_log import log_row
from handlers.commands.desk import Desk
from handlers.settings import Settings
from handlers.web import make_web
from knowledge.document import Document, Entry, Office, Plan
from knowledge.draft import read_draft
from knowledge.history import list_history
from knowledge.jobs import READY, WAITING, WORKING, Job
from knowledge.merging.comparing import merge_into_draft
from knowledge.models import EntryRow, OfficeRow
from knowledge.reading import telling
from knowledge.releases import DraftComparison
from knowledge.rows import read_rows
from knowledge.tables import write_table
from tests.conftest import NOW
from tests.console import Console, check_axe, form_of, plain, publish, sign_in_page, upload, wait_for
from tests.servers import Postgres

PLAN, OFFICE = Plan("大きな計画", source="計画.csv"), Office("大きな課", "3階", "⑦番", "06-6915-0007")


def table_of(path: Path, entries: list[Entry]) -> bytes:
    write_table(Document([PLAN], [OFFICE], entries), path)
    return path.read_bytes()


def many(count: int) -> list[Entry]:
    return [
        Entry(PLAN, f"分野その{n % 9}", f"取組その{n}", OFFICE, explanation="説明" * 20, examples=(f"{n}はどこ",) * 3)
        for n in range(count)
    ]


def test_two_thousand_rows_tell_how_far_they_are_and_are_shown_in_time(web: Flask, desk: Desk, tmp_path: Path) -> None:
    console = Console(web, desk, "editor")
    where = upload(console, "表.xlsx", table_of(tmp_path / "a.xlsx", many(2000)))
    said = set()
    deadline = time.monotonic() + 60
    while "自動で新しく" in (text := console.text(where)) and time.monotonic() < deadline:
        said |= {(int(done), int(total)) for done, total in re.findall(r"(\d+) / (\d+) 行", text)}
        time.sleep(0.1)
    assert any(0 < done < total for done, total in said), said
    assert {total for _, total in said} <= {2000, 2001, 2002}, "rows of the table, with headers and words"
    for number in (1, 20):
        taken = []
        for _ in range(3):
            started = time.thread_time()
            text = console.text(f"{where}?page={number}")
            taken.append(time.thread_time() - started)
        assert min(taken) < 0.3, taken
        assert f"20 ページのうち {number}" in text
        assert len(text) < 400_000
    assert "追加 2000 件" in plain(text)
    assert "取組その1999" in text


def test_reading_tells_rows_only_to_who_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.reading._TELL_EVERY", 0.0)
    table_of(tmp_path / "a.xlsx", many(5))
    told: list[tuple[int, int]] = []
    with telling(lambda done, total: told.append((done, total))):
        read_rows(tmp_path / "a.xlsx")
    assert told == [(n, 6) for n in range(1, 7)]
    read_rows(tmp_path / "a.xlsx")
    assert len(told) == 6


def test_an_import_job_on_postgresql_needs_no_browser(settings: Settings, desk: Desk, tmp_path: Path) -> None:
    server = Postgres()
    try:
        elsewhere = Desk(replace(settings, database_url=server.url))
        web = make_web(elsewhere.settings, elsewhere.sessions, elsewhere.conversation)[0]
        console = Console(web, elsewhere, "editor")
        where = upload(console, "表.xlsx", table_of(tmp_path / "a.xlsx", many(40)))
        number = int(where.rsplit("/", 1)[1])
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:  # the browser is closed: nobody asks for a page
            with elsewhere.sessions() as session:
                if session.get_one(Job, number).state not in (WAITING, WORKING):
                    break
            time.sleep(0.05)
        with elsewhere.sessions() as session:
            job = session.get_one(Job, number)
            assert (job.state, job.problem, job.content) == (READY, "", None)
        page = console.text(where)
        assert "追加 40 件" in plain(page)
        form = form_of(page)
        form["accept"] = form["accept"][1:]
        assert console.post(where, {**form, "do": "apply"}).status_code == 303
        with elsewhere.sessions() as session:
            titles = [entry.title for entry in read_draft(session).entries if entry.plan.title == PLAN.title]
            assert titles == [f"取組その{n}" for n in range(1, 40)]
        # What the draft lacks is offered again, compared with the draft as it is by now.
        again = upload(console, "表.xlsx", table_of(tmp_path / "b.xlsx", many(40)))
        assert "追加 1 件" in plain(wait_for(console, again, "下書きとのちがい"))
        with elsewhere.sessions() as session:
            session.query(EntryRow).filter_by(title="取組その9").one().note = "書きかえた"
            session.commit()
        assert "変更 1 件" in plain(wait_for(console, again, "下書きとのちがい"))
        assert "想定質問" in console.text("/console/knowledge/entries?state=examples")
        assert "急ぎ" in console.text("/console/")
        elsewhere.engine.dispose()
    finally:
        server.close()


@pytest.fixture
def renamed(desk: Desk) -> int:
    """The row of an entry of which a document has another title and another text; staff wrote examples and words."""
    with desk.sessions() as session:
        entries = many(3)
        merge_into_draft(session, Document([PLAN], [OFFICE], [replace(e, examples=()) for e in entries]))
        row = session.query(EntryRow).filter_by(title="取組その1").one()
        row.examples, row.vocabulary = ["駅の自転車がじゃま"], ["チャリ"]
        row.title = "職員の題"  # which a document would not overwrite by itself
        session.commit()
        return row.id


def send_renamed(console: Console, by_hand: bool, path: Path) -> str:
    new = Entry(PLAN, "分野その1", "新しい題", OFFICE, explanation="新しい説明")
    if by_hand:
        entries = [replace(many(3)[n], examples=()) for n in (0, 2)]
        return upload(console, "表.xlsx", table_of(path, [entries[0], new, entries[1]]))
    rows = [f"{PLAN.title},分野その{n},取組その{n},{'説明' * 20},大きな課" for n in (0, 2)]
    text = "\n".join(
        ["計画,柱,取組,説明,担当", rows[0], f"{PLAN.title},分野その1,新しい題,新しい説明,大きな課", rows[1]]
    )
    return upload(console, "計画.csv", text.encode())


@pytest.mark.parametrize("by_hand", [True, False])
def test_staff_say_that_a_new_entry_is_one_that_vanished(
    web: Flask, desk: Desk, tmp_path: Path, renamed: int, by_hand: bool
) -> None:
    console = Console(web, desk, "editor")
    where = send_renamed(console, by_hand, tmp_path / "a.xlsx")
    page = wait_for(console, where, "下書きとのちがい")
    assert "追加 1 件、変更 0 件、なくなった 1 件" in plain(page)
    offered = re.findall(r'<select[^>]* name="(same-[^"]+)">.*?<option value="(gone-[^"]+)">([^<]*)', page, re.DOTALL)
    assert len(offered) == 1
    name, gone, said = offered[0]
    assert said == "「大きな計画 / 分野その1 / 職員の題」と同じ取組です"
    form = form_of(page)
    waits = console.post(where, {**form, name: gone, "do": "apply"})
    assert waits.status_code == 409, "what becomes of the entry is looked at first"
    assert "もう一度確かめて" in waits.get_data(as_text=True)
    page = wait_for(console, where, "下書きとのちがい")
    assert "追加 0 件、変更 1 件、なくなった 0 件" in plain(page)
    assert "<ins>新しい題</ins>" in page
    apart = console.post(where, {**form_of(page), name: "", "do": "save"})
    assert apart.status_code == 303
    assert "追加 1 件、変更 0 件、なくなった 1 件" in plain(wait_for(console, where, "下書きとのちがい"))
    console.post(where, {**form, name: gone, "do": "save"})
    page = wait_for(console, where, "下書きとのちがい")
    assert console.post(where, {**form_of(page), name: gone, "do": "apply", "why": "改称"}).status_code == 303
    with desk.sessions() as session:
        row = session.get_one(EntryRow, renamed)
        assert (row.title, row.explanation) == ("新しい題", "新しい説明")
        assert session.query(EntryRow).filter_by(title="職員の題").count() == 0
        if not by_hand:  # a document says nothing of what residents say
            assert (row.examples, row.vocabulary) == (["駅の自転車がじゃま"], ["チャリ"])
        change = list_history(session, "entry", renamed)[0]
        assert change.before is not None
        assert (change.action, change.before["title"], change.who) == ("変更", "職員の題", "editor")
    again = wait_for(console, send_renamed(console, by_hand, tmp_path / "b.xlsx"), "の内容</h1>")
    assert "下書きとちがうところはありません" in again


def wait_for_release(desk: Desk, number: int) -> None:
    deadline = time.monotonic() + 20
    while desk.conversation.live.get().release != number and time.monotonic() < deadline:
        time.sleep(0.1)
    assert desk.conversation.live.get().release == number


def test_an_entry_under_a_new_name_is_one_change_and_keeps_its_questions(
    admin: Console, desk: Desk, tmp_path: Path, renamed: int
) -> None:
    assert publish(admin, "はじめ").status_code == 303
    wait_for_release(desk, 2)
    reply = desk.conversation.answer("職員の題")
    asked = {"since": f"{NOW:%Y-%m-%d}", "until": f"{NOW:%Y-%m-%d}"}
    with desk.sessions() as session:
        session.execute(insert(QuestionLog), [log_row(NOW.replace(tzinfo=None), "web", "", "職員の題", reply, 2.0)])
        session.commit()
    where = send_renamed(admin, False, tmp_path / "a.xlsx")
    page = wait_for(admin, where, "下書きとのちがい")
    found = re.search(r'<select[^>]* name="(same-[^"]+)">.*?<option value="(gone-[^"]+)"', page, re.DOTALL)
    assert found
    admin.post(where, {**form_of(page), found[1]: found[2], "do": "save"})
    page = wait_for(admin, where, "下書きとのちがい")
    assert admin.post(where, {**form_of(page), found[1]: found[2], "do": "apply"}).status_code == 303
    with desk.sessions() as session:
        waiting = DraftComparison().count(session)
    assert waiting is not None
    assert (waiting.entries, waiting.changed, waiting.added, waiting.removed) == (1, 1, 0, 0)
    assert "追加 0 件、変更 1 件、削除 0 件" in plain(wait_for(admin, "/console/publishing", "検査</h2>"))
    said = plain(admin.text("/console/statistics", query_string=asked))
    assert "職員の題" in said, "until it is published"
    assert publish(admin, "改称").status_code == 303
    wait_for_release(desk, 3)
    assert "追加 0、変更 1、削除 0" in plain(admin.text("/console/releases"))
    assert "追加 0 件、変更 1 件、削除 0 件" in plain(admin.text("/console/releases/3"))
    said = plain(admin.text("/console/statistics", query_string=asked))
    assert ("新しい題" in said, "いまはない取組" in said) == (True, False)
    entry = next(entry for entry in desk.conversation.live.get().entries if entry.title == "新しい題")
    assert "職員の題" in plain(admin.text("/console/questions/log", query_string={"entry": entry.id}))


def test_the_choice_is_there_for_everybody(page: Page, web: Flask, desk: Desk, renamed: int, tmp_path: Path) -> None:
    console = Console(web, desk, "editor")
    with desk.sessions() as session:
        session.query(OfficeRow).filter_by(name=OFFICE.name).one().name = f"{OFFICE.name}(庶務)"
        session.commit()
    where = send_renamed(console, False, tmp_path / "a.xlsx")
    assert "同じ担当です" in wait_for(console, where, "下書きとのちがい")
    sign_in_page(page, web, desk, "editor")
    check_axe(page, where)
