"""Documents of wards that do not exist, each set in its own way; expected.json was checked by hand."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from knowledge import KnowledgeError
from knowledge.document import Document, Entry, Office, Plan
from knowledge.draft import read_draft
from knowledge.importers.facts.contacts import contact_line, office_at_end
from knowledge.importers.facts.markers import clean_title
from knowledge.importers.facts.numbers import whole_number
from knowledge.importers.facts.periods import read_period
from knowledge.importers.files import read_any
from knowledge.importers.plans import read_plan_document
from knowledge.importers.readers.lines import plain
from knowledge.merging.comparing import merge_into_draft
from knowledge.models import Base
from knowledge.tables import document_from_table, write_table

FOLDER = Path(__file__).parent / "documents"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_document_gives_its_entries_with_their_offices(name: str) -> None:
    document = read_plan_document(FOLDER / name, "06")
    assert [[p.title, str(p.valid_from), str(p.valid_to)] for p in document.plans] == EXPECTED[name]["plans"]
    facts = []
    for entry in document.entries:
        office = entry.office
        printed = [office.name, office.floor, office.counter, office.phone] if office else ["", "", "", ""]
        facts.append([entry.plan.title, entry.title, *printed])
    assert facts == EXPECTED[name]["entries"]


@pytest.mark.parametrize(
    ("name", "text"), [("markers.txt", "不動産"), ("headings.html", "広報課"), ("spans.html", "山田工務店")]
)
def test_what_is_no_entry_is_left_out_with_a_reason(name: str, text: str) -> None:
    left = [x for x in read_plan_document(FOLDER / name, "06").left_out if text in x.text]
    assert left
    assert all(x.why and x.where for x in left)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("令和6年度～令和8年度", date(2024, 4, 1), date(2027, 3, 31)),
        ("2024-2026年度", date(2024, 4, 1), date(2027, 3, 31)),
        ("2024-26年度", date(2024, 4, 1), date(2027, 3, 31)),
        ("計画期間：令和６年４月～令和９年３月", date(2024, 4, 1), date(2027, 3, 31)),
        ("令和6(2024)年度から3年間", date(2024, 4, 1), date(2027, 3, 31)),
        ("令和6年度から8年度", date(2024, 4, 1), date(2027, 3, 31)),
        ("Ｒ6～Ｒ8", date(2024, 4, 1), date(2027, 3, 31)),
        ("令和元年度", date(2019, 4, 1), date(2020, 3, 31)),
        ("2024年5月1日から2025年4月30日まで", date(2024, 5, 1), date(2025, 4, 30)),
        ("令和6年13月", None, None),
        ("ことし", None, None),
    ],
)
def test_periods(text: str, first: date | None, last: date | None) -> None:
    assert read_period(text) == (first, last)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("問合せ　福祉課（地域）　２階⑦番　☎１２３４－５６７８", ("福祉課(地域)", "2階", "⑦番", "06-1234-5678")),
        ("お問い合わせ先：防災課 本館2階 TEL 06(1234)5678 FAX 06-1234-9999", ("防災課", "本館2階", "", "06-1234-5678")),
        ("担当課　市民課　㉜番窓口　電話 1234-5678（内線 12）", ("市民課", "", "㉜番", "06-1234-5678")),
        ("健康課 1階10番 ℡0120-111-222", ("健康課", "1階", "10番", "0120-111-222")),
        ("問合せ 保健課 FAX 1234-5678", ("保健課", "", "", "")),
        ("【申・問】福祉課　☎1234・5678　メールfukushi@example.jp", ("福祉課", "", "", "06-1234-5678")),
        ("お問合先…福祉課ほか", ("福祉課", "", "", "")),
        ("【担当課】福祉課【窓口】1階3番【電話】1234局5678", ("福祉課", "1階", "3番", "06-1234-5678")),
        ("(1)と(2)の担当：福祉課（別館1階）", ("福祉課", "別館1階", "", "")),
    ],
)
def test_contacts(text: str, facts: tuple[str, ...]) -> None:
    office = contact_line(plain(text), "06")
    assert office is not None
    assert (office.name, office.floor, office.counter, office.phone) == facts


def test_what_is_no_contact() -> None:
    assert contact_line("電話で相談できる窓口を1階に作ります。", "06") is None
    assert office_at_end("朝市(毎週日曜)", "06") == ("朝市(毎週日曜)", None)
    assert whole_number("12-3456", "06") == "12-3456"


@pytest.mark.parametrize(
    ("printed", "title"),
    [
        ("①[新規] 見守り", "見守り"),
        ("取組１－２　見守（みまも）り【拡充】", "見守り"),
        ("第1章　地域づくり", "地域づくり"),
        ("■ 基本目標２：支え合い", "支え合い"),
        ("対策1　家庭で減らす", "家庭で減らす"),
        ("(3) SDGs17の目標", "SDGs17の目標"),
        ("2030年の姿", "2030年の姿"),
        ("1-1-(2) 見守り（注1）", "見守り"),
        ("（取組３）見守り　P.12", "見守り"),
        ("〇見守り", "見守り"),
        ("見守り　新規", "見守り"),
        ("見守り ★重点", "見守り"),
        ("見守り（★拡充）", "見守り"),
        ("拡　見守り 再掲・一部新規", "見守り"),
        ("見守りの拡充", "見守りの拡充"),
    ],
)
def test_titles(printed: str, title: str) -> None:
    assert clean_title(plain(printed)) == title


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("wrong.pdf", b"<html><body>a</body></html>"),
        ("broken.pdf", b"%PDF-1.7 nothing"),
        ("broken.docx", b"PK\x03\x04 nothing"),
        ("old.docx", b"\xd0\xcf\x11\xe0" + b"\0" * 600),
        ("empty.html", b""),
        ("nothing.html", b"<html><body></body></html>"),
        ("text.txt", "見出しのない文です。".encode()),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(KnowledgeError, match=name):
        read_plan_document(tmp_path / name, "06")


def _as_filled(folder: Path, *pages: str) -> list[tuple[str, str]]:
    """The offices of the entries after pages were brought into one draft, and the last page once more."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        for number, page in enumerate((*pages, pages[-1])):
            (folder / "page.txt").write_text(page, encoding="utf-8")
            changes = merge_into_draft(session, read_plan_document(folder / "page.txt", "06"))
            assert not (number == len(pages) and (changes.added or changes.changed or changes.vanished))
        offices = [entry.office for entry in read_draft(session).entries]
        return [(office.counter, office.phone) for office in offices if office]


