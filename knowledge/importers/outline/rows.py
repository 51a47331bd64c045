"""The office of a table's row."""

import re
from collections.abc import Mapping

from knowledge.document import Office
from knowledge.importers.facts.contacts import read_office
from knowledge.importers.facts.markers import read_marker

_NUMBER_ALONE = re.compile(r"[0-9①-⑳㉑-㉟]+")


def _as_printed(kind: str, cell: str) -> str:
    """A cell as it would stand in a contact line: 2 in the column 階 is 2階."""
    if kind == "phone" and cell:
        return f"電話 {cell}"
    unit = {"floor": "階", "counter": "番"}.get(kind, "")
    return f"{cell}{unit}" if unit and _NUMBER_ALONE.fullmatch(cell) else cell


def office_of_row(cells: Mapping[str, str], area_code: str) -> Office | None:
    """The office that the cells of a row name; None where they name none."""
    named = cells.get("office")
    if not named:
        return None
    printed = " ".join([named, *(_as_printed(kind, cells.get(kind, "")) for kind in ("floor", "counter", "phone"))])
    return read_office(printed, area_code, labelled=True) or Office(named)


def row_number(cells: Mapping[str, str]) -> int:
    """The number that a row, or the title in it, bears in its list; 0 where it bears none."""
    return (
        read_marker(f"{cells.get('group') or cells.get('number', '')} -").number
        or read_marker(cells.get("title", "")).number
    )
