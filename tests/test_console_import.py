"""Large files and doubtful rows: how far the reading is, pages that stay quick, entries that are the same after all."""

import io
import re
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook
from playwright.sync_api import Page
from sqlalchemy import insert

from bot.models import QuestionLog
from bot.question_log import log_row
from handlers.commands.desk import Desk
from handlers.settings import Settings
from handlers.web import make_web
from knowledge.document import Document, Entry, Office, Plan
from knowledge.draft import read_draft
from knowledge.editing.next_year import NextPeriod, begin_next_year, list_carried
from knowledge.history import list_history
from knowledge.jobs import READY, WAITING, WORKING, Job
from knowledge.merging.comparing import merge_into_draft
from knowledge.models import EntryRow, OfficeRow, PlanRow
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


NEXT = "令和8年度鶴見区運営方針"


def send_next_year(console: Console, text: str) -> tuple[str, str]:
    where = upload(console, "方針.txt", f"{NEXT}\n柱1 安全なまちづくり\n(1) 防災訓練\n{text}\n".encode())
    return where, wait_for(console, where, "の内容</h1>")


@pytest.fixture
def carried(desk: Desk) -> int:
    """The row of an entry that was carried over to next year's plan."""
    with desk.sessions() as session:
        old = Plan("令和7年度鶴見区運営方針", date(2025, 4, 1), date(2026, 3, 31))
        entry = Entry(
            old, "安全なまちづくり", "防災訓練", None, explanation="訓練を年1回行います。", examples=("訓練はいつ",)
        )
        merge_into_draft(session, Document([old], [], [entry]), by_hand=True)
        row = session.query(PlanRow).filter_by(title=old.title).one()
        chosen = [c.id for c in list_carried(session, row)]
        new, _ = begin_next_year(
            session, row.id, row.version, NextPeriod(NEXT, date(2026, 4, 1), date(2027, 3, 31)), chosen
        )
        session.commit()
        return session.query(EntryRow).filter_by(plan_id=new.id).one().id


def test_the_new_document_changes_what_was_carried_over(web: Flask, desk: Desk, carried: int) -> None:
    console = Console(web, desk, "editor")
    where, page = send_next_year(console, "災害にそなえる訓練を年2回行います。")
    assert "追加 0 件、変更 1 件、なくなった 0 件" in plain(page)
    assert "職員が直した" not in page
    assert console.post(where, {**form_of(page), "do": "apply"}).status_code == 303
    with desk.sessions() as session:
        row = session.get_one(EntryRow, carried)
        assert (row.explanation, row.examples) == ("災害にそなえる訓練を年2回行います。", ["訓練はいつ"])


def test_the_document_may_win_over_what_staff_corrected(web: Flask, desk: Desk, carried: int) -> None:
    with desk.sessions() as session:
        session.get_one(EntryRow, carried).explanation = "職員が調べて書いた文です。"
        session.commit()
    console = Console(web, desk, "editor")
    where, page = send_next_year(console, "災害にそなえる訓練を年2回行います。")
    assert "追加 0 件、変更 0 件、なくなった 0 件" in plain(page)
    assert "職員が直したので残すところ 1 件" in plain(page)
    form = form_of(page)
    assert (len(form["seen"]), form["accept"]) == (1, []), "kept unless somebody says otherwise"
    assert console.post(where, {**form, "do": "apply"}).status_code == 303
    with desk.sessions() as session:
        assert session.get_one(EntryRow, carried).explanation == "職員が調べて書いた文です。"
    where, page = send_next_year(console, "災害にそなえる訓練を年2回行います。")
    assert "下書きとちがうところはありません" in page, "what was refused is not asked again"
    where, page = send_next_year(console, "災害にそなえる訓練を年3回行います。")
    assert console.post(where, {**form_of(page), "accept": form_of(page)["seen"], "do": "apply"}).status_code == 303
    with desk.sessions() as session:
        assert session.get_one(EntryRow, carried).explanation == "災害にそなえる訓練を年3回行います。"
    where, page = send_next_year(console, "災害にそなえる訓練を年4回行います。")
    assert "変更 1 件" in plain(page), "by now it is the document's text"


