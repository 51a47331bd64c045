"""What documents say of facts in words of their own: whose period it is, whom a contact is meant for."""

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from knowledge.document import Document, Office
from knowledge.importers.facts.contacts import contact_line
from knowledge.importers.facts.periods import read_period
from knowledge.importers.plans import read_plan_document
from knowledge.importers.readers.lines import plain

FIVE_YEARS = date(2025, 4, 1), date(2030, 3, 31)


def _read(folder: Path, page: str) -> Document:
    (folder / "page.html").write_text(page, encoding="utf-8")
    return read_plan_document(folder / "page.html", "06")


def _plan(*above: str) -> str:
    said = "".join(line if line.startswith("<") else f"<p>{line}</p>" for line in above)
    entries = "".join(
        f"<h3>取組{n} {title}</h3><p>{title}を進めます。</p><p>担当:緑政課 3階 電話06-1234-5678</p>"
        for n, title in enumerate(("苗木の配布", "花壇の手入れ", "並木の剪定"), 1)
    )
    return f"<html><body><h1>若宮区みどりの計画</h1>{said}<h2>柱1 みどりを増やす</h2>{entries}</body></html>"


@pytest.mark.parametrize(
    "above",
    [
        ("第2次若宮市総合計画(令和3年度~令和12年度)の分野別の計画です。", "計画期間は5か年(令和7年度から)です。"),
        (
            "昨年度(令和6年4月~令和7年3月)の歩みをもとに定めました。",
            "この計画の期間は、令和7年4月から令和12年3月までです。",
        ),
        (
            "<h2>1 趣旨</h2>",
            "前計画(令和2(2020)年度~令和6(2024)年度)を引き継ぎます。",
            "<h2>2 計画の期間</h2>",
            "令和7(2025)年度~令和11(2029)年度とし、令和9年度に見直します。",
        ),
        ("令和3年度から令和12年度までの第5次総合計画を受けて定めました。", "計画期間 令和7年度→令和11年度"),
        ("計画期間: 2025-2029年度", "位置づけ: 都市緑地法にもとづく市町村の基本計画"),
        ("本計画は、令和7年度を初年度とし、令和11年度を目標年度とします。",),
        ("期間:令和7年4月~2030年3月 この計画は、区民アンケートをもとに定めました。",),
    ],
)
def test_a_plans_period_is_its_own(tmp_path: Path, above: tuple[str, ...]) -> None:
    document = _read(tmp_path, _plan(*above))
    assert [(p.title, p.valid_from, p.valid_to) for p in document.plans] == [("若宮区みどりの計画", *FIVE_YEARS)]
    assert [entry.title for entry in document.entries] == ["苗木の配布", "花壇の手入れ", "並木の剪定"]


@pytest.mark.parametrize(
    "text",
    [
        "5か年(令和7年度から)",
        "令和11年度を目標年度とする5年間",
        "令和7年度を初年度、令和11年度を目標年度とする",
        "R7→R11",
        "2025.4.1-2030.3.31",
        "R7.4~R12.3",
        "令和七年度から令和十一年度まで",
        "開始年度:令和7年度 終了年度:令和11年度",
        "策定:令和7年3月 計画期間:令和7~11年度",
    ],
)
def test_periods_told_in_words(text: str) -> None:
    assert read_period(text) == FIVE_YEARS


@pytest.mark.parametrize("text", ["令和7・8年度", "令和7年度及び令和8年度"])
def test_two_years_that_follow_each_other_are_one_period(text: str) -> None:
    assert read_period(text) == (date(2025, 4, 1), date(2027, 3, 31))


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
        ("担当:緑政課(市役所1階) 電話1234-5678", ("緑政課", "市役所1階", "", "06-1234-5678")),
        ("担当:公園緑地課緑化会館2階 電話1234-5678", ("公園緑地課", "緑化会館2階", "", "06-1234-5678")),
        ("このページの問い合わせは、緑政課広報係(TEL1234-5678)まで", ("緑政課広報係", "", "", "06-1234-5678")),
    ],
)
def test_the_name_of_an_office_stands_clean(text: str, facts: tuple[str, ...]) -> None:
    office = contact_line(plain(text), "06")
    assert office is not None
    assert (office.name, office.floor, office.counter, office.phone) == facts


def _offices(folder: Path, *lines: str) -> dict[str, str]:
    """Title → office, floor and number of the initiatives of a text."""
    text = "\n".join(("若宮区みどりの計画(令和7年度~令和11年度)", *lines))
    (folder / "page.txt").write_text(text, encoding="utf-8")
    entries = read_plan_document(folder / "page.txt", "06").entries
    return {e.title: f"{e.office.name} {e.office.floor} {e.office.phone}" if e.office else "" for e in entries}


