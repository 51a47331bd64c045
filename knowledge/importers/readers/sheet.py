"""Workbooks into rows."""

from collections.abc import Iterator

from knowledge import KnowledgeError
from knowledge.importers.readers.lines import plain_cell

_MOST_CELLS = 2_000_000  # of a sheet, empty ones counted


def sheet_rows(data: bytes) -> Iterator[tuple[str, list[list[str]]]]:
    """(name, rows) of each visible sheet of a workbook, merged cells filled with their text."""
    import io

    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), data_only=True)
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        filled = [place for place, cell in sheet._cells.items() if cell.value is not None]
        height, width = (max((place[n] for place in filled), default=1) for n in (0, 1))
        if height * width > _MOST_CELLS:
            raise KnowledgeError(
                f"{sheet.title}: シートの端（{height}行目など）に文字があります。消して保存し直してください。"
            )
        cells = sheet.iter_rows(max_row=height, max_col=width, values_only=True)
        grid = [["" if v is None else plain_cell(str(v)) for v in row] for row in cells]
        for merged in sheet.merged_cells.ranges:
            text = grid[merged.min_row - 1][merged.min_col - 1] if merged.min_row <= len(grid) else ""
            for row in range(merged.min_row - 1, min(merged.max_row, len(grid))):
                for column in range(merged.min_col - 1, min(merged.max_col, len(grid[row]))):
                    grid[row][column] = text
        yield sheet.title, grid
