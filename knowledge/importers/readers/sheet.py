"""Workbooks into rows."""

import datetime
from collections.abc import Iterator
from typing import Any

from knowledge import KnowledgeError
from knowledge.importers.readers.lines import plain_cell

_MOST_CELLS = 2_000_000  # of a sheet, empty ones counted


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
