"""Initiatives that are listed, and what stands between, beside and below them."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from docx import Document as Word

from knowledge.document import Office
from knowledge.importers.plans import read_plan_document
from knowledge.importers.readers import columns, tables
from tests.plan_pages import ART, FIRST, GREEN, SECOND, WATER, offices_in_text, read_page

GREEN_OFFICE = Office("緑政課", "3階", "", "06-1234-5678")


def test_sentences_between_listed_initiatives_tell_of_the_one_above(tmp_path: Path) -> None:
    word = Word()
    word.add_heading("若宮区みどりの計画", 0)
    told = {"苗木の配布": "苗木を配ります。", "音楽の集い": "音楽を楽しみます。【所管:文化課(1階 TEL 06-1234-0000)】"}
    for part, titles in (
        ("施策1 みどりを増やす", ("苗木の配布", "花壇の手入れ", "並木の剪定", "音楽の集い")),
        ("施策2 まちを飾る", ("花の種まき", "垣根の助成", "庭の相談")),
    ):
        word.add_heading(part, 1)
        word.add_paragraph("所管:緑政課(3階 TEL 06-1234-5678)")
        for title in titles:
            word.add_paragraph(title, style="List Bullet")
            if title in told:
                word.add_paragraph(told[title])
    word.save(str(tmp_path / "plan.docx"))
    read = {entry.title: entry for entry in read_plan_document(tmp_path / "plan.docx", "06").entries}
    assert read.pop("音楽の集い").office == Office("文化課", "1階", "", "06-1234-0000")
    assert [entry.office for entry in read.values()] == [GREEN_OFFICE] * 6
    assert read["苗木の配布"].explanation == "苗木を配ります。"


def test_an_office_beside_a_title_is_that_of_the_title_before(tmp_path: Path) -> None:
    offices = ("(緑政課 3階 ☎1234-5678)", "(同上)", "(文化課 1階 ☎1234-0000)", "(〃)", "(上に同じ)")
    titles = ("苗木の配布", "花壇の手入れ", "音楽の集い", "絵の教室", "歌の教室")
    lines = [f"◎{title}{office}\n{title}を進めます。" for title, office in zip(titles, offices, strict=True)]
    read = offices_in_text(tmp_path, *FIRST[:2], *lines)
    assert read == dict(zip(titles, (GREEN, GREEN, ART, ART, ART), strict=True))


def test_a_contact_counted_as_the_parts_are_is_theirs(tmp_path: Path) -> None:
    parts = (
        ("1 みどり", ("苗木の配布", "音楽の集い", "庭の相談"), "(3)を除く", "緑政課(3階 電話1234-5678)"),
        ("2 水辺", ("川の観察会", "水門の見学"), "", "水辺課(2階 電話1234-9999)"),
    )
    body = ""
    for number, (part, titles, but, office) in enumerate(parts, 1):
        told = "".join(f"<dt>({n}) {title}</dt><dd>{title}を進めます。</dd>" for n, title in enumerate(titles, 1))
        told = told.replace("庭の相談を進めます。", "庭の相談です。<br>担当:文化課(1階 電話1234-0000)")
        body += f"<h2>{part}</h2><dl>{told}</dl><p>{number}の担当{f'({but})' if but else ''}:{office}</p>"
    page = f"<h1>若宮区みどりの計画</h1><p>実施期間は令和7・8年度です。</p>{body}"
    document = read_page(tmp_path, page)
    assert [e.office.name for e in document.entries if e.office] == ["緑政課", "緑政課", "文化課", "水辺課", "水辺課"]
    assert [(str(p.valid_from), str(p.valid_to)) for p in document.plans] == [("2025-04-01", "2027-03-31")]


def test_a_plans_contact_is_limited_in_the_line_below_it(tmp_path: Path) -> None:
    said = ("担当 緑政課 3階 ☎1234-5678", "(下記に別の担当の記載がある取組を除く)")
    own = ("→この取組の担当は文化課 1階 ☎1234-0000",)
    read = offices_in_text(tmp_path, *said, *FIRST[:4], *own, *FIRST[4:], *SECOND)
    assert list(read.values()) == [ART, GREEN, GREEN, GREEN]


def test_a_contact_below_an_initiative_is_its_own_where_the_plan_has_one_for_all(tmp_path: Path) -> None:
    read = offices_in_text(
        tmp_path, "【この計画全般の問合せ】緑政課(3階)☎1234-5678", *FIRST, *SECOND, "【問合せ】水辺課(2階)☎1234-9999"
    )
    assert list(read.values()) == [GREEN, GREEN, GREEN, WATER]


def test_a_contact_says_that_it_is_for_the_plan_as_a_whole(tmp_path: Path) -> None:
    read = offices_in_text(tmp_path, *FIRST, *SECOND, "", "問 みどりの計画全体について 緑政課(3階)☎1234-5678")
    assert list(read.values()) == [GREEN] * 4


def test_whom_to_ask_shows_that_nothing_is_sold(tmp_path: Path) -> None:
    lines = ("◎一時預かり", "冠婚葬祭の営業時間にこどもを預かります。", "問 緑政課(3階) ☎1234-5678")
    assert offices_in_text(tmp_path, *lines, *FIRST, "問 緑政課(3階) ☎1234-5678")["一時預かり"] == GREEN


def test_the_last_chapter_tells_of_the_plan_though_it_says_whom_to_ask(tmp_path: Path) -> None:
    told = "".join(
        f"<h3>1-{n} {t}</h3><p>{t}を進めます。</p><p>担当:緑政課(3階)</p>" for n, t in ((1, "苗木"), (2, "花壇"))
    )
    end = "<h2>第3章 計画の推進</h2><p>毎年点検します。</p><p>問い合わせ先 緑政課 電話06-1234-5678(代表)</p>"
    page = f"<h1>若宮区みどりの計画</h1><h2>第2章 みどりを増やす</h2>{told}{end}"
    assert [entry.title for entry in read_page(tmp_path, page).entries] == ["苗木", "花壇"]


def test_sentences_set_apart_between_listed_initiatives_tell_of_them_too(tmp_path: Path) -> None:
    parts = (
        ("施策1 みどり", "所管:緑政課(3階 電話1234-5678)", ("苗木の配布", "花壇の手入れ", "並木の剪定")),
        ("施策2 水辺", "所管:水辺課(2階 電話1234-9999)", ("川の観察会", "水門の見学", "池の清掃")),
    )
    lines: list[str] = []
    for part, asked, (first, second, third) in parts:
        lines += [part, asked, f"  ・{first}", "", f"{first}を進めます。", "", f"  ・{second}", f"  ・{third}", ""]
        lines += [f"{third}に取り組みます。", ""]
    read = offices_in_text(tmp_path, *lines)
    assert read == {
        title: office for (_, _, titles), office in zip(parts, (GREEN, WATER), strict=True) for title in titles
    }


def test_each_row_of_a_table_is_taken_apart_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many rows there are: with each row asking for all others, 1,786 of them took a minute and more."""
    asked: list[Sequence[str]] = []

    def label_pairs(cells: Sequence[str]) -> dict[str, str]:
        asked.append(cells)
        return columns.label_pairs(cells)

    monkeypatch.setattr(tables, "label_pairs", label_pairs)
    rows = [(f"{number}の手続きはどうすればよいですか", f"{number}階の窓口でお聞きください。") for number in range(200)]
    lines = list(tables.table_lines(rows, str))
    assert len(lines) == 200
    assert len(asked) <= 200