GREEN, WATER, ART = "緑政課 3階 06-1234-5678", "水辺課 2階 06-1234-9999", "文化課 1階 06-1234-0000"
_FIRST = ("", "≪柱1≫ みどりを増やす", "◎苗木の配布", "苗木を配ります。", "◎花壇の手入れ", "花壇を守ります。")
_SECOND = ("", "≪柱2≫ 水辺に親しむ", "◎川の観察会", "川の生き物を調べます。", "◎水門の見学", "水門を開けます。")


def test_a_contact_of_a_part_is_everyones_but_those_with_their_own(tmp_path: Path) -> None:
    for said in ("この柱の取組は、※印のものを除き、緑政課(3階、", "※柱1の担当は、いずれも緑政課(3階、"):
        contact = (said, "☎1234-5678)です。")
        own = ("◎水やり隊※", "水をまきます。", "※問 文化課(1階) ☎1234-0000")
        second = (*_SECOND, "問 柱2は2つとも 水辺課(2階) ☎1234-9999")
        assert _offices(tmp_path, *_FIRST[:2], *contact, *_FIRST[2:], *own, *second) == {
            "苗木の配布": GREEN,
            "花壇の手入れ": GREEN,
            "水やり隊": ART,
            "川の観察会": WATER,
            "水門の見学": WATER,
        }


def test_contacts_name_the_parts_that_they_are_meant_for_by_number(tmp_path: Path) -> None:
    asked = ("", "柱1の担当:緑政課 3階 電話1234-5678", "柱2の取組の問い合わせ先:水辺課 2階 電話1234-9999")
    assert list(_offices(tmp_path, *_FIRST, *_SECOND, *asked).values()) == [GREEN, GREEN, WATER, WATER]
    both = ("", "柱1・柱2の担当:緑政課 3階 電話1234-5678")
    assert list(_offices(tmp_path, *_FIRST, *_SECOND, *both).values()) == [GREEN] * 4


def test_a_contact_for_what_has_none_of_its_own(tmp_path: Path) -> None:
    for said in (
        "※担当の記載がない取組については、緑政課(3階、電話06-1234-5678)にお問い合わせください。",
        "次の取組を進めます。問い合わせ先が空欄の事業の担当は、緑政課(3階 電話06-1234-5678)です。",
        "【担当課名のない取組の問い合わせ先】緑政課 3階 ☎1234-5678",
    ):
        own = ("問 文化課(1階) ☎1234-0000",)
        read = _offices(tmp_path, said, *_FIRST, *own, *_SECOND[:4], "問 水辺課(2階) ☎1234-9999", *_SECOND[4:])
        assert list(read.values()) == [GREEN, ART, WATER, GREEN]


def test_what_the_plans_contact_is_for_waits_for_none_of_another_part(tmp_path: Path) -> None:
    own = ("問 水辺課(2階) ☎1234-9999",)
    read = _offices(tmp_path, "【この計画の担当】緑政課 3階 ☎1234-5678", *_FIRST, *_SECOND[:4], *own, *_SECOND[4:])
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
    assert list(_offices(tmp_path, *lines).values()) == [first, first, ART]


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
    assert list(_offices(tmp_path, *lines).values()) == [GREEN, GREEN, ART, WATER, WATER]


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


_THREE = ("", "≪柱1≫ みどりを増やす", "1 苗木の配布", "苗木を配ります。", "2 花壇の手入れ", "花壇を守ります。")
_THREE += ("3 音楽の集い", "音楽を楽しみます。")


@pytest.mark.parametrize(
    "asked",
    [
        ("担当:緑政課 3階 電話1234-5678(1・2)、文化課 1階 電話1234-0000(3)",),
        ("問 緑政課 3階 ☎1234-5678", "取組3のみ 文化課 1階 ☎1234-0000"),
        ("(取組1・2)緑政課 3階 ☎1234-5678", "取組3に関すること:文化課 1階 ☎1234-0000"),
        ("以上、緑政課(3階) ☎1234-5678", "※取組3は文化課(1階 ☎1234-0000)が担当します。"),
    ],
)
def test_one_initiative_of_several_has_another_contact(tmp_path: Path, asked: tuple[str, ...]) -> None:
    assert list(_offices(tmp_path, *_THREE, *asked).values()) == [GREEN, GREEN, ART]


def test_contacts_beside_marked_titles_belong_to_them(tmp_path: Path) -> None:
    contacts = ("緑政課 3階 ☎1234-5678", "水辺課(2階) ☎1234-9999", "文化課 1階 ☎1234-0000")
    titles = ("◎苗木の配布", "◎川の観察会", "◎音楽の集い")
    lines = [f"{t}  {c}\n{t[1:]}を進めます。" for t, c in zip(titles, contacts, strict=True)]
    assert _offices(tmp_path, *_FIRST[:2], *lines) == dict(
        zip((title[1:] for title in titles), (GREEN, WATER, ART), strict=True)
    )


