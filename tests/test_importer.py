"""The ward's page, and a page of the same form that is nobody's."""

from datetime import date
from pathlib import Path

from knowledge.exchange import document_from_json, document_to_json, shipped_document
from knowledge.importers.readers.text import read_blocks, read_text
from knowledge.importers.structure import build_document, fiscal_period, whole_phone

PAGE = """「港町地域福祉計画(令和6年度～令和8年度)」を策定しました

この計画のあらましです。



基本目標

1

助け合える町

成果目標

助け合えていると感じる人の割合:70%以上

施策の方向性

- 1 ごみ出しの手伝い
- 2 配食サービス など

問合せ 福祉課(地域) 2階⑦番 ☎1234-5678
"""


def test_a_page_of_the_same_form_is_read_by_its_structure() -> None:
    document = build_document(read_blocks(PAGE), "06")
    assert [(e.section, e.title) for e in document.entries] == [
        ("基本目標1", "助け合える町"),
        ("基本目標1", "ごみ出しの手伝い"),
        ("基本目標1", "配食サービス"),
    ]
    assert document.entries[0].targets == ("助け合えていると感じる人の割合:70%以上",)
    office = document.entries[2].office
    assert office is not None
    assert (office.name, office.floor, office.counter, office.phone) == ("福祉課(地域)", "2階", "⑦番", "06-1234-5678")
    assert (document.plans[0].valid_from, document.plans[0].valid_to) == (date(2024, 4, 1), date(2027, 3, 31))
    assert "この計画のあらましです。" in [x.text for x in document.left_out]


def test_periods_and_phones() -> None:
    assert fiscal_period("令和元年度") == (date(2019, 4, 1), date(2020, 3, 31))
    assert fiscal_period("ことし") == (None, None)
    assert whole_phone("６９１５－９１７３".replace("－", "-"), "06") == "06-6915-9173"
    assert whole_phone("0120-279-338", "06") == "0120-279-338"


def test_the_page_gives_the_shipped_facts(shared: Path) -> None:
    page = shared / "plans" / "kouhou-tsurumi-2023-05.txt"
    read, shipped = build_document(read_blocks(read_text(page)), "06"), shipped_document()
    assert len(shipped.entries) == 44
    assert [(p.title, p.valid_from, p.valid_to) for p in read.plans] == [
        (p.title, p.valid_from, p.valid_to) for p in shipped.plans
    ]
    assert [(e.plan.title, e.section, e.title, e.office, e.targets) for e in read.entries] == [
        (e.plan.title, e.section, e.title, e.office, e.targets) for e in shipped.entries
    ]


def test_the_exchange_format_loses_nothing() -> None:
    shipped = shipped_document()
    assert document_from_json(document_to_json(shipped)) == shipped


def test_every_entry_is_explained_and_has_twenty_distinct_example_questions() -> None:
    for entry in shipped_document().entries:
        assert entry.explanation, entry.title
        assert len(set(entry.examples)) >= 20, entry.title
