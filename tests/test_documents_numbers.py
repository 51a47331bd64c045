"""Numbers of telephones, floors and counters that a document prints in part, or tells in its own way."""

from pathlib import Path

import pytest

from knowledge.document import Office
from knowledge.importers.files import read_any
from knowledge.importers.plans import read_plan_document
from tests.plan_pages import plan_page, read_page


@pytest.mark.parametrize(
    "note",
    [
        "電話は「03-3907-」に続く4桁の番号です。",
        "※電話番号は下4桁のみ記載しています（03-3907-****）。",
        "電話欄は末尾4けたです。先頭に03-3907を付けてください。",
    ],
)
def test_numbers_of_four_digits_begin_as_a_note_says(tmp_path: Path, note: str) -> None:
    page = plan_page(note).replace("06-1234-5678", "4472")
    offices = [entry.office for entry in read_page(tmp_path, page).entries]
    assert [office.phone for office in offices if office] == ["03-3907-4472"] * 3


def test_a_column_of_ends_of_numbers_and_of_buildings_is_read(tmp_path: Path) -> None:
    rows = (
        "若宮区みどりの計画 事業一覧",
        "計画期間,令和7年度～令和11年度",
        "電話は「03-3907-」に続く4桁の番号です。",
        "事業名,内容,所管,場所,電話",
        "苗木の配布,苗木を配ります。,緑政課,3階⑤番,4472",
        "川の掃除,川を守ります。,清掃課,清掃事務所1階,0815",
        "花壇の手入れ,花壇を守ります。,公園課,みどりの丘2階,4603",
    )
    (tmp_path / "plan.csv").write_text("\n".join(rows), encoding="utf-8")
    entries = read_plan_document(tmp_path / "plan.csv", "06").entries
    assert [entry.office for entry in entries] == [
        Office("緑政課", "3階", "⑤番", "03-3907-4472"),
        Office("清掃課", "清掃事務所1階", "", "03-3907-0815"),
        Office("公園課", "みどりの丘2階", "", "03-3907-4603"),
    ]


def test_of_several_offices_the_first_is_asked_and_the_others_are_told(tmp_path: Path) -> None:
    rows = (
        "若宮区みどりの計画 事業一覧",
        "事業名,内容,担当課,場所,電話",
        '苗木の配布,苗木を配ります。,"緑政課\n水辺課","3階\n2階","06-1234-5678\n06-1234-9999"',
        '音楽の集い,音楽を楽しみます。,"文化課(1階 06-1234-0000)、緑政課(3階 06-1234-5678)",,',
        '花壇の手入れ,花壇を守ります。,"建設部\n緑政課","3階\n⑤番",06-1234-5678',
        "川の観察会,川を見ます。,緑政課・水辺課,3階,06-1234-5678・06-1234-9999",
    )
    (tmp_path / "plan.csv").write_text("\n".join(rows), encoding="utf-8")
    document = read_plan_document(tmp_path / "plan.csv", "06")
    assert [entry.office for entry in document.entries] == [
        Office("緑政課", "3階", "", "06-1234-5678"),
        Office("文化課", "1階", "", "06-1234-0000"),
        Office("建設部 緑政課", "3階", "⑤番", "06-1234-5678"),
        Office("緑政課・水辺課", "3階", "", "06-1234-5678"),
    ]
    left = [left.text for left in document.left_out if left.why == "2つ目からの担当です"]
    assert left == ["水辺課 2階 06-1234-9999", "緑政課(3階 06-1234-5678)", "06-1234-9999"]


def test_further_offices_of_a_contact_are_told(tmp_path: Path) -> None:
    page = plan_page().replace("電話06-1234-5678", "電話06-1234-5678、水辺課(2階 電話06-1234-9999)", 1)
    document = read_page(tmp_path, page)
    assert {entry.office for entry in document.entries} == {Office("緑政課", "3階", "", "06-1234-5678")}
    assert "水辺課(2階 電話06-1234-9999)" in [left.text for left in document.left_out]


def test_a_blank_cell_has_the_office_that_a_note_says(tmp_path: Path) -> None:
    rows = (
        "若宮区の主要事業(令和7年度)",
        "分野,事業名,概要,担当,電話",
        "緑,苗木の配布,苗木を配ります。,緑政課,06-1234-5678",
        ",花壇の手入れ,花壇を守ります。,〃,〃",
        ",窓口の案内,案内します。,,",
        "水,川の観察会,川を見ます。,水辺課,06-1234-9999",
        "※担当欄が空欄の事業は、総務課(4階 電話06-1234-1111)が担当します。",
    )
    (tmp_path / "plan.csv").write_text("\n".join(rows), encoding="utf-8")
    offices = [entry.office for entry in read_plan_document(tmp_path / "plan.csv", "06").entries]
    assert [office.name for office in offices if office] == ["緑政課", "緑政課", "総務課", "水辺課"]


def test_a_table_of_questions_has_its_own_title(tmp_path: Path) -> None:
    rows = ("若宮区 よくある質問一覧（令和7年4月1日現在）,,", "質問,回答,担当", "苗木はもらえますか,配ります。,緑政課")
    (tmp_path / "faq.csv").write_text("\n".join(rows), encoding="utf-8")
    document, _ = read_any(tmp_path / "faq.csv", "06")
    assert [plan.title for plan in document.plans] == ["若宮区 よくある質問一覧"]
    assert not document.left_out


@pytest.mark.parametrize(
    ("heading", "number"),
    [
        ("汐入区こども計画", "6455-1170"),
        ("みなも市環境プラン", "6455-1170"),
        ("鶴見区こども計画", "06-6455-1170"),
        ("大阪市港区運営方針", "06-6455-1170"),
        ("校区まちづくり計画", "06-6455-1170"),  # of no municipality by name
    ],
)
def test_local_numbers_of_another_municipality_stay_as_they_are_printed(
    heading: str, number: str, tmp_path: Path
) -> None:
    contact = "担当 公園課 2階3番 電話6455-1170"
    text = f"{heading}\n■遊び場づくり\n①公園の改修\n{contact}\n②広場の開放\n{contact}\n"
    (tmp_path / "plan.txt").write_text(text, encoding="utf-8")
    document, _ = read_any(tmp_path / "plan.txt", "06", home="大阪市鶴見区")
    assert [entry.office and entry.office.phone for entry in document.entries] == [number, number]