def test_contacts_end_what_is_told_below_the_names_of_a_list(tmp_path: Path) -> None:
    told = (("苗木の配布", "緑政課 3階 ☎1234-5678"), ("川の観察会", "水辺課 2階 ☎1234-9999"))
    items = "".join(f"<li>{title}<br>{title}を進めます。({contact})</li>" for title, contact in told)
    page = f"<h1>若宮区みどりの計画(令和7年度)</h1><h2>柱1 みどりを増やす</h2><ul>{items}</ul>"
    offices = {e.title: e.office and e.office.name for e in _read(tmp_path, page).entries}
    assert offices == {"苗木の配布": "緑政課", "川の観察会": "水辺課"}


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


def test_whom_to_ask_about_an_event_is_asked_about_no_initiative(tmp_path: Path) -> None:
    event = ("とき 10月12日(日)午前10時", "ところ 体育館 申込み 文化課 ☎1234-0000")
    read = _offices(tmp_path, *_FIRST, "問 緑政課(3階) ☎1234-5678", *_SECOND, "", "【お知らせ】音楽祭", *event)
    assert list(read.values())[:4] == [GREEN, GREEN, "", ""]


def test_a_contact_that_is_the_one_before_is_given_in_full(tmp_path: Path) -> None:
    own = ("問 緑政課(3階) ☎1234-5678",)
    for same in ("問 同上", "問 緑政課(場所・電話とも前の項目と同じ)", "担当:上の取組と同じです。"):
        read = _offices(tmp_path, *_FIRST[:4], *own, *_FIRST[4:], same, *_SECOND, "問 水辺課(2階) ☎1234-9999")
        assert list(read.values()) == [GREEN, GREEN, WATER, WATER]


def test_a_year_below_the_title_is_the_plans(tmp_path: Path) -> None:
    for said in ("令和7年度", "対象年度:令和7年度", "(令和7年度)", "【計画期間】令和7年度"):
        plans = _read(tmp_path, _plan(said, "前年度の実績(令和6年度)は別にまとめます。")).plans
        assert [(p.valid_from, p.valid_to) for p in plans] == [(date(2025, 4, 1), date(2026, 3, 31))]


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
    document = _read(tmp_path, f"<h1>若宮区みどりの計画</h1><h2>柱1 みどりを増やす</h2>{body}")
    assert [(e.title, e.office) for e in document.entries] == [
        ("苗木の配布", Office("緑政課", "3階", "5番", "06-1234-5678")),
        ("川の観察会", Office("水辺課", "2階", "", "06-1234-9999")),
        ("音楽の集い", Office("文化課", "1階", "", "06-1234-0000")),
    ]


def test_an_area_code_is_stated_apart_from_the_word_for_it(tmp_path: Path) -> None:
    note = "電話番号の市外局番は書いていません。市の外からは「0574」を先に押してください。"
    page = _plan("計画期間: 2025-2029年度", note).replace("06-1234-5678", "25-1111")
    assert {entry.office.phone for entry in _read(tmp_path, page).entries if entry.office} == {"0574-25-1111"}


def test_a_number_is_printed_as_its_link_dials_it(tmp_path: Path) -> None:
    page = _plan("計画期間: 2025-2029年度").replace("06-1234-5678", '<a href="tel:0788410211">841-0211</a>', 1)
    offices = [entry.office for entry in _read(tmp_path, page.replace("06-1234-5678", "841-0222")).entries]
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
    assert list(_offices(tmp_path, *lines).values()) == [GREEN, GREEN, WATER, ART]


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
    assert list(_offices(tmp_path, *lines).values()) == [GREEN, ART, WATER, GREEN]


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
    document = _read(tmp_path, page)
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


def test_a_title_that_names_its_year_outweighs_what_is_only_mentioned(tmp_path: Path) -> None:
    page = _plan("(令和6年度の方針からの主な変更点は別紙)").replace(
        "若宮区みどりの計画", "令和7年度 若宮区みどりの方針"
    )
    page = page.replace("3階 電話", "(3F-35窓口) 電話")
    document = _read(tmp_path, page)
    assert [str(p.valid_from) for p in document.plans] == ["2025-04-01"]
    assert [entry.office for entry in document.entries] == [Office("緑政課", "3F", "35番", "06-1234-5678")] * 3


def test_a_plan_named_in_short_is_the_one_named_in_full_above(tmp_path: Path) -> None:
    lines = (
        "第7期 若宮市水辺の計画(令和7年度~令和9年度)",
        "",
        "第1部 第5期みどりの計画",
        "≪柱1≫ みどりを増やす",
        "◎苗木の配布",
        "苗木を配ります。",
        "◎花壇の手入れ",
        "花壇を守ります。",
        "問 緑政課(3階) ☎1234-5678",
    )
    text = "\n".join(("第5期 若宮市みどりの計画(令和7年度~令和11年度)", *lines))
    (tmp_path / "page.txt").write_text(text, encoding="utf-8")
    entries = read_plan_document(tmp_path / "page.txt", "06").entries
    assert {(e.plan.title, e.period) for e in entries} == {("第5期 若宮市みどりの計画", FIVE_YEARS)}
