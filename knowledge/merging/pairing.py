"""Entries that were renamed or moved to another section: their key is new, they are not."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from knowledge.document import Entry


def _said(entry: Entry) -> Any:
    texts = (entry.explanation, entry.targets, entry.vocabulary, entry.examples)
    return (entry.plan.title, *texts) if any(texts) else None


def _titled(entry: Entry) -> Any:
    return entry.plan.title, entry.title


def _by_sign(entries: Sequence[Entry], left: set[int], sign: Callable[[Entry], Any]) -> dict[Any, list[int]]:
    groups: dict[Any, list[int]] = {}
    for number in sorted(left):
        if mark := sign(entries[number]):
            groups.setdefault(mark, []).append(number)
    return groups


def pair_renamed(olds: Sequence[Entry], news: Sequence[Entry]) -> list[tuple[int, int]]:
    """(number in `olds`, number in `news`) of those that are one entry, among entries whose keys have no partner.

    They say all the same under another title, or bear the same title in another section of the same plan, and no
    other entry does.
    """
    pairs = []
    old_left, new_left = set(range(len(olds))), set(range(len(news)))
    for sign in (_said, _titled):
        before, after = _by_sign(olds, old_left, sign), _by_sign(news, new_left, sign)
        for mark, numbers in after.items():
            if len(numbers) == 1 == len(before.get(mark, ())):
                pairs.append((before[mark][0], numbers[0]))
        old_left -= {old for old, _ in pairs}
        new_left -= {new for _, new in pairs}
    return pairs


def pair_known(gone: Iterable[str], came: Iterable[str], rows: Mapping[str, int]) -> dict[str, str]:
    """Id of an entry that came → id of the one that went, where both are one row of the draft (`rows`: by id)."""
    before = {rows[number]: number for number in gone if number in rows}
    return {number: before[rows[number]] for number in came if rows.get(number) in before}
