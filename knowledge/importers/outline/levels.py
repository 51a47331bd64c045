"""Which headings stand above which: inferred over the whole document from how they look, are numbered and follow."""

import itertools
from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

from knowledge.importers.facts import noise
from knowledge.importers.facts.markers import clean_title
from knowledge.importers.outline.parts import Part

_STYLES = ("Ⅰ", "一", "A", "1", "No.", "1-1", "A-1", "1-(1)", "1)", "(1)", "[1]", "1-1-1", "①", "ア", "(ア)")
_DEPTHS = {"1": 1, "A": 1, "Ⅰ": 1, "1-1": 2, "A-1": 2, "1-(1)": 2, "1-1-1": 3}
_T = TypeVar("_T")
_REGULAR = 4  # what sections that all hold headings of one look say: with the order, more than levels of the format
_SQUARES, _CIRCLES = "■□◆◇▼▲★☆【】", "●○◎▽△▶►▷・"


def look_of(part: Part, refined: frozenset[int] = frozenset()) -> str:
    """What headings of one level have in common."""
    if part.line.level:
        return f"h{part.line.level}" + (f"/{_sign_of(part)}" if part.line.level in refined else "")
    kind = part.marker.kind
    return kind if kind and kind != "bullet" else f"plain{part.line.indent // 2}"


def _refined(parts: Sequence[Part]) -> frozenset[int]:
    """The levels of the format on which the document itself tells two apart by their markers."""
    levels: dict[int, list[tuple[str, int]]] = {}
    for part in parts:
        if part.line.level and not part.announced and not _is_talk(part):
            levels.setdefault(part.line.level, []).append((_sign_of(part), part.marker.number))
    return frozenset(level for level, found in levels.items() if _are_two(found))


def _sign_of(part: Part) -> str:
    return part.marker.kind if part.marker.kind != "bullet" else ""


def _are_two(headings: list[tuple[str, int]]) -> bool:
    """Whether headings of one level of the format are of two levels: two markers come again, or one comes again and
    always has several without any below it."""
    counts = Counter(kind for kind, _ in headings)
    often = [kind for kind, count in counts.items() if count > 1 and kind]
    return len(often) > 1 or (len(often) == 1 and counts[""] > 1 and _is_regular(headings, often[0], ""))


def _sign(difference: float) -> int:
    return (difference > 0) - (difference < 0)


def _level(look: str) -> int:
    return int(look[1:].split("/")[0]) if look.startswith("h") and look[1:2].isdigit() else 0


def _prior(a: str, b: str, words: dict[str, int], kinds: dict[str, str]) -> float:
    """How much the looks alone speak for `a` above `b`; negative for `b` above `a`. `words` and `kinds`: the rank of
    the word, and the kind of the marker, that most headings of a look bear."""
    said = 0.0
    if _level(a) and _level(b):
        said += 6 * _sign(_level(b) - _level(a))
    elif _level(a) or _level(b):
        said += 2.5 if _level(a) else -2.5
    if words.get(a, -1) >= 0 and words.get(b, -1) >= 0:
        said += 3 * _sign(words[b] - words[a])
    elif words.get(a, -1) >= 0 or words.get(b, -1) >= 0:
        word, sign = (words[a], 1) if words.get(a, -1) >= 0 else (words[b], -1)
        said += sign * (2.5 if word <= 2 else 1.0 if word <= 5 else 0.0)
    a, b = kinds.get(a) or a, kinds.get(b) or b
    if a in _DEPTHS and b in _DEPTHS:
        said += 2 * _sign(_DEPTHS[b] - _DEPTHS[a])
    if a in _STYLES and b in _STYLES:
        said += _sign(_STYLES.index(b) - _STYLES.index(a))
    if (a in _SQUARES and b in _CIRCLES) or (b in _SQUARES and a in _CIRCLES):
        said += 1 if a in _SQUARES else -1
    if a.startswith("plain") and b.startswith("plain"):
        said += 2 * _sign(int(b[5:]) - int(a[5:]))
    elif a.startswith("plain") or b.startswith("plain"):
        said += -0.5 if a.startswith("plain") else 0.5
    return said


