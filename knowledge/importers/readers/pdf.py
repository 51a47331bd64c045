"""PDF documents into lines, columns one after the other, broken lines joined."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from knowledge import KnowledgeError
from knowledge.importers.facts.contacts import contact_line
from knowledge.importers.facts.markers import read_marker
from knowledge.importers.readers.lines import Line, plain

_MOST_PAGES = 500


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of letters: its box in points from the page's lower left corner."""

    left: float
    bottom: float
    right: float
    top: float
    text: str

    @property
    def height(self) -> float:
        return self.top - self.bottom


def _letters(page: Any) -> Iterator[_Piece]:
    """The page's letters with their boxes, in the order in which they were set; a space stands before its letter."""
    text = page.get_textpage()
    space = ""
    for number in range(text.count_chars()):
        letter = text.get_text_range(number, 1)
        left, bottom, right, top = text.get_charbox(number, loose=True)
        if not letter.strip():
            space = " " if letter in (" ", "\u3000", "\u00a0") else ""
        elif right > left:
            yield _Piece(left, bottom, right, top, space + letter)
            space = ""


def _beside(before: _Piece, piece: _Piece) -> bool:
    """Whether a piece goes on where another ends, on the same line."""
    overlap = min(before.top, piece.top) - max(before.bottom, piece.bottom)
    gap = piece.left - before.right
    return overlap > 0.5 * min(before.height, piece.height) and -0.5 * before.height < gap < 0.9 * before.height


def _joined(before: _Piece, piece: _Piece) -> _Piece:
    gap = " " if piece.left - before.right > 0.5 * before.height and not piece.text.startswith(" ") else ""
    return _Piece(
        before.left, min(before.bottom, piece.bottom), piece.right, max(before.top, piece.top),
        before.text + gap + piece.text,
    )  # fmt: skip


def _pieces(page: Any) -> list[_Piece]:
    """Runs of letters that stand side by side."""
    runs: list[_Piece] = []
    for letter in _letters(page):
        if runs and _beside(runs[-1], letter):
            runs[-1] = _joined(runs[-1], letter)
        else:
            runs.append(letter)
    return runs


def _gutter(pieces: list[_Piece], width: float) -> float | None:
    """Where an empty strip parts a page in two columns; None where it has one."""
    best: tuple[int, float, float] | None = None
    for step in range(35, 66):
        x = width * step / 100
        crossing = sum(p.left < x - 2 and p.right > x + 2 for p in pieces)
        left, right = [p for p in pieces if p.right <= x + 2], [p for p in pieces if p.left >= x - 2]
        beside = sum(any(abs(p.bottom - q.bottom) < p.height * 3 for q in right) for p in left)
        if crossing > max(2, len(pieces) // 10) or min(len(left), len(right)) < 4 or beside < 3:
            continue
        found = (crossing, abs(x - width / 2), x)
        best = min(best, found) if best else found
    return best[2] if best else None


def _rows(pieces: list[_Piece]) -> list[_Piece]:
    """Pieces of one height joined to lines, from the top."""
    rows: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda p: (-p.top, p.left)):
        for row in rows:
            middle = (piece.bottom + piece.top) / 2
            if row[0].bottom <= middle <= row[0].top:
                row.append(piece)
                break
        else:
            rows.append([piece])
    lines = []
    for row in rows:
        row.sort(key=lambda p: p.left)
        text = row[0].text
        for before, piece in itertools.pairwise(row):
            text += (" " if piece.left - before.right > piece.height * 0.6 else "") + piece.text
        lines.append(_Piece(row[0].left, min(p.bottom for p in row), row[-1].right, max(p.top for p in row), text))
    return lines


def _columns(pieces: list[_Piece], width: float) -> list[list[_Piece]]:
    """The page's columns in reading order; what reaches over both comes where it stands."""
    x = _gutter(pieces, width)
    if x is None:
        return [_rows(pieces)]
    wide = [p for p in pieces if p.left < x - 2 and p.right > x + 2]
    bands = sorted({p.bottom for p in wide}, reverse=True)
    columns: list[list[_Piece]] = []
    ceiling = float("inf")
    for floor in [*bands, float("-inf")]:
        inside = [p for p in pieces if p not in wide and floor <= p.bottom < ceiling]
        columns += [_rows([p for p in inside if p.right <= x + 2]), _rows([p for p in inside if p.right > x + 2])]
        columns.append(_rows([p for p in wide if p.bottom == floor]))
        ceiling = floor
    return [column for column in columns if column]


def _continues(before: _Piece, after: str, right_edge: float) -> bool:
    """Whether a line goes on in the next: it fills its column, ends no sentence, and nothing new begins."""
    text = before.text.strip()
    full = before.right >= right_edge - before.height * (4 if len(text) >= 12 else 1.5)
    begins = bool(read_marker(plain(after)).kind) or contact_line(plain(after), "") is not None
    return full and not begins and not re.search(r"[。．!?」】]$", text) and contact_line(plain(text), "") is None


def pdf_lines(data: bytes, name: str) -> list[Line]:
    """The lines of a PDF with text; KnowledgeError for a scanned, encrypted or broken one."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        why = "パスワードで守られています。外して" if "password" in str(error).lower() else "PDF として読めません。"
        raise KnowledgeError(f"{name}: {why}保存し直してください。") from error
    if len(document) > _MOST_PAGES:
        raise KnowledgeError(f"{name}: {len(document)} ページあります。{_MOST_PAGES} ページまでに分けてください。")
    lines = list(_document_lines(document, name))
    if not lines:
        raise KnowledgeError(f"{name}: 文字がありません（画像だけの PDF）。文字の入った PDF か Word を使ってください。")
    return lines


def _document_lines(document: Any, name: str) -> Iterator[Line]:
    open_line: Line | None = None
    last: _Piece | None = None
    edge = 0.0
    repeated, seen = _running_heads(document), set[str]()
    for number in range(len(document)):
        page = document[number]
        for column in _columns(_pieces(page), page.get_width()):
            column_edge = max(piece.right for piece in column)
            for piece in column:
                if piece.text.strip() in repeated:
                    if piece.text.strip() in seen:
                        continue
                    seen.add(piece.text.strip())  # a title that is then set above every page is said once
                if open_line and last and _continues(last, piece.text, edge) and not _larger(piece, last):
                    open_line = Line(open_line.where, plain(open_line.text + piece.text), open_line.level)
                else:
                    if open_line:
                        yield open_line
                    open_line = Line(f"{name} {number + 1}ページ", plain(piece.text))
                last, edge = piece, column_edge
    if open_line:
        yield open_line


def _larger(piece: _Piece, other: _Piece) -> bool:
    """Whether two lines are set in clearly different sizes."""
    return abs(piece.height - other.height) > 0.25 * max(piece.height, other.height)


def _running_heads(document: Any) -> set[str]:
    """What stands at the top or bottom of most pages, and page numbers."""
    if len(document) < 2:
        return set()
    counts: dict[str, int] = {}
    for number in range(len(document)):
        rows = _rows(_pieces(document[number]))
        for row in {r.text.strip() for r in (*rows[:1], *rows[-2:])}:
            counts[row] = counts.get(row, 0) + 1
    return {text for text, count in counts.items() if count >= max(2, len(document) * 0.6)}
