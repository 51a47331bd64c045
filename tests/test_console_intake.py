"""Files in and out through the console: import, Excel, uploads that are not what they say."""

import io
import zipfile
from pathlib import Path

from flask import Flask
from openpyxl import load_workbook

from handlers.commands.desk import Desk
from handlers.deliveries import LARGEST_BODY
from handlers.settings import Settings
from handlers.web import make_web
from knowledge.document import Document, Entry, Office, Plan
from knowledge.draft import read_draft
from knowledge.importers.files import LARGEST_UPLOAD
from knowledge.jobs import Job
from knowledge.merging.comparing import merge_into_draft
from knowledge.models import EntryRow
from tests.conftest import NOW
from tests.console import Console, form_of, plain, publish, upload, wait_for


def test_300_entries_go_to_excel_and_50_edits_come_back(admin: Console, desk: Desk, tmp_path: Path) -> None:
    plan, office = Plan("三百の計画", source="=出典"), Office("三百課", "3階", "⑦番", "06-6915-0007")
    many = [Entry(plan, f"柱{n % 7}", f"取組その{n}", office, explanation=f"+{n}の説明", examples=(f"-{n}はどこ",))
            for n in range(256)]  # fmt: skip
    with desk.sessions() as session:
        merge_into_draft(session, Document([plan], [office], many), by_hand=True)
        session.commit()
        assert len(read_draft(session).entries) == 300
    sent = admin.get("/console/export/draft.xlsx").get_data()
    book = load_workbook(io.BytesIO(sent))
    sheet = book["取組"]
    column = {cell.value: cell.column for cell in sheet[1]}
    row_of = {sheet.cell(n, column["取組・質問"]).value: n for n in range(2, sheet.max_row + 1)}
    assert sheet.max_row == 301
    assert sheet.cell(row_of["取組その5"], column["説明・回答"]).value == "'+5の説明"
    for n in range(50):
        name, value = ("説明・回答", f"直した説明{n}") if n < 40 else ("取組・質問", f"改めた題{n}")
        sheet.cell(row_of[f"取組その{n}"], column[name]).value = value
    edited = io.BytesIO()
    book.save(edited)
    where = upload(admin, "直した表.xlsx", edited.getvalue())
    page = wait_for(admin, where, "下書きとのちがい")
    assert "追加 0 件、変更 50 件、なくなった 0 件、取り込まないところ 0 か所" in plain(page)
    assert admin.post(where, {**form_of(page), "do": "apply"}).status_code == 303
    assert publish(admin, "表の直し").status_code == 303
    again = load_workbook(io.BytesIO(admin.get("/console/export/live.xlsx").get_data()))["取組"]
    assert [[c.value for c in r] for r in again.iter_rows()] == [[c.value for c in r] for r in sheet.iter_rows()]
    where = upload(admin, "同じ表.xlsx", edited.getvalue())
    assert "下書きとちがうところはありません" in wait_for(admin, where, "の内容")


def test_rows_are_accepted_and_refused_one_by_one(admin: Console, desk: Desk) -> None:
    table = "id,質問,回答,担当\n1,粗大ごみの申込み,電話で,環境係\n2,犬の登録,窓口で,環境係\n,,,だれか\n"
    where = upload(admin, "../../よくある質問.csv", table.encode("cp932"))
    page = wait_for(admin, where, "下書きとのちがい")
    said = plain(page)
    assert "よくある質問.csv の内容" in said
    assert "追加 2 件、変更 0 件、なくなった 0 件、取り込まないところ 1 か所" in said
    assert "質問がありません" in said
    assert "環境係" in said
    form = form_of(page)
    form["accept"] = form["accept"][:1]
    assert admin.post(where, {**form, "do": "save"}).status_code == 303
    assert "受け入れているのは 1 件" in plain(admin.text(where))
    with desk.sessions() as session:
        row = session.query(EntryRow).first()
        assert row is not None
        row.note = "ほかの人"
        session.commit()
    answer = admin.post(where, {**form, "do": "apply", "why": "試し"})
    assert answer.status_code == 409
    assert "下書きが変わりました" in answer.get_data(as_text=True)
    form = form_of(wait_for(admin, where, "下書きとのちがい"))
    assert len(form["accept"]) == 1, "what was decided is kept"
    assert admin.post(where, {**form, "do": "apply", "why": "試し"}).status_code == 303
    with desk.sessions() as session:
        draft = read_draft(session)
        assert [e.title for e in draft.entries if e.plan.title == "よくある質問"] == ["粗大ごみの申込み"]
    assert "この読み込みは終わりました" in admin.text(where)
    assert "試し" in admin.text("/console/knowledge/history")


