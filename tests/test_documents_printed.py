"""Web pages that a browser has printed: what stands around that which they say."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from knowledge.document import Document, Office
from knowledge.importers.facts.sites import names_site, only_leads
from knowledge.importers.plans import read_plan_document

FONT = "HeiseiKakuGo-W5"
HEAD = (
    (30, 820, 8, "2026/4/1 10:15"),
    (200, 820, 8, "若宮区みどりの計画 | 若宮区"),
    (40, 775, 9, "ホーム > くらし > 公園 > 若宮区みどりの計画"),
)
FOOT = (
    (30, 20, 8, "https://www.city.wakamiya.example.jp/midori.html"),
    (560, 20, 8, "1/1"),
    (40, 60, 8, "Copyright Wakamiya City"),
)
TITLES = ("苗木の配布", "花壇の手入れ", "並木の剪定", "川の観察会")
MENU = ("くらし", "市の概要", "市議会", "ごみの出し方", "住民票", "図書館", "健診のご案内", "休日の窓口", "公園の一覧")

Text = tuple[float, float, float, str]


def _printed(folder: Path, *pages: Sequence[Text], ruled: Sequence[tuple[float, float, float, float]] = ()) -> Document:
    """What is read of pages with texts (left, bottom, size, text) and lines (ends)."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    canvas = Canvas(str(folder / "page.pdf"), pagesize=(595, 842))
    for page in pages:
        for left, bottom, size, text in page:
            canvas.setFont(FONT, size)
            canvas.drawString(left, bottom, text)
        for line in ruled:
            canvas.line(*line)
        canvas.showPage()
    canvas.save()
    return read_plan_document(folder / "page.pdf", "06")


def _main(left: float, titles: Sequence[str] = TITLES, top: float = 745) -> list[Text]:
    """The plan with initiatives below each other."""
    texts: list[Text] = [
        (left, top, 18, "若宮区みどりの計画"),
        (left, top - 25, 10, "計画期間 令和7年度から令和11年度まで"),
    ]
    for n, title in enumerate(titles):
        low = top - 60 - 77 * n
        told = f"{title}を、区民の皆さんや団体と一緒に進めます。"
        texts += [
            (left, low, 13, title),
            (left, low - 21, 10, told),
            (left, low - 42, 10, "担当:緑政課 3階 電話06-1234-5678"),
        ]
    return texts


def _menu(left: float, names: Sequence[str] = MENU, top: float = 742) -> list[Text]:
    return [(left, top - 17.3 * n, 9, name) for n, name in enumerate(names)]


@pytest.mark.parametrize("sides", [(40, 0), (0, 470), (40, 470)])
def test_navigation_beside_what_a_page_says_is_no_part_of_the_plan(tmp_path: Path, sides: tuple[float, float]) -> None:
    left, right = sides
    around = [*(_menu(left) if left else ()), *(_menu(right, MENU[::-1], 736) if right else ())]
    document = _printed(tmp_path, [*HEAD, *_main(150), *around, *FOOT])
    assert [entry.title for entry in document.entries] == list(TITLES)
    assert {entry.office for entry in document.entries} == {Office("緑政課", "3階", "", "06-1234-5678")}
    assert [plan.title for plan in document.plans] == ["若宮区みどりの計画"]
    assert sum("ごみの出し方" in out.text for out in document.left_out) == 1 + bool(left and right) or not (
        left and right
    )


def test_navigation_goes_on_beside_the_next_page(tmp_path: Path) -> None:
    first = [*HEAD, *_main(150, TITLES[:2]), *_menu(40)]
    second = [
        *HEAD[:2],
        (150, 760, 13, "竹林の整備"),
        (150, 739, 10, "竹を切り、道を開きます。"),
        *_menu(40, ("墓地", "火葬場"), 770),
        *FOOT,
    ]
    document = _printed(tmp_path, first, second)
    assert [entry.title for entry in document.entries] == [*TITLES[:2], "竹林の整備"]
    assert any("墓地 火葬場" in out.text for out in document.left_out)


