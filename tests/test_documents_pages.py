"""What stands on pages: columns, strokes, empty and drawn lines between parts."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from docx import Document as Word

from knowledge.importers.facts.noise import page_end
from knowledge.importers.plans import read_plan_document
from knowledge.importers.readers.pdf import letters
from knowledge.importers.readers.pdf.bullets import with_bullets
from knowledge.importers.readers.pdf.letters import Piece, page_letters
from knowledge.importers.readers.pdf.page import columns_of
from tests.plan_pages import read_page

EVENTS = ("5月の催し", "○春の音楽会", "5月18日(日)午後2時 文化会館 定員50名", "問合せ 文化課 ☎06-1234-0000")
INITIATIVES = ("■みどりを増やす", "○苗木の配布", "○花壇の手入れ", "問合せ 緑政課 3階 ☎06-1234-5678")


def test_events_below_an_empty_or_drawn_line_are_no_initiatives(tmp_path: Path) -> None:
    for between in ("", "━━━━━━━━"):
        word = Word()
        for line in ("若宮区みどりの計画(令和7年度~令和11年度)", *INITIATIVES, between, *EVENTS):
            word.add_paragraph(line)
        word.save(str(tmp_path / "plan.docx"))
        entries = read_plan_document(tmp_path / "plan.docx", "06").entries
        assert [entry.title for entry in entries] == ["苗木の配布", "花壇の手入れ"]


def test_a_drawn_line_of_a_page_parts_what_stands_around_it(tmp_path: Path) -> None:
    lines = ("若宮区みどりの計画(令和7年度~令和11年度)", *INITIATIVES, "━━━━━━━━", *EVENTS)
    page = "".join(f"<p>{line}</p>" for line in lines)
    assert [entry.title for entry in read_page(tmp_path, page).entries] == ["苗木の配布", "花壇の手入れ"]


def test_what_calls_itself_shift_jis_is_read_as_browsers_read_it(tmp_path: Path) -> None:
    lines = "".join(f"<p>{line}</p>" for line in ("若宮区みどりの計画(令和7年度~令和11年度)", *INITIATIVES[:-1]))
    page = f'<meta charset="Shift_JIS">{lines}<p>問合せ 緑政課 3階⑦番 ℡06-1234-5678</p>'
    (tmp_path / "plan.html").write_bytes(page.encode("cp932"))
    entries = read_plan_document(tmp_path / "plan.html", "06").entries
    assert [(entry.title, entry.office and entry.office.counter) for entry in entries] == [
        ("苗木の配布", "⑦番"),
        ("花壇の手入れ", "⑦番"),
    ]


def test_a_number_goes_on_behind_the_hyphen_that_ends_a_line(tmp_path: Path) -> None:
    word = Word()
    for line in (
        "若宮区みどりの計画(令和7年度)",
        "■みどりを増やす",
        "○苗木の配布",
        "苗木を配ります。(緑政課・3階・06-1234-",
        "5678)",
    ):
        word.add_paragraph(line)
    word.save(str(tmp_path / "plan.docx"))
    offices = [entry.office for entry in read_plan_document(tmp_path / "plan.docx", "06").entries]
    assert [office.phone for office in offices if office] == ["06-1234-5678"]


def _line(top: float, *texts: str, gap: float = 10.0) -> list[Piece]:
    """Pieces of a line in letters of ten points."""
    pieces, left = [], 40.0
    for text in texts:
        pieces.append(Piece(left, top - 10, left + 10 * len(text), top, text, "", 10.0))
        left += 10 * len(text) + gap
    return pieces


def test_blanks_in_long_lines_part_no_columns() -> None:
    short = [piece for n in range(8) for piece in _line(700 - 11 * n, "取組の名前がここに並びます")]
    long = [
        piece
        for n in range(6)
        for piece in _line(
            600 - 11 * n, "問合せは福祉課健康づくり係まで", "電話番号は0612345678", "窓口は本館二階の五番です"
        )
    ]
    assert len(columns_of([*short, *long], 0, 595)) == 1
    columns = [
        piece
        for n in range(12)
        for piece in _line(600 - 11 * n, "左の欄の文章がここに続きます", "右の欄の文章", gap=40)
    ]
    assert len(columns_of(columns, 0, 595)) == 2


def test_strokes_stand_in_the_middle_of_their_line(monkeypatch: pytest.MonkeyPatch) -> None:
    boxes = [(40 + 10 * n, 764.6, 49 + 10 * n, 765.4) for n in range(4)]
    text = SimpleNamespace(
        count_chars=lambda: len(boxes),
        get_text_range=lambda number, count: "―",
        get_charbox=lambda number, loose: boxes[number],
    )
    monkeypatch.setattr(letters, "_font", lambda text, number: ("", 10.0))
    found = page_letters(SimpleNamespace(get_textpage=lambda: text))
    assert {(round(piece.bottom), round(piece.top)) for piece in found} == {(760, 770)}


def test_dots_drawn_before_lines_are_bullets() -> None:
    lines = [
        *_line(700, "苗木の配布"),
        *_line(680, "花壇の手入れ"),
        *_line(660, "これらを進めます。"),
        *_line(640, "1.川の会"),
    ]
    dots = [
        (32.0, 693.0, 35.0, 696.0),
        (32.0, 673.0, 35.0, 676.0),
        (30.0, 600.0, 33.0, 603.0),
        (20.0, 655.0, 90.0, 656.0),
        (30.0, 632.0, 34.0, 636.0),
    ]
    drawn = [SimpleNamespace(get_bounds=lambda box=box: box) for box in dots]
    page = SimpleNamespace(get_objects=lambda **wanted: drawn)
    texts = [piece.text for piece in with_bullets(page, lines)]
    assert texts == ["・苗木の配布", "・花壇の手入れ", "これらを進めます。", "1.川の会"]


def test_larger_letters_head_what_stands_below(tmp_path: Path) -> None:
    styles = "<style>.a{font-size:180%}.b{font-size:1.3em;color:#063}.c{font-weight:bold}</style>"
    told = "".join(
        f'<p class="b">{part}</p>' + "".join(f'<p class="c">{title}</p><p>{title}を進めます。</p>' for title in titles)
        for part, titles in (("みどり", ("苗木の配布", "花壇の手入れ")), ("水辺", ("川の観察会", "水門の見学")))
    )
    document = read_page(tmp_path, f'{styles}<p class="a">若宮区みどりの計画</p>{told}')
    assert [(entry.section, entry.title) for entry in document.entries] == [
        ("みどり", "苗木の配布"),
        ("みどり", "花壇の手入れ"),
        ("水辺", "川の観察会"),
        ("水辺", "水門の見学"),
    ]


def test_counted_parts_of_plans_whose_titles_look_like_theirs_are_no_plans(tmp_path: Path) -> None:
    plans = "".join(
        f"<p><b>若宮区{name}の計画(令和7年度~令和9年度)</b></p><p><b>1 {part}</b></p>"
        f"<p>・{title}:{title}を進めます。</p><p>・{other}:{other}を進めます。</p>"
        for name, part, title, other in (
            ("みどり", "育てる", "苗木の配布", "花の種"),
            ("水辺", "親しむ", "川の会", "池の会"),
        )
    )
    entries = read_page(tmp_path, plans).entries
    assert [(e.plan.title, e.title) for e in entries] == [
        ("若宮区みどりの計画", "苗木の配布"),
        ("若宮区みどりの計画", "花の種"),
        ("若宮区水辺の計画", "川の会"),
        ("若宮区水辺の計画", "池の会"),
    ]


def test_a_menu_above_the_plans_title_lists_no_initiatives(tmp_path: Path) -> None:
    menu = "<h4>Language</h4><p>・くらしの手続き</p><p>・子育てと教育</p><p>・健康と福祉</p>"
    plan = "<h1>若宮区みどりの計画</h1><h2>みどりを増やす</h2><p>・苗木の配布</p><p>・花壇の手入れ</p>"
    document = read_page(tmp_path, f"{menu}{plan}<p>担当:緑政課 3階 電話06-1234-5678</p>")
    assert [entry.title for entry in document.entries] == ["苗木の配布", "花壇の手入れ"]
    assert "くらしの手続き" in [left.text for left in document.left_out]


def test_numbers_in_large_letters_and_tables_below_advertisements(tmp_path: Path) -> None:
    listed = "".join(
        f"<tr><td>{t}</td><td>{t}を進めます。</td><td>緑政課</td></tr>" for t in ("苗木の配布", "花壇の手入れ")
    )
    page = f"""<h1>若宮区みどりの計画</h1><h2>川を守る</h2><h3>川の観察会</h3><p>生き物を調べます。</p>
    <p>担当:水辺課 2階</p><h3>06-1234-9999</h3><h2>緑を増やす</h2><p>広告</p>
    <table><tr><th>事業名</th><th>内容</th><th>担当課</th></tr>{listed}</table>"""
    document = read_page(tmp_path, page)
    assert [(e.title, e.office and e.office.phone) for e in document.entries] == [
        ("川の観察会", "06-1234-9999"),
        ("苗木の配布", ""),
        ("花壇の手入れ", ""),
    ]


@pytest.mark.parametrize("days", ["3日(金) 浜田内科 ☎72-1180|4日(土) 港医院 ☎72-6677", "6/2(日) 東地区|6/9(日) 西地区"])
@pytest.mark.parametrize("sign", ["○ ", ""])
def test_days_of_a_calendar_are_no_initiative(tmp_path: Path, days: str, sign: str) -> None:
    told = "".join(
        f"<h2>{sign}{t}</h2><p>{t}を進めます。</p><p>問合せ 緑政課 3階</p>" for t in ("苗木の配布", "花壇の手入れ")
    )
    listed = "".join(f"<p>{day}</p>" for day in days.split("|"))
    document = read_page(tmp_path, f"<h1>若宮区みどりの計画</h1>{told}<h2>5月の当番</h2>{listed}")
    assert [entry.title for entry in document.entries] == ["苗木の配布", "花壇の手入れ"]


def test_an_initiative_told_of_in_sentences_may_have_days(tmp_path: Path) -> None:
    told = "".join(
        f"<h2>{t}</h2><p>{t}を進めます。</p><p>問合せ 緑政課 3階</p>" for t in ("苗木の配布", "花壇の手入れ")
    )
    days = "<h2>川の観察会</h2><p>5月4日(土)と6月1日(土)に、川の生き物を調べます。</p><p>問合せ 水辺課 2階</p>"
    document = read_page(tmp_path, f"<h1>若宮区みどりの計画</h1>{told}{days}")
    assert [entry.title for entry in document.entries] == ["苗木の配布", "花壇の手入れ", "川の観察会"]


@pytest.mark.parametrize(
    ("text", "belongs"),
    [
        ("1 / 2 ページ", True),
        ("― 6 ―", True),
        ("Page 1 of 2", True),
        ("全12ページ中3ページ", True),
        ("3つの柱", False),
        ("2ページの案内", False),
    ],
)
def test_numbers_of_pages(text: str, belongs: bool) -> None:
    assert page_end(text) is belongs