def test_two_counters_of_one_office_both_stay_right(tmp_path: Path) -> None:
    page = "港町福祉計画(令和6年度～令和8年度)\n■配食サービス\n昼食を届けます。\n担当:福祉課 1階5番 電話06-1234-5678\n"
    page += "■手話の講座\n講師を招きます。\n担当:福祉課 2階8番 電話06-1234-9999\n■移送サービス\n車で送ります。\n"
    page += "担当:福祉課 1階5番 電話06-1234-5678\n"
    first, second = ("5番", "06-1234-5678"), ("8番", "06-1234-9999")
    assert _as_filled(tmp_path, page) == [first, second, first]


def test_an_office_that_no_entry_names_survives_its_table(tmp_path: Path) -> None:
    plan = Plan("港町福祉計画")
    used, unused = (
        Office("福祉課", "1階", "5番", "06-1234-5678"),
        Office("住民課", "1階", "2番", "06-1234-0000", ("9時から",)),
    )
    document = Document([plan], [used, unused], [Entry(plan, "", "配食サービス", used)])
    for name in ("own.xlsx", "own.csv"):
        write_table(document, tmp_path / name)
        read, own = document_from_table(tmp_path / name, str)
        assert own
        assert (read.offices, read.entries) == (document.offices, document.entries)


def test_a_lone_cell_in_the_far_corner_costs_nothing(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["B1"], sheet["XFD1048576"] = "取組名", "担当課", "x"
    book.save(tmp_path / "wide.xlsx")
    with pytest.raises(KnowledgeError, match="シートの端"):
        read_plan_document(tmp_path / "wide.xlsx", "06")


def test_a_workbook_is_read_as_it_is_shown(tmp_path: Path) -> None:
    book = Workbook()
    sheet, unseen = book.worksheets[0], book.create_sheet("昔")
    sheet.append(["松原市防災行動計画"])
    sheet.append(["計画期間", date(2024, 4, 1), "～", datetime(2027, 3, 31)])
    sheet.append(["No", "取組名", "担当課", "電話番号"])
    sheet.append([1.0, "備蓄の更新", "危機管理課", "072-334-1111"])
    unseen.append(["古い取組", "旧課"])
    unseen.sheet_state = "hidden"
    book.save(tmp_path / "shown.xlsx")
    document = read_plan_document(tmp_path / "shown.xlsx", "06")
    assert [(plan.title, str(plan.valid_to)) for plan in document.plans] == [("松原市防災行動計画", "2027-03-31")]
    assert [(entry.title, entry.office and entry.office.phone) for entry in document.entries] == [
        ("備蓄の更新", "072-334-1111")
    ]
    assert ("古い取組 旧課", "表示されていないシートです") in [(x.text, x.why) for x in document.left_out]


@pytest.mark.parametrize("heading", ["取組名,内容,担当課,電話番号", "質問,回答,担当,電話"])
def test_a_number_that_nobody_can_call_is_told(tmp_path: Path, heading: str) -> None:
    rows = [
        ("防災訓練", "総務課", "9173"),
        ("防犯活動", "市民課", "直通 6915-9173"),
        ("交通安全", "土木課", "69159000"),
    ]
    (tmp_path / "free.csv").write_text(
        "\n".join([heading, *(f"{title},{title}をします。,{office},{number}" for title, office, number in rows)])
    )
    document, _ = read_any(tmp_path / "free.csv", "06")
    phones = [entry.office and entry.office.phone for entry in document.entries]
    assert phones == ["", "06-6915-9173", "06-6915-9000"]
    left = [(left.text, left.why) for left in document.left_out if "9173" in left.text]
    assert left == [("総務課 9173", "電話番号と読めません")]
