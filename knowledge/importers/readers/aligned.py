"""Tables in a PDF that no lines are drawn around: rows whose texts begin where those above and below do."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from knowledge.importers.readers.columns import column_kinds, is_header
from knowledge.importers.readers.lines import plain
from knowledge.importers.readers.unnamed import kinds_by_content

_NEAR = 4.0  # points between beginnings of texts that stand under each other
_FEWEST = 3  # columns and rows of a table
_GOES_ON = 1.7  # heights from a line to the next one of the same cell


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
    """The rows of cells of a table, and the numbers of the lines that it takes: from `first` to before `end`."""

    first: int
    end: int
    rows: list[list[str]] = field(default_factory=list)


def _column(text: Text, starts: Sequence[float]) -> int | None:
    """The column in which a text begins; None where it begins between them."""
    return next((n for n, start in enumerate(starts) if abs(text.left - start) <= _NEAR), None)


def _fits(line: Sequence[Text], starts: Sequence[float]) -> bool:
    """Whether each text of a line begins where a column does."""
    return all(_column(text, starts) is not None for text in line)


def _reaches_over(line: Sequence[Text], starts: Sequence[float]) -> bool:
    """Whether a line of one text runs through several columns, as a sentence does."""
    return len(line) == 1 and sum(line[0].left + _NEAR < start < line[0].right for start in starts) > 1


def _extent(lines: Sequence[Sequence[Text]], first: int) -> int:
    """The number of the line that ends a table with its first line at `first`: all between fit its columns."""
    starts = [text.left for text in lines[first]]
    end = last_full = first + 1
    while end < len(lines) and _fits(lines[end], starts) and not _reaches_over(lines[end], starts):
        end += 1
        last_full = end if len(lines[end - 1]) >= 2 else last_full
    return last_full


def _rows(lines: Sequence[Sequence[Text]]) -> list[list[str]]:
    """Lines into rows: a line goes on in the row above where it stands close below and names nobody anew."""
    starts = [text.left for text in lines[0]]
    sizes = sorted(text.size for line in lines for text in line)
    body = sizes[len(sizes) // 2]
    rows: list[list[str]] = []
    fewer = len(starts)
    for above, line in zip([None, *lines[:-1]], lines, strict=True):
        cells = [""] * len(starts)
        for text in line:
            column = _column(text, starts)
            if column is not None:
                cells[column] = text.text
        head = len(line) == 1 and line[0].size > body * 1.05
        close = above is not None and above[0].top - line[0].top <= _GOES_ON * line[0].height
        if rows and close and not head and len(line) < fewer and len(line) * 2 <= len(starts):
            rows[-1] = [before + cell for before, cell in zip(rows[-1], cells, strict=True)]
        else:
            rows.append(cells)
    return [[plain(cell) for cell in row] for row in rows]


def find_aligned(lines: Sequence[Sequence[Text]]) -> list[AlignedTable]:
    """The tables among the lines of a page, each a list of texts from the left; only those whose headings or cells
    show that they list initiatives with their offices."""
    found: list[AlignedTable] = []
    number = 0
    while number < len(lines):
        end = _extent(lines, number) if len(lines[number]) >= _FEWEST else number
        full = sum(len(line) >= _FEWEST for line in lines[number:end])
        if full >= _FEWEST:
            rows = _rows(lines[number:end])
            kinds = column_kinds(rows[0])
            if (is_header(kinds) and "office" in kinds) or kinds_by_content(rows)[1]:
                found.append(AlignedTable(number, end, rows))
                number = end
                continue
        number += 1
    return found