def test_residents_read_no_name_of_a_file(web: Flask, desk: Desk) -> None:
    console = Console(web, desk, "editor")
    table = "質問,回答,担当,電話\n飼い犬の登録はどこで,窓口でできます。,環境係,06-6915-9973\n".encode()
    where = upload(console, "free.csv", table)
    page = wait_for(console, where, "下書きとのちがい")
    assert "新しい計画の出典" in page
    assert console.post(where, {**form_of(page), "source": "くらしの便利帳", "do": "apply"}).status_code == 303
    with desk.sessions() as session:
        plan = next(plan for plan in read_draft(session).plans if plan.title == "free")
    assert plan.publication == "くらしの便利帳"
    page = wait_for(console, upload(console, "free.csv", table), "の内容</h1>")
    assert "下書きとちがうところはありません" in page, "what has a source keeps it"
    for old in ("free.xlsx", "方針 第2版.PDF"):
        assert Plan("計画", source=old).publication == "", "as earlier imports kept it"
    for told in ("https://www.city.example.jp/plan.pdf", "広報つるみ 令和5年5月号"):
        assert Plan("計画", source=told).publication == told


def edited(console: Console, *edits: tuple[int, str, str]) -> bytes:
    """The draft's own table with cells changed: (number of the entry of the plan, heading, text)."""
    book = load_workbook(io.BytesIO(console.get("/console/export/draft.xlsx").get_data()))
    sheet = book["取組"]
    column = {cell.value: cell.column for cell in sheet[1]}
    of_plan = [n for n in range(2, sheet.max_row + 1) if sheet.cell(n, 1).value == PLAN.title]
    for number, heading, text in edits:
        if number == len(of_plan):
            of_plan.append(sheet.max_row + 1)
        sheet.cell(of_plan[number], column[heading]).value = text
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def test_one_row_changes_its_office_and_its_plan(web: Flask, desk: Desk) -> None:
    with desk.sessions() as session:
        merge_into_draft(session, Document([PLAN], [OFFICE], many(3)), by_hand=True)
        session.commit()
    console = Console(web, desk, "editor")
    new = [(3, "計画", PLAN.title), (3, "取組・質問", "足した取組"), (3, "担当", OFFICE.name)]
    cells = edited(
        console, (1, "窓口", "⑧番"), (0, "電話", ""), (2, "計画の終わり", "令和9年3月31日"), (2, "出典", "広報"), *new
    )
    where = upload(console, "表.xlsx", cells)
    page = wait_for(console, where, "下書きとのちがい")
    assert "追加 1 件、変更 2 件、なくなった 0 件" in plain(page)
    assert "「窓口」の変更です。この担当のすべての取組に当てます。" in page
    assert "「出典」の変更です。この計画のすべての取組に当てます。" in page
    assert console.post(where, {**form_of(page), "do": "apply"}).status_code == 303
    with desk.sessions() as session:
        entries = [entry for entry in read_draft(session).entries if entry.plan.title == PLAN.title]
    assert {entry.office for entry in entries} == {replace(OFFICE, counter="⑧番")}, "empty cells mean as known"
    assert {entry.plan.valid_to for entry in entries} == {date(2027, 3, 31)}
    assert (entries[-1].title, entries[-1].plan.source) == ("足した取組", "広報")


def test_an_entry_that_is_given_to_another_office_leaves_both_as_they_are(web: Flask, desk: Desk) -> None:
    other = Office("小さな課", "1階", "②番", "06-6915-0002")
    with desk.sessions() as session:
        entries = [replace(entry, office=other if n == 2 else OFFICE) for n, entry in enumerate(many(3))]
        merge_into_draft(session, Document([PLAN], [OFFICE, other], entries), by_hand=True)
        session.commit()
    console = Console(web, desk, "editor")
    where = upload(console, "表.xlsx", edited(console, (1, "担当", other.name)))
    page = wait_for(console, where, "下書きとのちがい")
    assert "追加 0 件、変更 1 件、なくなった 0 件" in plain(page)
    assert console.post(where, {**form_of(page), "do": "apply"}).status_code == 303
    with desk.sessions() as session:
        found = [entry.office for entry in read_draft(session).entries if entry.plan.title == PLAN.title]
    assert found == [OFFICE, other, other]


