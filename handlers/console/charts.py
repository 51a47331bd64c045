"""Charts as plain shapes, which a template draws as SVG: every chart stands above the table that says the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, _LEFT, _BELOW, _ABOVE = 720, 200, 44, 24, 8
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
class Chart:
    """`lines`: (y, what it stands for); `legend`: (class, its meaning)."""

    title: str
    about: str
    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, str], ...]
    legend: tuple[tuple[str, str], ...]
    width: int = WIDTH
    height: int = HEIGHT


def _round_up(value: float) -> int:
    """The next of 1, 2, 5, 10, 20, 50 …"""
    power = 1
    while True:
        for step in _STEPS:
            if step * power >= value:
                return step * power
        power *= 10


def stack_bars(title: str, about: str, rows: Mapping[str, Sequence[int]], legend: Sequence[tuple[str, str]]) -> Chart:
    """A bar a row, of one part for each entry of the legend, the first one at the bottom."""
    top = _round_up(max([sum(parts) for parts in rows.values()] or [1]) or 1)
    inner, each = HEIGHT - _BELOW - _ABOVE, (WIDTH - _LEFT) / max(len(rows), 1)
    room = max(1, int((WIDTH - _LEFT) / (_LETTER * max(map(len, rows), default=1) + 12)))
    every = -(-len(rows) // room)
    bars = []
    for number, (label, parts) in enumerate(rows.items()):
        pieces, base = [], float(HEIGHT - _BELOW)
        for (name, _), part in zip(legend, parts, strict=True):
            height = inner * part / top
            base -= height
            pieces.append((name, round(base, 2), round(height, 2)))
        width = min(each * 0.8, 60)
        x = _LEFT + each * number + (each - width) / 2
        bars.append(Bar(round(x, 2), round(width, 2), tuple(pieces), label if number % every == 0 else ""))
    lines = tuple((round(HEIGHT - _BELOW - inner * n / 2, 2), f"{top * n / 2:g}") for n in range(3))
    return Chart(title, about, tuple(bars), lines, tuple(legend))


ANSWERED = (("answered-bar", "答えた"), ("asked-bar", "答えていない"))


def chart_answers(label: str, rows: Mapping[str, tuple[int, int]]) -> Chart:
    """Questions by whatever `rows` are named by: (questions, of these answered)."""
    asked = sum(count for count, _ in rows.values())
    most = max(rows, key=lambda key: rows[key][0], default="")
    about = f"{len(rows)} 本の棒。あわせて {asked} 件、いちばん多いのは {most} の {rows[most][0] if rows else 0} 件。"
    parts = {key: (answered, count - answered) for key, (count, answered) in rows.items()}
    return stack_bars(f"{label}の質問の数", about, parts, ANSWERED)
