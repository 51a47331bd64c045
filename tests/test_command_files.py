"""The commands that read and write files: import and export."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from handlers.commands.desk import Desk
from handlers.settings import read_settings
from knowledge.draft import read_draft
from knowledge.history import list_history
from knowledge.models import EntryRow, OfficeRow, PlanRow, WordRow
from tests.command_line import FAQ, answers, run

pytestmark = pytest.mark.usefixtures("data_dir")


def test_where_nothing_can_be_written_one_line_says_so(data_dir: Path) -> None:
    assert "フォルダがありません" in run("export", data_dir / "ない" / "x.xlsx", status=1).stderr


@pytest.mark.parametrize("suffix", ["csv", "json"])
def test_only_web_addresses_come_in(data_dir: Path, suffix: str) -> None:
    run("init")
    with Desk(read_settings()).sessions() as session:
        session.query(EntryRow).first().url = "https://example.jp/plan"  # type: ignore[union-attr]
        session.commit()
    run("publish")
    run("export", file := data_dir / f"knowledge.{suffix}")
    exported = file.read_text(encoding="utf-8")
    file.write_text(exported.replace("https://example.jp/plan", "javascript:alert(1)"), encoding="utf-8")
    assert "https:// から始まる" in run("import", file, status=1).stderr
    file.write_text(exported.replace("https://example.jp/plan", "www.example.jp/plan"), encoding="utf-8")
    assert "変更 1" in run("import", file).stdout
    faq = data_dir / "faq.csv"
    faq.write_text(
        "質問,回答,URL\nきりんはどこ,動物園です。,javascript:alert(1)\nぞうはどこ,奥です。,/zou\n", encoding="utf-8"
    )
    told = json.loads(run("import", faq, "--dry-run", "--json").stdout)
    assert [(row["text"], len(told["entries"])) for row in told["left_out"]] == [
        ("javascript:alert(1)", 2),
        ("/zou", 2),
    ]


def test_a_sheet_can_be_read_as_it_opens(data_dir: Path) -> None:
    run("export", file := data_dir / "knowledge.xlsx")
    sheet = load_workbook(file)["取組"]
    headings = [cell.value for cell in sheet[1]]
    width = {heading: sheet.column_dimensions[sheet[1][n].column_letter].width for n, heading in enumerate(headings)}
    assert width["階"] < 12 < width["取組・質問"] < width["説明・回答"] == 60
    assert sheet.auto_filter.ref == f"A1:AA{sheet.max_row}"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_an_faq_table_answers_by_its_rows(data_dir: Path, encoding: str) -> None:
    table = data_dir / "faq.csv"
    table.write_text(FAQ, encoding=encoding)
    run("init", "--empty")
    assert "除外 1" in run("import", table, "--publish").stdout
    first, second, third = answers("--file", "-", stdin="粗大ごみの申込みはどこ\n犬の登録\n\n")
    best = first["matches"][0]  # type: ignore[index]
    assert (best["source_id"], best["section"], best["valid_to"]) == ("7", "ごみ", "2030-03-31")
    assert best["office"] == {"name": "環境係", "floor": "1階", "counter": "③番", "phone": "06-1234-5678"}
    assert second["matches"][0]["office"]["phone"] == "06-1234-5678"  # type: ignore[index]
    assert (third["question"], third["intent"], third["answered"]) == ("", "unknown", False)
    (old,) = answers("図書館の本を返す場所")
    assert old["matches"][0]["expired"] is True  # type: ignore[index]
    assert "追加 0、変更 0、なくなった 0、同じ 3" in run("import", table).stdout


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "json"])
def test_what_is_exported_comes_back_unchanged(data_dir: Path, suffix: str) -> None:
    file = data_dir / f"knowledge.{suffix}"
    run("export", file)
    assert "追加 0、変更 0、なくなった 0、同じ 44" in run("import", file).stdout


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "json"])
def test_what_staff_keep_beside_an_entry_goes_out_and_comes_in(data_dir: Path, suffix: str) -> None:
    run("init")
    kept = {"owner": "=防災係", "source": "方針.pdf", "page": "12", "note": "一行目\n二行目", "state": "要見直し"}
    with Desk(read_settings()).sessions() as session:
        for name, value in kept.items():
            setattr(session.query(EntryRow).first(), name, value)
        session.query(EntryRow).first().review_on = date(2027, 4, 1)  # type: ignore[union-attr]
        session.query(OfficeRow).first().hours = ["平日 9時から12時まで", "第4日曜"]  # type: ignore[union-attr]
        session.add(WordRow(word="ほかす", official="廃棄"))
        session.commit()
        draft = read_draft(session)
    run("publish")
    file, saved = data_dir / f"knowledge.{suffix}", data_dir / "all.zip"
    run("export", file)
    assert "追加 0、変更 0、なくなった 0、同じ 44" in run("import", file).stdout
    run("backup", saved)
    run("init", "--empty")
    with Desk(read_settings()).sessions() as session:
        for kind in (EntryRow, OfficeRow, PlanRow, WordRow):
            for row in session.query(kind):
                session.delete(row)
            session.flush()
        session.commit()
    run("import", file)
    with Desk(read_settings()).sessions() as session:
        brought = read_draft(session)
        assert brought.entries == draft.entries
        assert brought.thesaurus == draft.thesaurus
    run("restore", saved)
    with Desk(read_settings()).sessions() as session:
        assert read_draft(session) == draft


@pytest.mark.parametrize("suffix", ["csv", "json"])
def test_an_older_file_says_nothing_of_what_it_has_no_place_for(data_dir: Path, suffix: str) -> None:
    file = data_dir / f"knowledge.{suffix}"
    run("export", file)
    if suffix == "csv":
        rows = list(csv.reader(file.open(encoding="utf-8-sig", newline="")))
        newer = {rows[0].index(name) for name in ("原課", "受付時間", "見直し日", "想定質問", "メモ")}
        with file.open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerows([c for n, c in enumerate(row) if n not in newer] for row in rows)
    else:
        raw = json.loads(file.read_text(encoding="utf-8"))
        for row in raw["entries"]:
            for name in ("owner", "source", "page", "review_on", "state", "note"):
                del row[name]
        for row in raw["offices"]:
            del row["hours"]
        del raw["thesaurus"]
        file.write_text(json.dumps(raw), encoding="utf-8")
    with Desk(read_settings()).sessions() as session:
        entry, office = session.query(EntryRow).first(), session.query(OfficeRow).first()
        assert entry is not None
        assert office is not None
        entry.owner, entry.review_on, entry.note, office.hours = "防災係", date(2027, 4, 1), "メモ", ["平日だけ"]
        session.commit()
        draft = read_draft(session)
    assert "変更 0" in run("import", file).stdout
    with Desk(read_settings()).sessions() as session:
        assert read_draft(session) == draft


def test_a_sheet_holds_no_formula_and_an_emptied_cell_empties_the_field(data_dir: Path) -> None:
    table = data_dir / "faq.csv"
    table.write_text(FAQ, encoding="utf-8")
    run("init", "--empty")
    run("import", table, "--publish")
    sheet_file = data_dir / "out.xlsx"
    run("export", sheet_file)
    book = load_workbook(sheet_file)
    sheet = book["取組"]
    column = {cell.value: cell.column for cell in sheet[1]}
    cell = sheet.cell(3, column["説明・回答"])
    assert cell.value == "'=届出書を出してください"
    sheet.cell(2, column["窓口"]).value = None
    sheet.cell(3, column["窓口"]).value = None
    book.save(sheet_file)
    assert "変更: 環境係" in run("import", sheet_file).stdout
    with Desk(read_settings()).sessions() as session:
        draft = read_draft(session)
        assert draft.offices[0].counter == ""
        assert draft.entries[1].explanation == "=届出書を出してください"


def test_a_newer_document_does_not_undo_what_staff_corrected(data_dir: Path) -> None:
    table = data_dir / "faq.csv"
    table.write_text(FAQ, encoding="utf-8")
    run("init", "--empty")
    run("import", table)
    with Desk(read_settings()).sessions() as session:
        office = session.query(OfficeRow).one()
        office.phone = "06-9999-9999"
        session.query(EntryRow).first().examples = ["粗大ゴミほかしたい"]  # type: ignore[union-attr]
        session.commit()
    table.write_text(FAQ.replace("1234-5678", "1234-0000").replace("③番", "⑤番"), encoding="utf-8")
    text = run("import", table).stdout
    assert "職員の書いたものを残しました: 環境係" in text
    with Desk(read_settings()).sessions() as session:
        office = session.query(OfficeRow).one()
        assert (office.phone, office.counter) == ("06-9999-9999", "⑤番")
        assert session.query(EntryRow).first().examples == ["粗大ゴミほかしたい"]  # type: ignore[union-attr]
    table.write_text("\n".join(FAQ.splitlines()[:3]), encoding="utf-8")
    assert "なくなった 1" in run("import", table).stdout
    assert "削除" in run("import", table, "--remove-vanished").stdout
    with Desk(read_settings()).sessions() as session:
        changes = list_history(session)
        assert (changes[0].action, changes[0].label.split(" / ")[-1]) == ("削除", "図書館の本を返す場所")
        assert {(c.who, c.why) for c in changes if c.action != "変更"} == {("コマンド", "faq.csv の読み込み")}
        assert {"⑤番"} == {c.after["counter"] for c in changes if c.kind == "office" and c.after and c.why} - {"③番"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", b"PK\x03\x04rest"),
        ("a.csv", b"\x81\xff\x00"),
        ("a.xlsx", b"no workbook"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600),
        ("a.json", b"{"),
        ("a.txt", b"\x00\x01"),
        ("a.exe", b"MZ"),
    ],
)
def test_a_bad_file_is_one_line_and_changes_nothing(data_dir: Path, name: str, content: bytes) -> None:
    (data_dir / name).write_bytes(content)
    assert name in run("import", data_dir / name, status=1).stderr
    assert name in run("import", data_dir / name, "--dry-run", "--json", status=1).stderr