def test_rows_that_contradict_each_other_are_told_all_at_once(web: Flask, desk: Desk) -> None:
    with desk.sessions() as session:
        merge_into_draft(session, Document([PLAN], [OFFICE], many(3)), by_hand=True)
        session.commit()
    console = Console(web, desk, "editor")
    cells = edited(console, (0, "窓口", "⑧番"), (1, "窓口", "⑨番"), (1, "出典", "広報"), (2, "出典", "便利帳"))
    said = plain(wait_for(console, upload(console, "表.xlsx", cells), 'role="alert"'))
    for part in ("「窓口」の列", "46行目では「⑧番」", "47行目では「⑨番」", "いまの下書きでは「⑦番」",
                 "「出典」の列", "「広報」", "「便利帳」"):  # fmt: skip
        assert part in said, part
    cells = edited(console, (0, "優先", "高"), (1, "始まり", "きのう"), (2, "状態", "済"))
    said = plain(wait_for(console, upload(console, "表.xlsx", cells), 'role="alert"'))
    for part in ("「優先」の列の「高」", "日付「きのう」", "「状態」の「済」"):
        assert part in said, part
    many_faults = "id,質問,回答,終了日\n" + "".join(f"{n},問{n},答,きのう\n" for n in range(25))
    said = plain(wait_for(console, upload(console, "表.csv", many_faults.encode()), 'role="alert"'))
    assert (said.count("日付「きのう」"), "ほかに 5 か所あります" in said) == (20, True)


def test_an_office_of_a_file_may_be_one_of_the_draft(web: Flask, desk: Desk) -> None:
    known, apart = Office("総務課(政策推進)", "4階", "㊵番", "06-6915-1234"), Office("市民課", "1階", "①番", "")
    with desk.sessions() as session:
        entries = [replace(many(2)[n], office=office) for n, office in enumerate((known, apart))]
        merge_into_draft(session, Document([PLAN], [known, apart], entries), by_hand=True)
        session.commit()
    console = Console(web, desk, "editor")
    table = "質問,回答,担当,電話\n計画を見たい,冊子があります。,総務課,06-6915-1234\n税金は,窓口で。,税の係,\n"
    where = upload(console, "質問.csv", table.encode())
    page = wait_for(console, where, "下書きとのちがい")
    assert plain(page).count("階も窓口もない新しい担当です") == 2
    found = re.search(
        r'<select[^>]* name="(same-office[^"]+)".*?<option value="(office-[^"]+)">([^<]*)', page, re.DOTALL
    )
    assert found
    assert found[3].startswith("「総務課(政策推進) 4階 ㊵番 06-6915-1234」")
    assert page.count('name="same-office') == 1, "the other is like none"
    console.post(where, {**form_of(page), found[1]: found[2], "do": "save"})
    page = wait_for(console, where, "下書きとのちがい")
    assert "いまある担当として扱っています" in page
    console.post(where, {**form_of(page), found[1]: "", "do": "save"})
    assert "いまある担当として" not in wait_for(console, where, "下書きとのちがい"), "it can be taken back"
    console.post(where, {**form_of(page), found[1]: found[2], "do": "save"})
    page = wait_for(console, where, "下書きとのちがい")
    assert console.post(where, {**form_of(page), found[1]: found[2], "do": "apply"}).status_code == 303
    with desk.sessions() as session:
        draft = read_draft(session)
    assert next(entry.office for entry in draft.entries if entry.title == "計画を見たい") == known
    assert [o.name for o in draft.offices if o.name in ("総務課", "税の係")] == ["税の係"]
