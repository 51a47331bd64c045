"""What documents say of facts in words of their own: whose period it is, whom a contact is meant for."""

from datetime import date
from pathlib import Path

import pytest

from knowledge.document import Document
from knowledge.importers.facts.periods import read_period
from knowledge.importers.plans import read_plan_document

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
    ],
)
def test_periods_told_in_words(text: str) -> None:
    assert read_period(text) == FIVE_YEARS
