"""The cells of a row below the header of a table: what each holds, those that repeat the row above filled in."""

import re
from collections.abc import Sequence

from knowledge.importers.readers.columns import is_header, label_kind

PLACE = ("office", "building", "floor", "counter", "phone")  # kinds of columns that say where one asks
_REPEATS = {"〃", "々", "同上", '"', "”", "″", "同", "〃 〃", "//"}
_INHERITED = ("section", "plan", *PLACE, "period")


def filled_cells(cells: Sequence[str], above: Sequence[str], kinds: Sequence[str]) -> tuple[list[str], list[str]]:
    """(the cells of a row, those filled in that repeat the one `above`, by a sign or left blank; the kinds of `PLACE`
    among the blank ones)."""
    filled: list[str] = []
    blanks: list[str] = []
    fresh = False  # whether a group begins anew, so that the narrower groups do too
    for column, cell in enumerate(cells):
        before = above[column] if column < len(above) else ""
        kind = kinds[column] if column < len(kinds) else ""
        blank = not cell and kind in _INHERITED and not (kind == "section" and fresh)
        fresh = fresh or (kind in ("section", "plan") and bool(cell) and cell not in _REPEATS and cell != before)
        filled.append(before if cell in _REPEATS or blank else cell)
        blanks += [kind] if blank and before and kind in PLACE else []
    offices = [n for n, kind in enumerate(kinds) if kind == "office" and n < len(cells)]
    if above and offices and cells[offices[0]] and filled[offices[0]] != above[offices[0]]:
        # An office named anew does not have the place and number of the one above.
        for column, kind in enumerate(kinds[: len(cells)]):
            if kind in ("floor", "counter", "phone") and not cells[column]:
                filled[column] = ""
    return filled, blanks


def named_cells(cells: Sequence[str], kinds: Sequence[str], names: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """(kind of column → cell, what the other columns tell, each with its name). Cells of names and places keep their
    line breaks."""
    named: dict[str, str] = {"directory": "1"} if not is_header(kinds) else {}
    told: list[str] = []
    groups: list[int] = []
    for column, cell in enumerate(cells):
        kind = kinds[column] if column < len(kinds) else ""
        name = "".join(names[column : column + 1])
        if kind in ("section", "plan") and cell:
            if kind == "section" and kind in named:
                told.append(f"{names[groups[0]]}:{named[kind]}")
            groups = [column]
            named[kind] = cell.replace("\n", "")  # the nearest group is the last
        elif kind and kind != "fax" and cell:
            named[kind] = cell if kind == "title" or kind in PLACE else cell.replace("\n", " ")
        elif not kind and cell and label_kind(name) == "number":
            named["number"] = cell
        elif not kind and cell and not re.fullmatch(r"[\d.()①-⑳-]{1,5}", cell):
            told.append(f"{name}:{cell}" if name else cell)
    return named, told
