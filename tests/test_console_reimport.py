"""Newer documents and edited tables beside what is there: what changes, what stays, what is refused."""

import io
import re
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from openpyxl import load_workbook

from handlers.commands.desk import Desk
from knowledge.document import Document, Entry, Office, Plan
from knowledge.draft import read_draft
from knowledge.editing.next_year import NextPeriod, begin_next_year, list_carried
from knowledge.merging.comparing import merge_into_draft
from knowledge.models import EntryRow, PlanRow
from tests.console import Console, form_of, plain, upload, wait_for
from tests.test_console_import import OFFICE, PLAN, many

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
