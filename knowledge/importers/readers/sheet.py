"""Workbooks into rows."""

import datetime
import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Any

from knowledge import KnowledgeError
from knowledge.importers.readers.columns import column_kinds
from knowledge.importers.readers.lines import plain_cell

_MOST_CELLS = 2_000_000  # of a sheet, empty ones counted


_VALUE = re.compile(r"[△▲+-]?[\d,.]+\s*[^\d\s-]{0,3}")
_FEWEST = 2  # columns and values of figures that stand beside a list


def figures_beside(grid: Sequence[Sequence[str]]) -> int:
    """The column from which figures stand beside what a sheet lists, an empty column between them; 0 where none do."""
    width = max((len(row) for row in grid), default=0)
    filled = [n for n in range(width) if any(n < len(row) and row[n] for row in grid)]
    parted = [n for before, n in itertools.pairwise(filled) if n - before > 1 and before > 0]
    for column in parted:
        beside = [row[column:] for row in grid if any(row[:column]) and any(row[column:])]
        columns = [[row[n] for row in beside[1:] if row[n]] for n in range(width - column)] if beside else []
        values = [(len(cells), sum(bool(_VALUE.fullmatch(cell)) for cell in cells)) for cells in columns]
        counted = any(found >= _FEWEST and found * 3 >= count * 2 for count, found in values)
        asked = any("office" in column_kinds(row[column:]) for row in grid)
        if len(columns) >= _FEWEST and counted and not asked:
            return column
    return 0


def _as_shown(value: Any) -> str:
    """A cell's value as people read it: days as 2024年4月1日, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, datetime.date):  # a datetime is one too
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return plain_cell(str(value))


def sheet_rows(data: bytes) -> Iterator[tuple[str, bool, list[list[str]]]]:
    """(name, whether it is shown, rows) of each sheet of a workbook, merged cells filled with their text."""
    import io

    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), data_only=True)
    for sheet in book.worksheets:
        filled = [place for place, cell in sheet._cells.items() if cell.value is not None]
        height, width = (max((place[n] for place in filled), default=1) for n in (0, 1))
        if height * width > _MOST_CELLS:
            raise KnowledgeError(
                f"{sheet.title}: シートの端（{height}行目など）に文字があります。消して保存し直してください。"
            )
        cells = sheet.iter_rows(max_row=height, max_col=width, values_only=True)
        grid = [[_as_shown(value) for value in row] for row in cells]
        for merged in sheet.merged_cells.ranges:
            text = grid[merged.min_row - 1][merged.min_col - 1] if merged.min_row <= len(grid) else ""
            for row in range(merged.min_row - 1, min(merged.max_row, len(grid))):
                for column in range(merged.min_col - 1, min(merged.max_col, len(grid[row]))):
                    grid[row][column] = text
        yield sheet.title, sheet.sheet_state == "visible", grid