def packed(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return content.getvalue()


def test_what_must_not_be_read_gets_a_clear_message(admin: Console, desk: Desk) -> None:
    with desk.sessions() as session:
        before = read_draft(session)
    workbook = {"xl__workbook_dot_xml": b"<x/>", "word__document_dot_xml": b"<x/>"}
    bomb = packed(**workbook, xl__sheet_dot_xml=b"0" * 301_000_000)
    assert len(bomb) < 1_000_000
    for name, content, said in (
        ("計画.xlsm", b"PK\x03\x04", "マクロ"),
        ("計画.docm", b"PK\x03\x04", "マクロ"),
        ("計画.xlsx", packed(**workbook, xl__vbaProject_dot_bin=b"x"), "マクロ"),
        ("計画.xlsx", bomb, "展開すると大きすぎます"),
        ("計画.xlsx", b"MZ not a workbook", "中身が .xlsx ではありません"),
        ("計画.exe", b"MZ", "読み込めるのは"),
        ("計画.xls", b"\xd0\xcf\x11\xe0", "古い形式"),
        ("計画.txt", b"", "中身がありません"),
        ("計画.txt", b"x" * (LARGEST_UPLOAD + 1), "上限 50 MB"),
    ):
        assert said in upload(admin, name, content, 422), name
    assert "ファイルを選んで" in upload(admin, "", b"", 422)
    for name, content, said in (
        ("計画.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "パスワード"),
        ("計画.pdf", b"plain text", "中身は text のようです"),
        ("計画.csv", b"\x81\xff\x00", "文字コードが分かりません"),
        ("表.csv", "id,質問,回答,終了日\n1,a,b,あした\n".encode("cp932"), "2行目「終わり」の列: 日付「あした」"),
    ):
        assert said in plain(wait_for(admin, upload(admin, name, content), 'role="alert"')), name
    assert "上限 50 MB" in upload(admin, "計画.txt", b"x" * (2 * LARGEST_UPLOAD + 1), 422)
    with desk.sessions() as session:
        assert read_draft(session) == before
        assert session.query(Job).filter(Job.content.is_not(None)).count() == 0, "what was read is let go"


def test_a_large_file_is_read_only_of_those_who_may_draft(admin: Console, web: Flask, desk: Desk) -> None:
    content = b"x" * (LARGEST_BODY + 1)
    for role, status in (("", 413), ("viewer", 413), ("approver", 413), ("editor", 303)):
        sender = Console(web, desk, role)
        data = {"csrf_token": sender.token(), "file": (io.BytesIO(content), "計画.txt")}
        answer = sender.client.post("/console/import", data=data, content_type="multipart/form-data")
        assert answer.status_code == status, role


def test_a_formula_in_a_cell_is_read_as_text(admin: Console, desk: Desk) -> None:
    table = "id,質問,回答,担当\n1,計算,=HYPERLINK(1),環境係\n"
    where = upload(admin, "表.csv", table.encode())
    assert admin.post(where, {**form_of(wait_for(admin, where, "下書きとのちがい")), "do": "apply"}).status_code == 303
    with desk.sessions() as session:
        assert read_draft(session).entries[-1].explanation == "=HYPERLINK(1)"
    assert "'=HYPERLINK(1)" in admin.get("/console/export/draft.csv").get_data().decode("utf-8-sig")


def test_work_that_died_is_taken_up_again(desk: Desk, settings: Settings) -> None:
    with desk.sessions() as session:
        table = "id,質問,回答\n1,計算,はい\n".encode()
        died = Job(kind="import", subject="表.csv", who="x", created_at=NOW.replace(tzinfo=None), content=table,
                   state="working", claimed_until=1, attempts=1)  # fmt: skip
        hopeless = Job(kind="import", subject="毒.csv", who="x", created_at=NOW.replace(tzinfo=None), content=table,
                       state="working", claimed_until=1, attempts=3)  # fmt: skip
        session.add_all([died, hopeless])
        session.commit()
    console = Console(make_web(settings, desk.sessions, desk.conversation)[0], desk, "editor")
    assert "追加 1 件" in plain(wait_for(console, f"/console/import/{died.id}", "下書きとのちがい"))
    assert "3 回止まりました" in wait_for(console, f"/console/import/{hopeless.id}", 'role="alert"')
