"""Whose period is whose: what documents say of the years of their plans."""

from datetime import date
from pathlib import Path

import pytest

from knowledge.document import Office
from knowledge.importers.facts.periods import read_period
from knowledge.importers.plans import read_plan_document
from tests.plan_pages import FIVE_YEARS, plan_page, read_page


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
        ("’25～’29年度", "位置づけ: 都市緑地法にもとづく市町村の基本計画"),
        ("計画期間: 2025-2029年度", "位置づけ: 都市緑地法にもとづく市町村の基本計画"),
        ("本計画は、令和7年度を初年度とし、令和11年度を目標年度とします。",),
        ("緑に親しめるよう、令和7年4月から令和12年3月までの5年間に進める取組を定めました。",),
        (
            "令和2年度から令和6年度までの5年間の取組をまとめました。",
            "この計画の期間は、令和7年度から令和11年度までです。",
        ),
        ("期間:令和7年4月~2030年3月 この計画は、区民アンケートをもとに定めました。",),
    ],
)
def test_a_plans_period_is_its_own(tmp_path: Path, above: tuple[str, ...]) -> None:
    document = read_page(tmp_path, plan_page(*above))
    assert [(p.title, p.valid_from, p.valid_to) for p in document.plans] == [("若宮区みどりの計画", *FIVE_YEARS)]
    assert [entry.title for entry in document.entries] == ["苗木の配布", "花壇の手入れ", "並木の剪定"]


@pytest.mark.parametrize(
    "text",
    [
        "5か年(令和7年度から)",
        "令和11年度を目標年度とする5年間",
        "令和7年度を初年度、令和11年度を目標年度とする",
        "R7→R11",
        "'25~'29",
        "25〜29年度",
        "7～11年度",
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


def test_a_year_below_the_title_is_the_plans(tmp_path: Path) -> None:
    for said in ("令和7年度", "対象年度:令和7年度", "(令和7年度)", "【計画期間】令和7年度"):
        plans = read_page(tmp_path, plan_page(said, "前年度の実績(令和6年度)は別にまとめます。")).plans
        assert [(p.valid_from, p.valid_to) for p in plans] == [(date(2025, 4, 1), date(2026, 3, 31))]


def test_a_title_that_names_its_year_outweighs_what_is_only_mentioned(tmp_path: Path) -> None:
    page = plan_page("(令和6年度の方針からの主な変更点は別紙)").replace(
        "若宮区みどりの計画", "令和7年度 若宮区みどりの方針"
    )
    page = page.replace("3階 電話", "(3F-35窓口) 電話")
    document = read_page(tmp_path, page)
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
