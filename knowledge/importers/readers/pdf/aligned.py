"""Tables in a PDF that no lines are drawn around: rows whose texts begin where those above and below do."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.importers.facts.markers import read_marker
from knowledge.importers.readers.columns import column_kinds, is_header
from knowledge.importers.readers.lines import plain
from knowledge.importers.readers.unnamed import kinds_by_content

_NEAR = 4.0  # points between beginnings of texts that stand under each other
_FEWEST = 3  # columns and rows of a table
_GOES_ON = 1.7  # heights from a line to the next one of the same cell
_TIGHT = 1.5  # heights from a line to the next in a text
_LOOSE = 2.0  # heights, on pages that set their lines apart
_WIDER = 1.3  # times that rows stand further apart than lines
_SHORT = 2.0  # heights by which a line that was broken on purpose ends before others
_FIRST_LINES = 4  # of a page: running heads, and what goes on from the page before


@dataclass(frozen=True, slots=True)
class Text:
    """Letters that stand side by side: left, right and upper edge and height in points, size of the font."""

    left: float
    right: float
    top: float
    height: float
    text: str
    size: float


@dataclass(slots=True)
class AlignedTable:
    """The rows of cells of a table, the numbers of the lines that it takes, from `first` to before `end`, and where its
    columns begin."""

    first: int
    end: int
    rows: list[list[str]]
    starts: list[float]


def _column(text: Text, starts: Sequence[float]) -> int | None:
    """The column in which a text begins; None where it begins between them."""
    return next((n for n, start in enumerate(starts) if abs(text.left - start) <= _NEAR), None)


def _fits(line: Sequence[Text], starts: Sequence[float]) -> bool:
    """Whether each text of a line begins where a column does."""
    return all(_column(text, starts) is not None for text in line)


def _reaches_over(line: Sequence[Text], starts: Sequence[float]) -> bool:
    """Whether a line of one text runs through several columns, as a sentence does."""
    return len(line) == 1 and sum(line[0].left + _NEAR < start < line[0].right for start in starts) > 1


def _extent(lines: Sequence[Sequence[Text]], first: int, starts: Sequence[float]) -> int:
    """The number of the line that ends a table with its first line at `first`: all between fit its columns."""
    end = last = first + 1
    while end < len(lines) and _fits(lines[end], starts) and not _reaches_over(lines[end], starts):
        end += 1
        further = (_column(lines[end - 1][0], starts) or 0) > 0 and _apart(lines[end - 2], lines[end - 1]) <= _LOOSE
        goes_on = last == end - 1 and further
        last = end if len(lines[end - 1]) >= 2 or goes_on else last
    return last


def _apart(above: Sequence[Text], line: Sequence[Text]) -> float:
    """How far a line stands below another, in heights of its letters."""
    return (above[0].top - line[0].top) / max(1.0, line[0].height)


def _between_rows(lines: Sequence[Sequence[Text]]) -> float:
    """The distance from which on a line begins a row, where lines of one row stand closer than rows do; 0 where the
    distances show nothing, or numbers stand at the beginnings of lines that stand close."""
    below = {n: _apart(lines[n - 1], lines[n]) for n in range(1, len(lines))}
    distances = sorted(below.values())
    jumps = [(wide / max(0.1, near), near, wide) for near, wide in itertools.pairwise(distances) if near <= _LOOSE]
    jump, near, wide = max(jumps, default=(0.0, 0.0, 0.0))
    first, close = min(line[0].left for line in lines), [lines[n] for n, distance in below.items() if distance <= near]
    named = sum(abs(line[0].left - first) <= _NEAR for line in close)
    if near > _TIGHT and named * 3 > len(close):
        return 0.0  # they are rows
    numbered = any(distance <= near and read_marker(f"{lines[n][0].text} -").number for n, distance in below.items())
    return (near + wide) / 2 if jump >= _WIDER and not numbered else 0.0


def _rows(lines: Sequence[Sequence[Text]], starts: Sequence[float]) -> list[list[str]]:
    """Lines into rows: a line goes on in the row above where it stands close below and names nobody anew; behind one
    that ends well before others of its column do, after a blank."""
    sizes = sorted(text.size for line in lines for text in line)
    body = sizes[len(sizes) // 2]
    parted = _between_rows(lines)
    edges = [
        max((t.right - _SHORT * t.height for line in lines for t in line if _column(t, starts) == n), default=0.0)
        for n in range(len(starts))
    ]
    ends = [0.0] * len(starts)  # of the last line in each cell
    rows: list[list[str]] = []
    for above, line in zip([None, *lines[:-1]], lines, strict=True):
        cells, rights = [""] * len(starts), [0.0] * len(starts)
        for text in line:
            column = _column(text, starts)
            if column is not None:
                cells[column], rights[column] = text.text, text.right
        head = len(line) == 1 and line[0].size > body * 1.05
        fewer = len(line) < len(starts) and len(line) * 2 <= len(starts)
        apart = _apart(above, line) if above else 0.0
        close = apart < parted if parted else fewer and apart <= (_GOES_ON if cells[0] else _LOOSE)
        if rows and close and not head:
            parts = zip(rows[-1], cells, ends, edges, strict=True)
            rows[-1] = [
                f"{text} {cell}" if text and cell and end < edge else text + cell for text, cell, end, edge in parts
            ]
        else:
            rows.append(cells)
            ends = [0.0] * len(starts)
        ends = [right or end for right, end in zip(rights, ends, strict=True)]
    return [[plain(cell) for cell in row] for row in rows]


def find_aligned(lines: Sequence[Sequence[Text]], before: Sequence[float] = ()) -> list[AlignedTable]:
    """The tables among the lines of a page, each a list of texts from the left; only those whose headings or cells
    show that they list initiatives with their offices, and what goes on at the top of the page from a table on the page
    before, whose columns begin at `before`."""
    found: list[AlignedTable] = []
    number = 0
    while number < len(lines):
        starts = [text.left for text in lines[number]]
        goes_on = not found and number < _FIRST_LINES and len(starts) >= 2 and _fits(lines[number], before)
        starts = list(before) if goes_on else starts
        end = _extent(lines, number, starts) if len(starts) >= _FEWEST else number
        full = sum(len(line) >= _FEWEST for line in lines[number:end])
        if end > number:
            rows = _rows(lines[number:end], starts)
            kinds = column_kinds(rows[0])
            headed = is_header(kinds) and "office" in kinds
            if goes_on or (headed and full > 1) or (full >= _FEWEST and kinds_by_content(rows)[1]):
                found.append(AlignedTable(number, end, rows, starts))
                number = end
                continue
        number += 1
    return found
