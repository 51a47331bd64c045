"""Offices as documents print them: name, place and number, in lines, lists and tables."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from knowledge.document import Office
from knowledge.importers.facts.contacts import contact_line
from knowledge.importers.plans import read_plan_document
from knowledge.importers.readers.lines import plain
from tests.plan_pages import FIRST, FIVE_YEARS, GREEN, SECOND, WATER, offices_in_text, plan_page, read_page


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("担当:緑政課[公園] 3階⑤番 ☎06-1234-5678", ("緑政課[公園]", "3階", "⑤番", "06-1234-5678")),
        ("【緑政課 3階⑤番窓口 ☎内線3344】", ("緑政課", "3階", "⑤番", "内線3344")),
        ("担当:緑政課(代表06-9999-0000 内線3344、直通06-1234-5678)", ("緑政課", "", "", "06-1234-5678")),
        ("担当 緑政課 電話06.1234.5678", ("緑政課", "", "", "06-1234-5678")),
        ("問合せ:同じく、緑政課(3階)", ("緑政課", "3階", "", "")),
        ("問 上の3件とも 緑政課(3階) ☎1234-5678", ("緑政課", "3階", "", "06-1234-5678")),
        ("柱Ⅱの担当(個別に記載のあるものを除く):緑政課 3階", ("緑政課", "3階", "", "")),
        ("※印の取組を除き、緑政課(3階)が担当します。", ("緑政課", "3階", "", "")),
        ("以上の取組はすべて緑政課(3階)が担当します。", ("緑政課", "3階", "", "")),
        ("〈担当〉緑政課公園係 電話1234-5678", ("緑政課公園係", "", "", "06-1234-5678")),
        ("担当:緑政課 3階 (内)3344", ("緑政課", "3階", "", "内線3344")),
        ("めざす姿2の問合せ 緑政課 3階 ☎1234-5678", ("緑政課", "3階", "", "06-1234-5678")),
        ("≪柱1に関する問い合わせ先≫ 緑政課 3階⑤番窓口", ("緑政課", "3階", "⑤番", "")),
        ("〖苗木・花壇の窓口〗緑政課 3階 ☎1234-5678", ("緑政課", "3階", "", "06-1234-5678")),
        ("担当:緑政課(みどりの丘 2階) 電話1234-5678", ("緑政課", "みどりの丘2階", "", "06-1234-5678")),
        ("担当:緑政課(3F-5) 電話1234-5678", ("緑政課", "3F", "5番", "06-1234-5678")),
        ("担当:緑政課 3階⑤・⑥番窓口 電話1234-5678", ("緑政課", "3階", "⑤番", "06-1234-5678")),
        ("担当:緑政課 3階-⑤ 電話1234-5678", ("緑政課", "3階", "⑤番", "06-1234-5678")),
        ("担当:緑政課(市役所1階) 電話1234-5678", ("緑政課", "市役所1階", "", "06-1234-5678")),
        ("担当:緑政課 市役所本館1階⑧番窓口 電話1234-5678", ("緑政課", "市役所本館1階", "⑧番", "06-1234-5678")),
        ("担当:緑政課(若宮市役所第2庁舎3階) 電話1234-5678", ("緑政課", "若宮市役所第2庁舎3階", "", "06-1234-5678")),
        ("担当:緑政課・市役所本館1階・電話1234-5678", ("緑政課", "市役所本館1階", "", "06-1234-5678")),
        ("担当:若宮市役所本館1階 緑政課 電話1234-5678", ("緑政課", "若宮市役所本館1階", "", "06-1234-5678")),
        ("担当:緑政課 市役所 本館1階 電話1234-5678", ("緑政課", "本館1階", "", "06-1234-5678")),
        ("担当:みどりのセンター1階 電話1234-5678", ("みどりのセンター", "1階", "", "06-1234-5678")),
        ("担当:みどりの協会 中央体育館内 電話1234-5678", ("みどりの協会", "中央体育館内", "", "06-1234-5678")),
        ("担当:公園緑地課緑化会館2階 電話1234-5678", ("公園緑地課", "緑化会館2階", "", "06-1234-5678")),
        ("このページの問い合わせは、緑政課広報係(TEL1234-5678)まで", ("緑政課広報係", "", "", "06-1234-5678")),
    ],
)
def test_the_name_of_an_office_stands_clean(text: str, facts: tuple[str, ...]) -> None:
    office = contact_line(plain(text), "06")
    assert office is not None
    assert (office.name, office.floor, office.counter, office.phone) == facts


def test_a_stroke_is_no_office(tmp_path: Path) -> None:
    book = Workbook()
    for row in (
        ["若宮区の主要事業(令和7年度)"],
        ["No.", "事業名", "概要", "担当"],
        ["1", "苗木の配布", "苗木を配ります。", "ー"],
        ["2", "花壇の手入れ", "花壇を守ります。", "文化課 1階 06-1234-0000"],
        ["3", "川の観察会", "川を見ます。", "―"],
        ["担当欄が「ー」の事業は、緑政課(3階 電話06-1234-5678)へお問い合わせください。"],
    ):
        book.worksheets[0].append(row)
    book.save(tmp_path / "plan.xlsx")
    offices = [entry.office for entry in read_plan_document(tmp_path / "plan.xlsx", "06").entries]
    assert [office.name for office in offices if office] == ["緑政課", "文化課", "緑政課"]


def test_a_contact_that_is_the_one_before_is_given_in_full(tmp_path: Path) -> None:
    own = ("問 緑政課(3階) ☎1234-5678",)
    for same in ("問 同上", "問 緑政課(場所・電話とも前の項目と同じ)", "担当:上の取組と同じです。"):
        read = offices_in_text(tmp_path, *FIRST[:4], *own, *FIRST[4:], same, *SECOND, "問 水辺課(2階) ☎1234-9999")
        assert list(read.values()) == [GREEN, GREEN, WATER, WATER]


def test_a_small_table_below_a_title_is_its_contact(tmp_path: Path) -> None:
    table = "<table><tr><th>担当</th><th>場所</th><th>電話</th></tr><tr><td>{}</td><td>{}</td><td>{}</td></tr></table>"
    body = "".join(
        f"<h3>{title}</h3>{table.format(*facts)}<p>{title}を進めます。</p>"
        for title, facts in (
            ("苗木の配布", ("緑政課", "3階5番", '<a href="tel:0612345678">1234-5678</a>')),
            ("川の観察会", ("水辺課", "2階", "1234-9999")),
            ("音楽の集い", ("文化課", "1階", "1234-0000")),
        )
    )
    document = read_page(tmp_path, f"<h1>若宮区みどりの計画</h1><h2>柱1 みどりを増やす</h2>{body}")
    assert [(e.title, e.office) for e in document.entries] == [
        ("苗木の配布", Office("緑政課", "3階", "5番", "06-1234-5678")),
        ("川の観察会", Office("水辺課", "2階", "", "06-1234-9999")),
        ("音楽の集い", Office("文化課", "1階", "", "06-1234-0000")),
    ]


def test_an_area_code_is_stated_apart_from_the_word_for_it(tmp_path: Path) -> None:
    note = "電話番号の市外局番は書いていません。市の外からは「0574」を先に押してください。"
    page = plan_page("計画期間: 2025-2029年度", note).replace("06-1234-5678", "25-1111")
    assert {entry.office.phone for entry in read_page(tmp_path, page).entries if entry.office} == {"0574-25-1111"}


def test_a_number_is_printed_as_its_link_dials_it(tmp_path: Path) -> None:
    page = plan_page("計画期間: 2025-2029年度").replace("06-1234-5678", '<a href="tel:0788410211">841-0211</a>', 1)
    offices = [entry.office for entry in read_page(tmp_path, page.replace("06-1234-5678", "841-0222")).entries]
    assert [office.phone for office in offices if office] == ["078-841-0211", "078-841-0222", "078-841-0222"]


def test_a_list_of_offices_completes_those_that_are_only_named(tmp_path: Path) -> None:
    book = Workbook()
    plan, offices = book.worksheets[0], book.create_sheet("連絡先")
    for row in (
        ["若宮区みどりの計画 事業一覧"],
        ["計画期間:令和7年度~令和11年度(前計画:令和2年度~令和6年度)"],
        ["方針", "No.", "事業名", "事業内容", "所管課"],
        ["1 緑", 1, "苗木の配布", "苗木を配ります。", "建設部 緑政課"],
        ["", 2, "花壇の手入れ", "花壇を守ります。", "緑政課 公園係"],
        ["2 水", 3, "川の観察会", "生き物を調べます。", "水辺課・緑政課"],
    ):
        plan.append(row)
    offices.append(["部", "課名", "庁舎・階", "窓口番号", "直通電話", "内線"])
    offices.append(["建設部", "緑政課", "本庁舎3階", "5", "06-1234-5678", "3344"])
    offices.append(["環境部", "水辺課", "―", "", "06-1234-9999", "3355"])
    book.save(tmp_path / "plan.xlsx")
    document = read_plan_document(tmp_path / "plan.xlsx", "06")
    assert [(p.valid_from, p.valid_to) for p in document.plans] == [FIVE_YEARS]
    assert [entry.office for entry in document.entries] == [
        Office("建設部 緑政課", "本庁舎3階", "5番", "06-1234-5678"),
        Office("緑政課 公園係", "本庁舎3階", "5番", "06-1234-5678"),
        Office("水辺課・緑政課", "", "", "06-1234-9999"),
    ]


def test_facts_in_lists_of_definitions_belong_to_what_they_stand_under(tmp_path: Path) -> None:
    facts = ("担当", "緑政課 公園係"), ("場所", "役場 本館3階 ⑤窓口"), ("TEL", "25-1111（内線23）")
    asked = "".join(f"<dt>{label}</dt><dd>{value}</dd>" for label, value in facts)
    page = f"""<h1>若宮町みどりの計画</h1>
    <dl><dt>計画の期間</dt><dd>令和7(2025)年度~令和11(2029)年度</dd><dt>計画の区域</dt><dd>町の全域</dd>
    <dt>上位計画</dt><dd>若宮町まちづくり基本構想（2020~2029年度）</dd></dl><p>市外局番は0574です。</p>
    <h2>目標A みどりを増やす</h2><h3>A-1 苗木の配布</h3><p>苗木を配ります。</p><dl>{asked}</dl>
    <h2>目標B 水辺に親しむ</h2><p>（目標Bは、特記のない限り水辺課〔別館1階、電話25-9999〕が担当します。）</p>
    <h3>B-1 川の観察会</h3><p>生き物を調べます。</p>
    <h3>B-2 水門の見学</h3><p>水門を開けます。</p><p>特記：建設課（本館1階③窓口、25-1130）</p>"""
    document = read_page(tmp_path, page)
    assert [(p.title, p.valid_from, p.valid_to) for p in document.plans] == [("若宮町みどりの計画", *FIVE_YEARS)]
    assert [(e.title, e.office) for e in document.entries] == [
        ("苗木の配布", Office("緑政課 公園係", "本館3階", "⑤番", "0574-25-1111")),
        ("川の観察会", Office("水辺課", "別館1階", "", "0574-25-9999")),
        ("水門の見学", Office("建設課", "本館1階", "③番", "0574-25-1130")),
    ]


def test_a_columns_heading_states_the_area_code(tmp_path: Path) -> None:
    book = Workbook()
    for row in (
        ["令和7年度 若宮区の主要事業"],
        ["(参考:令和6年度の事業は別シート)"],
        ["分野", "事業", "担当部署", None, None],
        [None, None, "課", "フロア", "電話(052)"],
        ["緑", "苗木の配布", "緑政課", "3階", "753-1111"],
        [None, "花壇の手入れ", "〃", "〃", "〃"],
    ):
        book.worksheets[0].append(row)
    book.worksheets[0].merge_cells("C3:E3")
    book.save(tmp_path / "plan.xlsx")
    document = read_plan_document(tmp_path / "plan.xlsx", "06")
    assert [str(p.valid_from) for p in document.plans] == ["2025-04-01"]
    assert [entry.office for entry in document.entries] == [Office("緑政課", "3階", "", "052-753-1111")] * 2


def test_names_stand_with_what_is_told_of_them_in_one_column(tmp_path: Path) -> None:
    rows = "".join(
        f"<tr><td>○{title}<br>{title}を進めます。</td><td>{office}<br>3階 ☎06-1234-5678</td></tr>"
        for title, office in (("苗木の配布", "緑政課"), ("川の観察会", "水辺課"))
    )
    table = f"<table><tr><th>事業名とその内容</th><th>担当</th></tr>{rows}</table>"
    document = read_page(tmp_path, f"<h1>若宮区みどりの計画</h1><h2>柱1 みどりを増やす</h2>{table}")
    assert [(e.title, e.office) for e in document.entries] == [
        ("苗木の配布", Office("緑政課", "3階", "", "06-1234-5678")),
        ("川の観察会", Office("水辺課", "3階", "", "06-1234-5678")),
    ]


def test_values_beside_a_label_are_parted_as_their_elements_are(tmp_path: Path) -> None:
    asked = "<div><span>担当</span><span>緑政課</span><span>区民センター2階</span><span>06-1234-5678</span></div>"
    page = plan_page().replace("<p>担当:緑政課 3階 電話06-1234-5678</p>", asked)
    assert {e.office for e in read_page(tmp_path, page).entries} == {
        Office("緑政課", "区民センター2階", "", "06-1234-5678")
    }
