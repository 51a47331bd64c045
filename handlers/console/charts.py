"""Charts as plain shapes, which a template draws as SVG: every chart stands above the table that says the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_WIDTHS = {"broad": 720, "small": 358}  # user units, of a desk's window and of a phone's: one is a pixel there
_HEIGHT, _LEFT, _BELOW, _ABOVE = 200, 44, 24, 8
_LETTER = 8  # user units, of a label below the bars
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar in user units: `parts` are (class, y, height) from below; `label` is empty where there is no room."""

    x: float
    width: float
    parts: tuple[tuple[str, float, float], ...]
    label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The bars for one width of window, which `name` is the class of; `width` in user units."""

    name: str
    width: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """`drawings`: the same bars for each width; `lines`: (y, what it stands for); `legend`: (class, its meaning)."""

    title: str
    about: str
    drawings: tuple[Drawing, ...]
    lines: tuple[tuple[float, str], ...]
    legend: tuple[tuple[str, str], ...]
    height: int = _HEIGHT


def _round_up(value: float) -> int:
    """The next of 1, 2, 5, 10, 20, 50 …"""
    power = 1
    while True:
        for step in _STEPS:
            if step * power >= value:
                return step * power
        power *= 10


def _draw(
    name: str, width: int, rows: Mapping[str, Sequence[int]], legend: Sequence[tuple[str, str]], top: int
) -> Drawing:
    inner, each = _HEIGHT - _BELOW - _ABOVE, (width - _LEFT) / max(len(rows), 1)
    longest = _LETTER * max(map(len, rows), default=1)
    every = -(-len(rows) // max(1, (width - _LEFT) // (longest + 12)))
    bars = []
    for number, (label, parts) in enumerate(rows.items()):
        pieces, base = [], float(_HEIGHT - _BELOW)
        for (kind, _), part in zip(legend, parts, strict=True):
            height = inner * part / top
            base -= height
            pieces.append((kind, round(base, 2), round(height, 2)))
        wide = min(each * 0.8, 60)
        middle = _LEFT + each * (number + 0.5)
        told = number % every == 0 and (len(rows) == 1 or middle + _LETTER * len(label) / 2 <= width)
        bars.append(Bar(round(middle - wide / 2, 2), round(wide, 2), tuple(pieces), label if told else ""))
    return Drawing(name, width, tuple(bars))


def stack_bars(title: str, about: str, rows: Mapping[str, Sequence[int]], legend: Sequence[tuple[str, str]]) -> Chart:
    """A bar a row, of one part for each entry of the legend, the first one at the bottom."""
    top = _round_up(max([sum(parts) for parts in rows.values()] or [1]) or 1)
    drawings = tuple(_draw(name, width, rows, legend, top) for name, width in _WIDTHS.items())
    base, inner = _HEIGHT - _BELOW, _HEIGHT - _BELOW - _ABOVE
    lines = tuple((round(base - inner * n / 2, 2), f"{top * n / 2:g}") for n in range(3))
    return Chart(title, about, drawings, lines, tuple(legend))


ANSWERED = (("answered-bar", "答えた"), ("asked-bar", "答えていない"))


def chart_answers(label: str, rows: Mapping[str, tuple[int, int]]) -> Chart:
    """Questions by whatever `rows` are named by: (questions, of these answered)."""
    asked = sum(count for count, _ in rows.values())
    most = max(rows, key=lambda key: rows[key][0], default="")
    about = f"{len(rows)} 本の棒。あわせて {asked} 件、いちばん多いのは {most} の {rows[most][0] if rows else 0} 件。"
    parts = {key: (answered, count - answered) for key, (count, answered) in rows.items()}
    return stack_bars(f"{label}の質問の数", about, parts, ANSWERED)