def _groups(sequence: list[tuple[str, int]], outer: str, inner: str) -> list[list[int]]:
    """The numbers of `inner` headings, as those of `outer` part them."""
    groups: list[list[int]] = [[]]
    for look, number in sequence:
        if look == outer:
            groups.append([])
        elif look == inner:
            groups[-1].append(number)
    return groups


def _follows(sequence: list[tuple[str, int]], a: str, b: str) -> float:
    """How much the order speaks for `a` above `b`: many of `b` between two of `a`, numbers of `b` that begin anew."""
    said = 0.0
    for outer, inner, sign in ((a, b, 1), (b, a, -1)):
        groups = _groups(sequence, outer, inner)
        said += sign * min(3, sum(len(group) > 1 for group in groups[1:]))
        numbered = [group for group in groups if group and all(group)]
        said += sign * min(3, sum(after[0] <= before[-1] for before, after in itertools.pairwise(numbered)))
    first = next(look for look, _ in sequence if look in (a, b))
    for outer, inner, sign in ((a, b, 1), (b, a, -1)):
        said += sign * _REGULAR * (first == outer and _is_regular(sequence, outer, inner))
    return said + (1 if first == a else -1)


def _is_regular(sequence: list[tuple[str, int]], outer: str, inner: str) -> bool:
    """Whether headings of one look always have some of another below them, most several: then they are its sections,
    whatever the format says of both."""
    below = [len(group) for group in _groups(sequence, outer, inner)[1:]]
    several, none = sum(count > 1 for count in below), below.count(0)
    return len(below) > 1 and several * 3 >= len(below) * 2 and none * 4 <= len(below)


def _is_talk(part: Part) -> bool:
    """Whether a heading speaks of the plan itself, so that it shows nothing of how initiatives are ordered."""
    title = clean_title(part.text)
    if noise.news(title) or noise.page_end(title) or noise.illustrates(title):
        return True
    return noise.about_the_plan(title) or noise.states_the_aim(title)


def _most(values: Sequence[_T], otherwise: _T) -> _T:
    """The value of most; `otherwise` where none has more than half."""
    value, count = Counter(values).most_common(1)[0]
    return value if count * 2 > len(values) else otherwise


def rank_headings(parts: Sequence[Part]) -> dict[int, int]:
    """Number of a part → the rank of its heading, 0 is highest. What only announces a part of an initiative is lowest.

    `parts`: the document's, in order; those of other roles are passed over.
    """
    headings = [(n, part) for n, part in enumerate(parts) if part.role == "heading" and not part.plan and not part.top]
    refined = _refined([part for _, part in headings])
    looks = {n: look_of(part, refined) for n, part in headings}
    named = {looks[n] for n, part in headings if not part.announced}
    sequence = [(looks[n], part.marker.number) for n, part in headings if looks[n] in named]
    marked = {look for look in named if 2 * sum(bool(_sign_of(p)) for n, p in headings if looks[n] == look)
              > sum(looks[n] == look for n, _ in headings)}  # fmt: skip
    told = [
        (looks[n], part.marker.number)
        for n, part in headings
        if looks[n] in named and not _is_talk(part) and (looks[n] not in marked or _sign_of(part))
    ]
    sequence = told if {look for look, _ in told} == {look for look, _ in sequence} else sequence
    words = {look: _most([p.marker.rank for n, p in headings if looks[n] == look], -1) for look in named}
    kinds = {look: _most([p.marker.kind for n, p in headings if looks[n] == look], "") for look in named}
    order = list(dict.fromkeys(look for look, _ in sequence))
    above: Counter[str] = Counter()
    for a, b in itertools.combinations(order, 2):
        said = _prior(a, b, words, kinds) + _follows(sequence, a, b)
        above[a if said >= 0 else b] += 1
    ranked = sorted(order, key=lambda look: (-above[look], order.index(look)))
    lowest = len(ranked)
    ranks = {n: ranked.index(look) if look in named else lowest for n, look in looks.items()}
    return ranks | {n: 0 for n, part in enumerate(parts) if part.top}
