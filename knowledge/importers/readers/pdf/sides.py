"""What stands around that which a web page says, where a browser has printed it: navigation at its sides, the browser's
own lines above and below."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.importers.facts.numbers import has_phone
from knowledge.importers.readers.lines import plain
from knowledge.importers.readers.pdf.letters import Piece
from knowledge.importers.readers.pdf.rows import lines_of, runs_of
from knowledge.importers.readers.pdf.ruled import Box

_MARKS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\S\s?[>＞›»]\s?\S.*[>＞›»]\s?\S",  # where the page stands: ホーム > 市政 > 計画
        r"この(?:ページ|記事)",
        r"copyright|©|all rights reserved",
        r"(?:更新|公開|掲載)日\s*[:\d令平]|ページ(?:ID|番号)\s*[:\d]",
        r"サイトマップ|サイト内検索|本文へ|ここから本文|文字サイズ|文字の大きさ|アクセシビリティ",
    )
)
# What a browser prints above a page, and below it.
_PRINTED = re.compile(r"^\d{1,4}/\d{1,2}/\d{1,4},?\s+\d{1,2}:\d\d|^(?:https?|file)://\S+(?:\s+\d{1,3}/\d{1,3})?$")
_FEWEST_MARKS = 2
_WIDEST = 0.36  # of the page
_FEWEST = 5  # lines
_EMPTY = 6.0  # points between a side and what stands beside it
_MEET = 2.0  # points between pieces of one line
_LONGEST = 14  # letters of a line of navigation, on average
_LEVEL = 1.0  # points
_MOST_LEVEL = 0.6  # of the lines of a side that stand on a line of what they are beside, as labels do
_MOST_TOLD = 0.25  # of its lines that are sentences, offices or numbers
_ASKED = re.compile(r"[課係](?:[(\s]|$)")


@dataclass(frozen=True, slots=True)
class _Strip:
    """A part of a page between two heights, on one side of a place across; `left`: on its left side."""

    across: float
    left: bool
    bottom: float
    top: float

    def holds(self, piece: Piece) -> bool:
        x, y = piece.middle
        return (x < self.across) == self.left and self.bottom <= y <= self.top


def is_web_page(pages: Sequence[Sequence[Piece]]) -> bool:
    """Whether the letters of pages show that a browser has printed them from a web page."""
    texts = [plain(line.text) for letters in pages for line in lines_of(runs_of(letters))]
    return sum(any(map(mark.search, texts)) for mark in (*_MARKS, _PRINTED)) >= _FEWEST_MARKS


def _bands(runs: Sequence[Piece], across: float) -> list[tuple[float, float]]:
    """The heights between which nothing crosses a place across, (bottom, top)."""
    crossing = sorted((r.bottom, r.top) for r in runs if r.left < across < r.right)
    edges = [float("-inf"), *itertools.chain.from_iterable(crossing), float("inf")]
    return [(low, high) for low, high in itertools.pairwise(edges) if low < high]


def _is_level(line: Piece, beside: Sequence[Piece]) -> bool:
    """Whether a line stands on one of those beside it, or midway between two, as a label does beside its text."""
    heights = sorted(other.bottom for other in beside)
    heights += [(low + high) / 2 for low, high in itertools.pairwise(heights) if high - low < 3 * line.height]
    return any(abs(line.bottom - height) <= _LEVEL for height in heights)


def _navigates(lines: Sequence[Piece], beside: Sequence[Piece], fewest: int, left: bool) -> bool:
    """Whether lines are those of navigation, not of what the lines beside them tell. Offices lead to their pages on the
    left side of others; on the right they are whom to ask."""
    texts = [plain(line.text) for line in lines]
    told = sum("。" in text or (not left and bool(_ASKED.search(text))) or has_phone(text) for text in texts)
    short = sum(map(len, texts)) <= _LONGEST * len(texts)
    if len(lines) < fewest or not short or told > _MOST_TOLD * len(texts):
        return False
    return sum(_is_level(line, beside) for line in lines) <= _MOST_LEVEL * len(lines)


def _level_lines(drawn: Sequence[Box]) -> list[tuple[float, float, float]]:
    """(height, left and right end) of the level lines of boxes that are drawn on a page, pieces that meet as one."""
    pieces = sorted((round(edge), box.left, box.right) for box in drawn for edge in {box.bottom, box.top})
    lines: list[tuple[float, float, float]] = []
    for height, left, right in pieces:
        if lines and lines[-1][0] == height and left - lines[-1][2] <= _MEET:
            lines[-1] = (height, lines[-1][1], max(right, lines[-1][2]))
        else:
            lines.append((height, left, right))
    return lines


def _is_of_table(side: Sequence[Piece], across: float, ruled: Sequence[tuple[float, float, float]]) -> bool:
    """Whether a line lies between the lines of a side and goes on beyond it, as between the rows of a table."""
    low, high = min(piece.middle[1] for piece in side), max(piece.middle[1] for piece in side)
    return any(
        low < height < high and left < across - _EMPTY and across + _EMPTY < right for height, left, right in ruled
    )


def _strip(
    runs: Sequence[Piece], width: float, left: bool, above: _Strip | None, ruled: Sequence[tuple[float, float, float]]
) -> _Strip | None:
    """The strip of a page with navigation on its left or right side; `above`: that of the page before; `ruled`: the
    level lines on the page."""
    best: tuple[float, _Strip] | None = None
    for step in range(8, round(_WIDEST * 100) + 1):
        across = width * step / 100 if left else width * (1 - step / 100)
        goes_on = above is not None and abs(above.across - across) <= width / 100
        for bottom, top in _bands(runs, across):
            strip = _Strip(across, left, bottom, top)
            inside = [r for r in runs if bottom <= r.middle[1] <= top]
            side, rest = [r for r in inside if strip.holds(r)], [r for r in inside if not strip.holds(r)]
            if not side or (not rest and not goes_on) or _is_of_table(side, across, ruled):
                continue
            edge = max(r.right for r in side) if left else min(r.left for r in side)
            near = (min(r.left for r in rest) if left else max(r.right for r in rest)) if rest else across
            empty = near - edge if left else edge - near
            middle = [r for r in rest if r.left < width * (1 - _WIDEST) and r.right > width * _WIDEST]
            beside = lines_of(middle) if middle else []
            enough = goes_on or (len(beside) >= _FEWEST and _letters(rest) > _letters(side))
            fewest = 1 if goes_on else _FEWEST
            if empty >= _EMPTY and enough and _navigates(lines_of(side), beside, fewest, left):
                found = (_letters(side), strip)
                best = max(best, found, key=lambda one: one[0]) if best else found
    return best[1] if best else None


def _letters(runs: Sequence[Piece]) -> int:
    return sum(len(run.text) for run in runs)


def _printed(letters: Sequence[Piece]) -> list[Piece]:
    """The lines that the browser has printed above and below a page."""
    runs = runs_of(letters)
    rows = lines_of(runs)
    return [
        row
        for row in {*rows[:1], *rows[-1:]}
        if any(_PRINTED.search(plain(run.text)) and row.bottom <= run.middle[1] <= row.top for run in runs)
    ]


def take_surroundings(
    pages: Sequence[list[Piece]], widths: Sequence[float], drawn: Sequence[Sequence[Box]]
) -> list[tuple[int, str]]:
    """Takes from the letters of a printed web page the browser's lines and the columns of navigation beside what it
    says; returns (number of the page, from 1, what was taken). `widths`: of the pages, in points; `drawn`: the boxes
    that are drawn on them."""
    taken: list[tuple[int, str]] = []
    before: dict[bool, _Strip | None] = {True: None, False: None}
    for number, (letters, width, boxes) in enumerate(zip(pages, widths, drawn, strict=True), 1):
        printed = _printed(letters)
        letters[:] = [p for p in letters if not any(line.bottom <= p.middle[1] <= line.top for line in printed)]
        taken += [(number, plain(line.text)) for line in printed]
        ruled = _level_lines(boxes)
        for left in (True, False):
            strip = _strip(runs_of(letters), width, left, before[left], ruled)
            before[left] = strip or before[left]
            if strip:
                column = lines_of(runs_of([p for p in letters if strip.holds(p)]))
                taken.append((number, " ".join(plain(line.text) for line in column)))
                letters[:] = [p for p in letters if not strip.holds(p)]
    return taken