def test_labels_beside_their_texts_are_no_navigation(tmp_path: Path) -> None:
    texts: list[Text] = [(60, 745, 18, "若宮区みどりの計画")]
    for n, title in enumerate((*TITLES, "竹林の整備", "池の手入れ")):
        low = 700 - 40 * n
        texts += [(60, low, 10, title), (200, low, 10, f"{title}を進めます。"), (420, low, 10, "緑政課")]
    texts += [(60, 725, 10, "取組"), (200, 725, 10, "内容"), (420, 725, 10, "担当課")]
    assert len(_printed(tmp_path, [*HEAD, *texts, *FOOT]).entries) == 6


def test_a_column_of_a_ruled_table_is_no_navigation(tmp_path: Path) -> None:
    edges = (50.0, 140.0, 280.0, 430.0, 545.0)
    texts: list[Text] = [(60, 745, 18, "若宮区みどりの計画")]
    texts += [(x + 5, 705, 9, head) for x, head in zip(edges, ("柱", "取組", "内容", "担当課"), strict=False)]
    ruled = [(edges[0], y, edges[-1], y) for y in (720.0, 700.0)]
    for part, (name, titles) in enumerate(
        (("みどり を 育てる", TITLES[:3]), ("水辺 に 親しむ", ("川の会", "池の会", "水門の見学")))
    ):
        top = 700.0 - 120 * part
        texts += [(55, top - 43 - 14 * n, 9, word) for n, word in enumerate(name.split(" "))]
        for n, title in enumerate(titles):
            y = top - 40 * n
            texts += [(145, y - 23, 9, title), (285, y - 23, 9, f"{title}を進めます。"), (435, y - 23, 9, "緑政課")]
            ruled.append((edges[0] if n == 2 else edges[1], y - 40, edges[-1], y - 40))
    ruled += [(x, 720.0, x, 460.0) for x in edges]
    document = _printed(tmp_path, [*HEAD, *texts, *FOOT], ruled=ruled)
    parts = [entry.section.replace(" ", "") for entry in document.entries]
    assert parts == ["みどりを育てる"] * 3 + ["水辺に親しむ"] * 3


def test_boxes_side_by_side_stand_under_the_heading_above_them(tmp_path: Path) -> None:
    texts: list[Text] = [(60, 745, 18, "若宮区みどりの計画"), (60, 722, 10, "更新日:令和7年4月7日")]
    texts.append((60, 700, 10, "みどりを増やすため、令和7年度から令和16年度までの10年間の計画を定めました。"))
    for part, (head, titles) in enumerate((("みどりを育てる", TITLES[:2]), ("水辺に親しむ", ("川の会", "池の会")))):
        top = 660 - 190 * part
        texts.append((60, top, 15, head))
        for side, title in zip((60, 320), titles, strict=True):
            lines = (title, f"{title}を区民の皆さんと", "進めていきます。", "みどりの相談所", "電話 06-1234-5678")
            texts += [(side, top - 35 - 20 * n, 10 if n else 12, line) for n, line in enumerate(lines)]
    document = _printed(tmp_path, [*HEAD, *texts, *FOOT])
    assert [(entry.section, entry.title) for entry in document.entries] == [
        ("みどりを育てる", "苗木の配布"),
        ("みどりを育てる", "花壇の手入れ"),
        ("水辺に親しむ", "川の会"),
        ("水辺に親しむ", "池の会"),
    ]
    assert {entry.office for entry in document.entries} == {Office("みどりの相談所", "", "", "06-1234-5678")}
    assert [str(plan.valid_to) for plan in document.plans] == ["2035-03-31"]


def test_what_all_pages_of_a_site_have() -> None:
    assert only_leads("椿原町 検索 サイトマップ お問い合わせ English")
    assert not only_leads("検索しやすい図書館 多言語の案内")
    assert names_site("深山市 Miyama City")
    assert names_site("八重津町公式ウェブサイト")
    assert not names_site("若宮区みどりの計画")


