"""Bullets that a page of a PDF draws rather than writes."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from knowledge.importers.readers.pdf.letters import Piece

_SMALLEST, _LARGEST = 1.5, 8.0  # points
_ROUND = 0.25  # by which width and height differ, of the larger
_NEAR = 2.5  # heights of a letter between a bullet and its line
_SIGN = "・"
_COUNTED = re.compile(r"[\d０-９(（①-⑳]")


def _dots(page: Any) -> list[tuple[float, float, float, float]]:
    """The boxes of small things that are drawn as high as they are wide."""
    import pypdfium2.raw as raw

    dots = []
    for drawn in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=4):
        left, bottom, right, top = drawn.get_bounds()
        wide, high = right - left, top - bottom
        if (
            min(wide, high) >= _SMALLEST
            and max(wide, high) <= _LARGEST
            and abs(wide - high) <= _ROUND * max(wide, high)
        ):
            dots.append((left, bottom, right, top))
    return dots


def with_bullets(page: Any, letters: Sequence[Piece]) -> list[Piece]:
    """The letters, where the first of a line that a dot is drawn before has a bullet before it."""
    found = list(letters)
    for left, bottom, right, top in _dots(page):
        middle = (bottom + top) / 2
        line = [n for n, p in enumerate(found) if p.bottom <= middle <= p.top]
        behind = min((n for n in line if found[n].left >= right - 0.5), key=lambda n: found[n].left, default=None)
        if behind is None or found[behind].left - right > _NEAR * found[behind].height:
            continue
        if any(found[n].right <= left + 1 and left - found[n].right < _NEAR * found[n].height for n in line):
            continue
        first = found[behind]
        if _COUNTED.match(first.text.strip()):
            continue  # the sign of what unfolds, not of a list
        found[behind] = replace(first, left=left, text=f"{_SIGN}{first.text.strip()}")
    return found
