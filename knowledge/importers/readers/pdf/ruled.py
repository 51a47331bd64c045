"""Tables that are drawn with lines on a page of a PDF."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_THIN = 3.0  # points; a wider box is a background, not a line
_NEAR = 3.0  # points between two ends of lines that meet
_SHORTEST = 8.0  # points of a line that parts cells


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a page, in points from its lower left corner."""

    left: float
    bottom: float
    right: float
    top: float

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.bottom <= y <= self.top


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its box, and the box of each cell by row and column; a cell over several places is in each of them."""

    box: Box
    rows: tuple[tuple[Box, ...], ...]


def drawn_boxes(page: Any) -> list[Box]:
    """The boxes of what is drawn on a page, outlines of rectangles as their four sides."""
    import pypdfium2.raw as raw

    found: list[Box] = []
    for drawn in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=4):
        left, bottom, right, top = drawn.get_bounds()
        if right - left <= _THIN or top - bottom <= _THIN:
            found.append(Box(left, bottom, right, top))
        elif raw.FPDFPath_CountSegments(drawn) <= 6:  # a rectangle: a cell or a table with its frame
            found += [
                Box(left, bottom, right, bottom), Box(left, top, right, top),
                Box(left, bottom, left, top), Box(right, bottom, right, top),
            ]  # fmt: skip
        else:
            found += _segments(drawn)
    return found


def _segments(drawn: Any) -> list[Box]:
    """The straight parts of a path that draws several lines at once."""
    import ctypes

    import pypdfium2.raw as raw

    matrix = drawn.get_matrix()
    points: list[tuple[float, float, bool]] = []
    for number in range(raw.FPDFPath_CountSegments(drawn)):
        segment = raw.FPDFPath_GetPathSegment(drawn, number)
        across, height = ctypes.c_float(), ctypes.c_float()
        if raw.FPDFPathSegment_GetPoint(segment, across, height):
            moved = raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO
            right, up = matrix.on_point(across.value, height.value)
            points.append((float(right), float(up), moved))
    lines = []
    for (x, y, _), (to_x, to_y, moved) in itertools.pairwise(points):
        if not moved and (abs(x - to_x) <= _THIN or abs(y - to_y) <= _THIN):
            lines.append(Box(min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y)))
    return lines


def _places(values: Sequence[float]) -> list[float]:
    """Places of lines, those that lie together as one."""
    places: list[float] = []
    for value in sorted(values):
        if not places or value - places[-1] > _NEAR:
            places.append(value)
    return places


def _tables(lines: Sequence[Box]) -> list[list[Box]]:
    """Lines that touch each other, table by table."""
    groups: list[tuple[Box, list[Box]]] = []
    for line in lines:
        frame, members = line, [line]
        apart = []
        for box, inside in groups:
            touches = not (
                box.left > frame.right + _NEAR or box.right < frame.left - _NEAR
                or box.bottom > frame.top + _NEAR or box.top < frame.bottom - _NEAR
            )  # fmt: skip
            if touches:
                frame = Box(min(box.left, frame.left), min(box.bottom, frame.bottom),
                            max(box.right, frame.right), max(box.top, frame.top))  # fmt: skip
                members += inside
            else:
                apart.append((box, inside))
        groups = [*apart, (frame, members)]
    return [members for _, members in groups]


def find_grids(page: Any) -> list[Grid]:
    """The ruled tables of a page that have at least two rows and two columns, from the top."""
    lines = [b for b in drawn_boxes(page) if max(b.right - b.left, b.top - b.bottom) >= _SHORTEST]
    grids = []
    for members in _tables(lines):
        upright = [b for b in members if b.right - b.left <= _THIN]
        level = [b for b in members if b.top - b.bottom <= _THIN and b not in upright]
        xs = _places([(b.left + b.right) / 2 for b in upright])
        ys = _places([(b.bottom + b.top) / 2 for b in level])[::-1]
        if len(xs) > 2 and len(ys) > 2:
            grids.append(_grid(xs, ys, upright, level))
    return sorted(grids, key=lambda grid: -grid.box.top)


def _grid(xs: list[float], ys: list[float], upright: list[Box], level: list[Box]) -> Grid:
    def parted(x: float, low: float, high: float) -> bool:
        """Whether a line stands at x between two heights."""
        middle = (low + high) / 2
        return any(
            abs((b.left + b.right) / 2 - x) <= _NEAR and b.bottom - _NEAR <= middle <= b.top + _NEAR for b in upright
        )

    def split(y: float, low: float, high: float) -> bool:
        """Whether a line lies at y between two places across."""
        middle = (low + high) / 2
        return any(
            abs((b.bottom + b.top) / 2 - y) <= _NEAR and b.left - _NEAR <= middle <= b.right + _NEAR for b in level
        )

    rows = []
    for row in range(len(ys) - 1):
        cells = []
        for column in range(len(xs) - 1):
            first, last, upper, lower = column, column + 1, row, row + 1
            while first > 0 and not parted(xs[first], ys[row + 1], ys[row]):
                first -= 1
            while last < len(xs) - 1 and not parted(xs[last], ys[row + 1], ys[row]):
                last += 1
            while upper > 0 and not split(ys[upper], xs[column], xs[column + 1]):
                upper -= 1
            while lower < len(ys) - 1 and not split(ys[lower], xs[column], xs[column + 1]):
                lower += 1
            cells.append(Box(xs[first], ys[lower], xs[last], ys[upper]))
        rows.append(tuple(cells))
    return Grid(Box(xs[0], ys[-1], xs[-1], ys[0]), tuple(rows))