def test_a_menu_of_offices_on_the_left_is_navigation(tmp_path: Path) -> None:
    menu = ("課のご案内", "総務課", "住民課", "税務課", "福祉課", "建設課", "会計課", "議会事務局")
    document = _printed(tmp_path, [*HEAD, *_main(150), *_menu(40, menu), *FOOT])
    assert [entry.title for entry in document.entries] == list(TITLES)


def test_rows_of_lines_set_apart_are_whole(tmp_path: Path) -> None:
    texts: list[Text] = [
        (60, 745, 18, "若宮区みどりの計画"),
        (60, 700, 10, "取組"),
        (200, 700, 10, "内容"),
        (420, 700, 10, "担当"),
    ]
    for n, title in enumerate(TITLES):
        low = 672 - 46 * n
        texts += [(60, low, 10, title), (200, low, 10, f"{title}を区民の皆さんと一緒に"), (420, low, 10, "緑政課 3階")]
        texts += [(200, low - 18, 10, "進めていきます。"), (420, low - 18, 10, "電話 06-1234-5678")]
    document = _printed(tmp_path, [*HEAD, *texts, *FOOT])
    assert [entry.title for entry in document.entries] == list(TITLES)
    assert {entry.office for entry in document.entries} == {Office("緑政課", "3階", "", "06-1234-5678")}


def test_numbers_at_the_right_edge_are_no_column(tmp_path: Path) -> None:
    texts: list[Text] = [(60, 745, 18, "若宮区みどりの計画")]
    for n, title in enumerate(TITLES):
        low = 700 - 70 * n
        texts += [(60, low, 13, title), (60, low - 20, 10, f"{title}を進めます。")]
        texts += [(60, low - 40, 10, "担当課 緑政課 場所 3階 電話"), (430, low - 40, 10, f"06-1234-567{n}")]
    offices = [entry.office for entry in _printed(tmp_path, [*HEAD, *texts, *FOOT]).entries]
    assert [office and office.phone for office in offices] == [f"06-1234-567{n}" for n in range(4)]


def test_a_table_goes_on_at_the_top_of_the_next_page(tmp_path: Path) -> None:
    def row(low: float, title: str) -> list[Text]:
        texts = [
            (60.0, low, 10.0, title),
            (200.0, low, 10.0, f"{title}を区民の皆さんと一緒に"),
            (420.0, low, 10.0, "緑政課"),
        ]
        return [*texts, (200, low - 18, 10, "進めていきます。"), (420, low - 18, 10, "みどりの会館1階")]

    heads: list[Text] = [(60, 700, 10, "取組"), (200, 700, 10, "内容"), (420, 700, 10, "担当")]
    first = [*HEAD, (60, 745, 18, "若宮区みどりの計画"), *heads]
    first += [text for n, title in enumerate(TITLES[:3]) for text in row(672 - 46 * n, title)]
    document = _printed(tmp_path, first, [*HEAD[:2], *row(790, TITLES[3]), *FOOT])
    assert [entry.title for entry in document.entries] == list(TITLES)
    assert {entry.office for entry in document.entries} == {Office("緑政課", "みどりの会館1階", "", "")}


def test_an_office_whose_name_the_edge_of_the_page_parts_is_whole(tmp_path: Path) -> None:
    told = "民生委員が月に一度ご自宅をたずね、体調や困りごとを聞いています。"
    texts: list[Text] = [
        (40, 740, 16, "若宮区福祉計画(令和7年度~令和9年度)"),
        (40, 700, 12, "(1) 見守り訪問の拡充"),
        (40, 680, 10, f"{told}担当:保"),
        (40, 665, 10, "健福祉課(福祉) 電話:06-1234-5678"),
        (40, 630, 12, "(2) 集いの場の開催"),
        (40, 610, 10, f"{told}担当:保健福祉課"),
        (40, 595, 10, "電話:06-1234-5679"),
    ]
    entries = _printed(tmp_path, texts).entries
    assert [entry.office for entry in entries] == [
        Office("保健福祉課(福祉)", "", "", "06-1234-5678"),
        Office("保健福祉課", "", "", "06-1234-5679"),
    ]
