"""The letters of a page of a PDF into runs, rows and lines."""

import itertools
from collections.abc import Sequence

from knowledge.importers.readers.pdf.letters import Piece


def _beside(before: Piece, piece: Piece) -> bool:
    """Whether a piece goes on where another ends, on the same line."""
    overlap = min(before.top, piece.top) - max(before.bottom, piece.bottom)
    gap = piece.left - before.right
    return overlap > 0.5 * min(before.height, piece.height) and -0.5 * before.height < gap < 0.9 * before.height


def _joined(before: Piece, piece: Piece) -> Piece:
    gap = " " if piece.left - before.right > 0.5 * before.height and not piece.text.startswith(" ") else ""
    return Piece(
        before.left, min(before.bottom, piece.bottom), piece.right, max(before.top, piece.top),
        before.text + gap + piece.text, before.font, before.size,
    )  # fmt: skip


def runs_of(letters: Sequence[Piece]) -> list[Piece]:
    """Runs of letters that stand side by side."""
    runs: list[Piece] = []
    for letter in letters:
        if runs and _beside(runs[-1], letter):
            runs[-1] = _joined(runs[-1], letter)
        else:
            runs.append(letter)
    return runs


def rows_of(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces of one height, from the left, row by row from the top."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: (-p.top, p.left)):
        for row in rows:
            if row[0].bottom <= (piece.bottom + piece.top) / 2 <= row[0].top:
                row.append(piece)
                break
        else:
            rows.append([piece])
    return [sorted(row, key=lambda p: p.left) for row in rows]


def lines_of(pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces of one height joined to lines, from the top."""
    lines = []
    for row in rows_of(pieces):
        text = row[0].text
        for before, piece in itertools.pairwise(row):
            text += (" " if piece.left - before.right > piece.height * 0.6 else "") + piece.text
        bottom, top = min(p.bottom for p in row), max(p.top for p in row)
        lines.append(Piece(row[0].left, bottom, row[-1].right, top, text, row[0].font, row[0].size))
    return lines
