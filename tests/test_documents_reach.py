"""Whom a contact is meant for, by what it says and where it stands."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from knowledge.importers.plans import read_plan_document
from tests.plan_pages import ART, FIRST, GREEN, SECOND, WATER, offices_in_text, read_page

_THREE = ("", "≪柱1≫ みどりを増やす", "1 苗木の配布", "苗木を配ります。", "2 花壇の手入れ", "花壇を守ります。")
_THREE += ("3 音楽の集い", "音楽を楽しみます。")


def test_a_contact_of_a_part_is_everyones_but_those_with_their_own(tmp_path: Path) -> None:
    for said in ("この柱の取組は、※印のものを除き、緑政課(3階、", "※柱1の担当は、いずれも緑政課(3階、"):
        contact = (said, "☎1234-5678)です。")
        own = ("◎水やり隊※", "水をまきます。", "※問 文化課(1階) ☎1234-0000")
        second = (*SECOND, "問 柱2は2つとも 水辺課(2階) ☎1234-9999")
        assert offices_in_text(tmp_path, *FIRST[:2], *contact, *FIRST[2:], *own, *second) == {
            "苗木の配布": GREEN,
            "花壇の手入れ": GREEN,
            "水やり隊": ART,
            "川の観察会": WATER,
            "水門の見学": WATER,
        }


def test_contacts_name_the_parts_that_they_are_meant_for_by_number(tmp_path: Path) -> None:
    asked = ("", "柱1の担当:緑政課 3階 電話1234-5678", "柱2の取組の問い合わせ先:水辺課 2階 電話1234-9999")
    assert list(offices_in_text(tmp_path, *FIRST, *SECOND, *asked).values()) == [GREEN, GREEN, WATER, WATER]
    both = ("", "柱1・柱2の担当:緑政課 3階 電話1234-5678")
    assert list(offices_in_text(tmp_path, *FIRST, *SECOND, *both).values()) == [GREEN] * 4


def test_a_contact_for_what_has_none_of_its_own(tmp_path: Path) -> None:
    for said in (
        "※担当の記載がない取組については、緑政課(3階、電話06-1234-5678)にお問い合わせください。",
        "次の取組を進めます。問い合わせ先が空欄の事業の担当は、緑政課(3階 電話06-1234-5678)です。",
        "【担当課名のない取組の問い合わせ先】緑政課 3階 ☎1234-5678",
    ):
        own = ("問 文化課(1階) ☎1234-0000",)
        read = offices_in_text(tmp_path, said, *FIRST, *own, *SECOND[:4], "問 水辺課(2階) ☎1234-9999", *SECOND[4:])
        assert list(read.values()) == [GREEN, ART, WATER, GREEN]


def test_what_the_plans_contact_is_for_waits_for_none_of_another_part(tmp_path: Path) -> None:
    own = ("問 水辺課(2階) ☎1234-9999",)
    read = offices_in_text(tmp_path, "【この計画の担当】緑政課 3階 ☎1234-5678", *FIRST, *SECOND[:4], *own, *SECOND[4:])
    assert list(read.values()) == [GREEN, GREEN, WATER, GREEN]


def test_contacts_below_a_label_for_a_part_name_its_initiatives_by_number(tmp_path: Path) -> None:
    lines = (
        "柱1 みどりを増やす",
        "(1)苗木の配布",
        "苗木を配ります。",
        "(2)花壇の手入れ",
        "花壇を守ります。",
        "(3)音楽の集い",
        "音楽を楽しみます。",
        "〔柱1の問合せ〕",
        "(1)・(2)について 窓口サービス課 3階 電話1234-5678",
        "(3)について 文化課 1階 電話1234-0000",
    )
    first = GREEN.replace("緑政課", "窓口サービス課")
    assert list(offices_in_text(tmp_path, *lines).values()) == [first, first, ART]


def test_contacts_name_initiatives_by_number_and_that_of_their_part(tmp_path: Path) -> None:
    lines = (
        "柱1 みどりを増やす",
        "1-1 苗木の配布",
        "苗木を配ります。",
        "1-2 花壇の手入れ",
        "花壇を守ります。",
        "1-3 音楽の集い",
        "音楽を楽しみます。",
        "柱2 水辺に親しむ",
        "2-1 川の観察会",
        "川の生き物を調べます。",
        "2-2 水門の見学",
        "水門を開けます。",
        "1-1・1-2の問合せ 緑政課 3階 電話1234-5678",
        "1-3の担当:文化課 1階 電話1234-0000",
        "≪2-1から2-2までの担当≫ 水辺課 2階 電話1234-9999",
    )
    assert list(offices_in_text(tmp_path, *lines).values()) == [GREEN, GREEN, ART, WATER, WATER]


def test_contacts_between_rows_name_them_by_the_number_in_their_column(tmp_path: Path) -> None:
    book = Workbook()
    for row in (
        ["若宮区の主要事業(令和7年度)"],
        ["問い合わせ先:総務課 4階 電話06-1234-1111"],
        ["No.", "事業名", "概要"],
        ["1", "苗木の配布", "苗木を配ります。"],
        ["2", "花壇の手入れ", "花壇を守ります。"],
        ["上記1・2の問合せ 緑政課 3階 電話06-1234-5678"],
        ["3", "川の観察会", "生き物を調べます。"],
        ["取組3の問合せ 水辺課 2階 電話06-1234-9999"],
    ):
        book.worksheets[0].append(row)
    book.save(tmp_path / "plan.xlsx")
    entries = read_plan_document(tmp_path / "plan.xlsx", "06").entries
    assert [e.office.name for e in entries if e.office] == ["緑政課", "緑政課", "水辺課"]


@pytest.mark.parametrize(
    "asked",
    [
        ("担当:緑政課 3階 電話1234-5678(1・2)、文化課 1階 電話1234-0000(3)",),
        ("問 緑政課 3階 ☎1234-5678", "取組3のみ 文化課 1階 ☎1234-0000"),
        ("(取組1・2)緑政課 3階 ☎1234-5678", "取組3に関すること:文化課 1階 ☎1234-0000"),
        ("1・2について…緑政課 3階 ☎1234-5678", "3について…文化課 1階 ☎1234-0000"),
        ("以上、緑政課(3階) ☎1234-5678", "※取組3は文化課(1階 ☎1234-0000)が担当します。"),
    ],
)
def test_one_initiative_of_several_has_another_contact(tmp_path: Path, asked: tuple[str, ...]) -> None:
    assert list(offices_in_text(tmp_path, *_THREE, *asked).values()) == [GREEN, GREEN, ART]


def test_contacts_beside_marked_titles_belong_to_them(tmp_path: Path) -> None:
    contacts = ("緑政課 3階 ☎1234-5678", "水辺課(2階) ☎1234-9999", "文化課 1階 ☎1234-0000")
    titles = ("◎苗木の配布", "◎川の観察会", "◎音楽の集い")
    lines = [f"{t}  {c}\n{t[1:]}を進めます。" for t, c in zip(titles, contacts, strict=True)]
    assert offices_in_text(tmp_path, *FIRST[:2], *lines) == dict(
        zip((title[1:] for title in titles), (GREEN, WATER, ART), strict=True)
    )


def test_contacts_end_what_is_told_below_the_names_of_a_list(tmp_path: Path) -> None:
    told = (("苗木の配布", "緑政課 3階 ☎1234-5678"), ("川の観察会", "水辺課 2階 ☎1234-9999"))
    items = "".join(f"<li>{title}<br>{title}を進めます。({contact})</li>" for title, contact in told)
    page = f"<h1>若宮区みどりの計画(令和7年度)</h1><h2>柱1 みどりを増やす</h2><ul>{items}</ul>"
    offices = {e.title: e.office and e.office.name for e in read_page(tmp_path, page).entries}
    assert offices == {"苗木の配布": "緑政課", "川の観察会": "水辺課"}


def test_whom_to_ask_about_an_event_is_asked_about_no_initiative(tmp_path: Path) -> None:
    event = ("とき 10月12日(日)午前10時", "ところ 体育館 申込み 文化課 ☎1234-0000")
    read = offices_in_text(tmp_path, *FIRST, "問 緑政課(3階) ☎1234-5678", *SECOND, "", "【お知らせ】音楽祭", *event)
    assert list(read.values())[:4] == [GREEN, GREEN, "", ""]


def test_contacts_lead_with_the_numbers_that_they_are_meant_for(tmp_path: Path) -> None:
    lines = (
        "重点1 みどり",
        "1 苗木の配布",
        "苗木を配ります。",
        "2 花壇の手入れ",
        "花壇を守ります。",
        "(1・2とも)緑政課 3階 電話1234-5678",
        "",
        "重点2 水辺",
        "重点2の事業の問い合わせは、すべて水辺課(2階 電話1234-9999)へ。ただし4は文化課(1階 電話1234-0000)へ。",
        "3 川の観察会",
        "生き物を調べます。",
        "4 水辺の音楽会",
        "音楽を楽しみます。",
    )
    assert list(offices_in_text(tmp_path, *lines).values()) == [GREEN, GREEN, WATER, ART]


def test_contacts_follow_numbers_that_touch_them(tmp_path: Path) -> None:
    lines = (
        "※市外局番は、いずれも06です",
        "【目標Ⅰ】みどりを増やす",
        "①苗木の配布…苗木を配ります。",
        "②音楽の集い…音楽を楽しみます。",
        "  問 ①緑政課(3階)☎1234-5678 ②文化課(1階)☎1234-0000(平日9時~16時)",
        "",
        "【目標Ⅱ】水辺に親しむ",
        "③川の観察会…生き物を調べます。",
        "  問 水辺課(2階)☎1234-9999",
        "④花壇の手入れ…花壇を守ります。",
        "  問 ①に同じ",
    )
    assert list(offices_in_text(tmp_path, *lines).values()) == [GREEN, ART, WATER, GREEN]


@pytest.mark.parametrize("word", ["個別課題", "施策の柱", "めざすまちの姿", "目指す地域の姿"])
def test_a_label_on_a_line_of_its_own_names_the_part_that_it_is_for(tmp_path: Path, word: str) -> None:
    lines = [line.replace("≪柱", f"≪{word}") for line in (*FIRST, "", f"{word}1の事業の問合せ", GREEN, *SECOND)]
    read = offices_in_text(tmp_path, *lines, "", f"{word}2の取組の問い合わせ先", WATER)
    assert list(read.items()) == [
        *((title, GREEN) for title in ("苗木の配布", "花壇の手入れ")),
        *((title, WATER) for title in ("川の観察会", "水門の見学")),
    ]


def test_a_contact_names_the_part_with_the_number_of_what_that_stands_in(tmp_path: Path) -> None:
    parts = (
        ("I-1 みどり", "I-1の所管:緑政課 3階 電話1234-5678", ("苗木の配布", "花壇の手入れ", "並木の剪定")),
        ("I-2 水辺", "I-2の所管:水辺課 2階 電話1234-9999", ("川の観察会", "水門の見学", "池の清掃")),
    )
    listed = "".join(
        f"<h3>{part}</h3><p>{asked}</p>"
        + "".join(f"<h4>{n} {t}</h4><p>{t}を進めます。</p>" for n, t in zip("アイウ", titles, strict=True))
        for part, asked, titles in parts
    )
    document = read_page(tmp_path, f"<h1>若宮区みどりの計画</h1><h2>I みどりと水のまち</h2>{listed}")
    assert [e.office.name for e in document.entries if e.office] == ["緑政課"] * 3 + ["水辺課"] * 3


@pytest.mark.parametrize(
    "but",
    [
        "※別に問い合わせ先を書いている取組を除きます。",
        "(個別に担当を示したものは除く)",
        "ただし、それぞれに問合せ先の記載がある事業を除く。",
    ],
)
def test_a_plans_contact_is_everyones_but_those_with_their_own(tmp_path: Path, but: str) -> None:
    initiatives = (("苗木の配布", ""), ("音楽の集い", "<br>問合せ:文化課(1階) 電話1234-0000"), ("花壇の手入れ", ""))
    told = "".join(f"<h3>{title}</h3><p>{title}を進めます。{own}</p>" for title, own in initiatives)
    page = f"""<h1>若宮区みどりの計画</h1><p>この計画の取組の問い合わせ先:緑政課(3階) 電話06-1234-5678 {but}</p>
    <h2>柱1 みどりを増やす</h2>{told}<h2>お問い合わせ</h2><p>所属課室:総務課<br>4階①番窓口<br>電話番号:1234-1111</p>"""
    document = read_page(tmp_path, page)
    assert [e.office.name for e in document.entries if e.office] == ["緑政課", "文化課", "緑政課"]


def test_who_made_the_document_is_asked_about_no_initiative(tmp_path: Path) -> None:
    for made in ("令和7年3月編集・発行 若宮区総務課 4階 ☎1234-1111", "編集 若宮区総務課\n4階 ☎1234-1111"):
        read = offices_in_text(tmp_path, *FIRST, "問 緑政課(3階) ☎1234-5678", *SECOND, "", made)
        assert list(read.values()) == [GREEN, GREEN, "", ""]


def test_numbers_before_offices_stand_beside_titles_too(tmp_path: Path) -> None:
    contacts = ("☎1234-5678 緑政課(3階)", "2階 水辺課 ☎1234-9999", "電話1234-0000 文化課 1階")
    titles = ("①苗木の配布", "②川の観察センターへの支援", "③音楽の集い")
    lines = [f"{t}  {c}\n{t[1:]}を進めます。" for t, c in zip(titles, contacts, strict=True)]
    assert offices_in_text(tmp_path, *FIRST[:2], *lines) == dict(
        zip((title[1:] for title in titles), (GREEN, WATER, ART), strict=True)
    )


def test_what_is_counted_as_the_others_are_is_an_initiative_without_office(tmp_path: Path) -> None:
    parts = [
        (f"第{n}章 {part}", *(f"({m}){title}\n{title}を進めます。" for m, title in enumerate(titles, 1)), asked, "")
        for n, (part, titles, asked) in enumerate(
            (
                ("みどり", ("苗木の配布", "花壇の手入れ", "並木の剪定", "庭の相談"), "問 緑政課(3階) ☎1234-5678"),
                ("水辺", ("川の観察会", "水門の見学"), "問 水辺課(2階) ☎1234-9999"),
                ("まち", ("団地の建て替え", "駅前の広場の整備"), ""),
            ),
            1,
        )
    ]
    read = offices_in_text(tmp_path, *(line for part in parts for line in part))
    assert list(read.values()) == [GREEN] * 4 + [WATER] * 2 + [""] * 2


@pytest.mark.parametrize("said", ["柱{}の{}の担当", "柱{}のうち{}", "柱{}({})の問合せ"])
def test_contacts_name_initiatives_by_number_within_a_part(tmp_path: Path, said: str) -> None:
    second = ("", "≪柱2≫ 水辺に親しむ", "1 川の観察会", "川を見ます。", "2 水門の見学", "水門を開けます。")
    asked = (
        f"{said.format(1, '1・2')}:緑政課 3階 ☎1234-5678",
        f"{said.format(1, '3')}:文化課 1階 ☎1234-0000",
        f"{said.format(2, '1・2')}:水辺課 2階 ☎1234-9999",
    )
    read = offices_in_text(tmp_path, *_THREE, *second, "", *asked)
    assert list(read.values()) == [GREEN, GREEN, ART, WATER, WATER]


def test_a_contact_stands_above_each_title_below_headings_too(tmp_path: Path) -> None:
    green, water, art = (f"問 {office.replace(' 06-', ' ☎')}" for office in (GREEN, WATER, ART))
    lines = (*FIRST[:2], green, *FIRST[2:4], art, *FIRST[4:], *SECOND[:2], water, *SECOND[2:4], art, *SECOND[4:])
    assert list(offices_in_text(tmp_path, *lines).values()) == [GREEN, ART, WATER, ART]
