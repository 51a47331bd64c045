"""Numbers of telephones, floors and counters that a document prints in part, or tells in its own way."""

from pathlib import Path

import pytest

from knowledge.document import Office
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
