"""How much of whole documents is read right: papers, pages and tables of wards that do not exist, each with the truth
that its author wrote down, and small texts, each set in a form of its own."""

import io
import json
import re
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from handlers.commands.progress import shown_progress
from knowledge.document import Document
from knowledge.importers.files import read_any
from knowledge.importers.plans import read_plan_document

FOLDERS = [Path(__file__).parent / "documents" / name for name in ("whole", "forms")]
TRUTHS = {
    folder / name: truth
    for folder in FOLDERS
    for name, truth in json.loads((folder / "truths.json").read_text(encoding="utf-8")).items()
}
FIELDS = ("office", "floor", "counter", "phone", "period")


def _same(text: str | None) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text or ""))


def _digits(text: str | None) -> str:
    return "".join(re.findall(r"\d", unicodedata.normalize("NFKC", text or "")))


def _read(document: Document) -> list[dict[str, Any]]:
    rows = []
    for entry in document.entries:
        office = entry.office
        rows.append(
            {
                "key": (_same(entry.plan.title), _same(entry.title)),
                "office": _same(office.name) if office else "",
                "floor": _digits(office.floor) if office else "",
                "counter": _digits(office.counter) if office else "",
                "phone": _digits(office.phone) if office else "",
                "period": tuple(str(day) if day else None for day in entry.period),
            }
        )
    return rows


def _true(truth: dict[str, Any]) -> list[dict[str, Any]]:
    periods = {_same(title): (first, last) for title, first, last in truth["plans"]}
    return [
        {
            "key": (_same(plan), _same(title)),
            "office": _same(office),
            "floor": _digits(floor),
            "counter": _digits(counter),
            "phone": _digits(phone),
            "period": periods[_same(plan)],
        }
        for plan, _, title, office, floor, counter, phone in truth["entries"]
    ]


def _measured(read: list[dict[str, Any]], true: list[dict[str, Any]]) -> tuple[float, float]:
    """(F1 of the entries by plan and title, share of right fields in those found)."""
    left, found, right = list(read), 0, 0
    for want in true:
        alike = sorted(
            (row for row in left if row["key"] == want["key"]), key=lambda row: row["office"] != want["office"]
        )
        if alike:
            left.remove(alike[0])
            found += 1
            right += sum(alike[0][field] == want[field] for field in FIELDS)
    return 2 * found / (len(read) + len(true)), right / max(1, found * len(FIELDS))


@pytest.mark.parametrize("path", sorted(TRUTHS), ids=lambda path: path.name)
def test_a_whole_document_is_read_nearly_right(path: Path) -> None:
    found, fields = _measured(_read(read_plan_document(path, "06")), _true(TRUTHS[path]))
    assert found >= 0.95
    assert fields >= 0.95


def test_a_survey_beside_a_plan_makes_no_table_of_questions_of_it() -> None:
    document, own = read_any(FOLDERS[1] / "survey.xlsx", "06")
    assert not own
    assert _measured(_read(document), _true(TRUTHS[FOLDERS[1] / "survey.xlsx"])) == (1.0, 1.0)


def test_the_measure_falls_with_each_mistake() -> None:
    row = {"key": ("計画", "取組"), "office": "課", "floor": "1", "counter": "", "phone": "06", "period": (None, None)}
    other = row | {"key": ("計画", "別の取組")}
    assert _measured([row, other], [row, other]) == (1.0, 1.0)
    assert _measured([row], [row, other]) == (2 / 3, 1.0)
    assert _measured([row, row], [row]) == (2 / 3, 1.0)
    assert _measured([row | {"phone": "07"}], [row]) == (1.0, 0.8)


def test_a_long_import_shows_on_a_terminal_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def drawn(stream: io.StringIO, pages: int) -> str:
        monkeypatch.setattr(sys, "stderr", stream)
        with shown_progress("文書を読んでいます", few=10) as progress:
            for page in range(1, pages + 1):
                progress(page, pages)
        return stream.getvalue()

    assert "100%" in drawn(Terminal(), 20)
    assert drawn(Terminal(), 10) == drawn(io.StringIO(), 20) == ""
