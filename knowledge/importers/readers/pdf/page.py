"""The letters of a page of a PDF into lines and cells, columns one after the other."""

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Any

from knowledge.importers.facts.markers import read_marker
from knowledge.importers.readers.lines import parts_number, plain, plain_cell
from knowledge.importers.readers.pdf.aligned import Text, find_aligned
from knowledge.importers.readers.pdf.letters import Piece
from knowledge.importers.readers.pdf.rows import lines_of, rows_of, runs_of
from knowledge.importers.readers.pdf.ruled import Box, Grid, find_grids

_NEAR = 4.0  # points between beginnings of lines that stand under each other
_LARGER = 1.08  # times the size of most letters, from which on a line is a heading
_LARGE = 1.4  # times the size of most letters
_BLANK = 1.3  # times the height of letters
_SMALLEST_COLUMN = 0.08  # of the letters of what is parted in columns
_WRITTEN = re.compile(r"[^\W\d_]")
_IN_COLUMN = "\0table"  # stands for a table in a column


def _gutter(pieces: Sequence[Piece], low: float, high: float) -> float | None:
    """Where an empty strip parts a strip of a page in two columns; None where it has one."""
    best: tuple[int, float, float] | None = None
    blanks = [pair for row in rows_of(pieces) for pair in itertools.pairwise(row) if _is_blank(*pair)]
    for step in range(20, 81):
        x = low + (high - low) * step / 100
        crossing = sum(p.left < x - 2 and p.right > x + 2 for p in pieces)
        crossing += sum(before.right <= x + 2 and after.left >= x - 2 for before, after in blanks)
        left, right = [p for p in pieces if p.right <= x + 2], [p for p in pieces if p.left >= x - 2]
        beside = sum(any(abs(p.bottom - q.bottom) < p.height * 3 for q in right) for p in left)
        if crossing > max(2, len(pieces) // 10) or min(len(left), len(right)) < 4 or beside < 3:
            continue
        if not _are_texts(left, right) or _letters(right) < _SMALLEST_COLUMN * _letters(pieces):
            continue
        found = (crossing, abs(x - (low + high) / 2), x)
        best = min(best, found) if best else found
    return best[2] if best else None


def _onrows_of(wide: list[Piece], pieces: Sequence[Piece]) -> list[Piece]:
    """What reaches over the columns, with what stands on the same line close beside it."""
    whole = list(wide)
    for piece in whole:
        for other in pieces:
            apart = max(other.left - piece.right, piece.left - other.right)
            level = abs(other.bottom - piece.bottom) < 0.3 * piece.height and abs(other.size - piece.size) < 0.5
            if other not in whole and level and apart < 1.5 * piece.height:
                whole.append(other)  # and goes on from there
    return whole


def _parted_titles(pieces: Sequence[Piece], x: float) -> list[Piece]:
    """What stands left of an empty strip where a title in large letters happens to have a blank."""
    sizes = sorted(piece.size for piece in pieces)
    large = [piece for piece in pieces if piece.size >= _LARGE * sizes[len(sizes) // 2]]
    return [
        piece
        for piece in large
        for other in large
        if piece.right <= x + 2 <= other.left + 4
        and abs(piece.bottom - other.bottom) < 0.3 * piece.height
        and abs(piece.size - other.size) < 0.5
        and other.left - piece.right < 1.2 * piece.size
    ]


def _is_blank(before: Piece, after: Piece) -> bool:
    """Whether no more than a blank parts two pieces of a line, so that no column ends between them."""
    return after.left - before.right < _BLANK * before.height


def _letters(pieces: Sequence[Piece]) -> int:
    return sum(len(piece.text) for piece in pieces)


def _are_texts(left: Sequence[Piece], right: Sequence[Piece]) -> bool:
    """Whether both sides are columns of text: not markers with what they mark, nor labels with their values, nor
    numbers alone."""
    return all(
        sum(len(p.text) for p in side) / len(side) >= 6 and any(_WRITTEN.search(p.text) for p in side)
        for side in (left, right)
    )


def _lines_of_bands(pieces: Sequence[Piece]) -> list[Piece]:
    """The lines of a column, where boxes that stand side by side on it come one after the other."""
    rows = [_cells_of(row) for row in rows_of(pieces)]
    lines: list[Piece] = []
    number = 0
    while number < len(rows):
        starts = [cell[0].left for cell in rows[number]]
        end = number + 1
        while len(starts) > 1 and end < len(rows) and _fit(rows[end], starts):
            end += 1
        if end - number > 1 and _begin_alike(rows[number]):
            inside = [cell for row in rows[number:end] for cell in row]
            for start in starts:
                lines += lines_of([piece for cell in inside if abs(cell[0].left - start) <= _NEAR for piece in cell])
        else:
            end = number + 1
            lines += lines_of([piece for cell in rows[number] for piece in cell])
        number = end
    return lines


def _cells_of(row: Sequence[Piece]) -> list[list[Piece]]:
    """The pieces of a row, those apart that a wide gap parts."""
    cells = [[row[0]]]
    for before, piece in itertools.pairwise(row):
        if piece.left - before.right > 2.0 * piece.height:
            cells.append([piece])
        else:
            cells[-1].append(piece)
    return cells


def _fit(row: Sequence[Sequence[Piece]], starts: Sequence[float]) -> bool:
    """Whether each text of a row begins where one of the boxes does, and ends before the next."""
    for cell in row:
        under = [n for n, start in enumerate(starts) if abs(cell[0].left - start) <= _NEAR]
        if not under or (under[0] + 1 < len(starts) and cell[-1].right > starts[under[0] + 1]):
            return False
    return True


def _begin_alike(row: Sequence[Sequence[Piece]]) -> bool:
    """Whether all boxes begin with the same kind of marker, so that they are no labels with their values."""
    kinds = {read_marker(plain(" ".join(piece.text for piece in cell))).kind for cell in row}
    return len(kinds) == 1 and kinds != {""}


def _heads_of_bands(pieces: Sequence[Piece], x: float) -> list[Piece]:
    """What stands left of an empty strip in larger letters than most, with nothing beside it: headings of the boxes
    that stand side by side below them."""
    usual = sorted(piece.size for piece in pieces for _ in piece.text)[_letters(pieces) // 2]
    right = [piece for piece in pieces if piece.right > x + 2]
    return [
        piece
        for piece in pieces
        if piece.right <= x + 2
        and piece.size > usual * _LARGER
        and not any(other.bottom < piece.top and piece.bottom < other.top for other in right)
    ]


def columns_of(pieces: list[Piece], low: float, high: float, web: bool = False) -> list[list[Piece]]:
    """The lines of each column in reading order; what reaches over several comes where it stands. `web`: no text goes
    on from one column at the top of the next, as none does on a web page."""
    x = _gutter(pieces, low, high)
    if x is None:
        return [_lines_of_bands(pieces)] if pieces else []
    crossing = [p for p in pieces if p.left < x - 2 and p.right > x + 2]
    wide = _onrows_of([*crossing, *_parted_titles(pieces, x)], pieces)
    wide += [piece for piece in _heads_of_bands(pieces, x) if piece not in wide] if web else []
    columns: list[list[Piece]] = []
    over: list[Piece] = []  # what reaches over the columns, as long as nothing stands between its lines
    ceiling = float("inf")
    for floor in [*sorted({p.bottom for p in wide}, reverse=True), float("-inf")]:
        inside = [p for p in pieces if p not in wide and floor <= p.bottom < ceiling]
        if inside:
            columns.append(over)
            over = []
        for side, (start, end) in (
            ([p for p in inside if p.right <= x + 2], (low, x)),
            ([p for p in inside if p.right > x + 2], (x, high)),
        ):
            columns += columns_of(side, start, end, web) if len(side) >= 12 else [_lines_of_bands(side)]
        over = over + lines_of([p for p in wide if p.bottom == floor])
        ceiling = floor
    columns.append(over)
    return [column for column in columns if column]


def _cell_text(letters: Sequence[Piece], box: Box) -> str:
    """The text in a cell; a line that fills the cell goes on in the next without a space."""
    text, before = "", None
    for line in lines_of(runs_of(letters)):
        full = before is not None and before.right + before.height * 1.2 > box.right - before.height * 0.6
        joined = full or not text or parts_number(plain(text), plain(line.text))
        marked = bool(text) and read_marker(plain(line.text)).kind
        text += f"\n{line.text}" if marked else line.text if joined else f" {line.text}"
        before = line
    return plain_cell(text)


def _table(grid: Grid, letters: Sequence[Piece]) -> list[list[str]]:
    texts: dict[Box, str] = {}
    for cell in {cell for row in grid.rows for cell in row}:
        texts[cell] = _cell_text([p for p in letters if cell.holds(*p.middle)], cell)
    return [[texts[cell] for cell in row] for row in grid.rows]


def read_page(
    page: Any, letters: list[Piece], before: list[float], web: bool = False
) -> Iterator[list[Piece] | list[list[str]]]:
    """The columns of lines and the tables (rows of cells) of a page, in reading order. `before`: where the columns of
    the last table that no lines are drawn around begin, kept from page to page; `web`: as of
    `columns_of`."""
    width, ceiling = page.get_width(), float("inf")
    grids = [(grid, _table(grid, [p for p in letters if grid.box.holds(*p.middle)])) for grid in find_grids(page)]
    grids = [(grid, rows) for grid, rows in grids if sum(bool(cell) for row in rows for cell in row) >= 4]
    letters = [p for p in letters if not any(grid.box.holds(*p.middle) for grid, _ in grids)]
    x = _gutter(runs_of(letters), 0, width) if grids else None
    places: dict[str, list[list[str]]] = {}  # of tables that stand in one column of text
    for grid, rows in grids:
        if x is not None and (grid.box.right <= x + 2 or grid.box.left >= x - 2):
            mark = f"{_IN_COLUMN}{len(places)}"
            places[mark] = rows
            letters.append(Piece(grid.box.left, grid.box.top - 1, grid.box.right, grid.box.top, mark))
            continue
        above = [p for p in letters if grid.box.top < p.middle[1] <= ceiling]
        letters = [p for p in letters if p not in above]
        yield from _with_aligned(above, width, before, places, web)
        yield rows
    yield from _with_aligned(letters, width, before, places, web)


def _with_aligned(
    letters: list[Piece], width: float, before: list[float], places: dict[str, list[list[str]]], web: bool
) -> Iterator[list[Piece] | list[list[str]]]:
    """The columns of lines of a part of a page, and the tables in it that only their texts' places show."""
    pieces = [*runs_of([p for p in letters if p.text not in places]), *(p for p in letters if p.text in places)]
    lines = rows_of(pieces)
    texts = [[Text(p.left, p.right, p.top, p.height, p.text, p.size) for p in line] for line in lines]
    begun = 0
    for table in find_aligned(texts, before):
        yield from _columns([p for line in lines[begun : table.first] for p in line], width, places, web)
        yield table.rows
        before[:] = table.starts
        begun = table.end
    yield from _columns([p for line in lines[begun:] for p in line] if begun else pieces, width, places, web)


def _columns(
    pieces: list[Piece], width: float, places: dict[str, list[list[str]]], web: bool
) -> Iterator[list[Piece] | list[list[str]]]:
    """The columns of lines, where tables come that stand in one of them."""
    for column in columns_of(pieces, 0, width, web):
        run: list[Piece] = []
        for piece in column:
            if piece.text not in places:
                run.append(piece)
                continue
            if run:
                yield run
            yield places[piece.text]
            run = []
        if run:
            yield run
