"""Which wordings ask for the same thing, all of them looked at together.

One after the other, a wording can only be compared with those before it. Together, they also tell which matters people
speak of in one breath: two wordings are alike if the same others are like both of them.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# As alike as wordings of different needs often are: what is below it says nothing.
_OFTEN = 0.1
# Groups are one need as long as no two of their wordings are further apart. With it and _OFTEN, the eleven sets of
# needs that ship fall apart best on average; a twentieth more or less of either costs 0.004 at most.
_APART_FROM = 0.72
Array = NDArray[np.float32]


class Wording(NamedTuple):
    """What is grouped: where it stands, and how often it was asked."""

    core: str
    cluster: int
    asked: int


class Group(NamedTuple):
    """Wordings of one need; `cluster`: the one that they are from now on, None for a new one."""

    cluster: int | None
    wordings: list[Wording]


def group_wordings(wordings: Sequence[Wording], matters: Array) -> list[Group]:
    """The groups, those that are asked for most often first; `matters` (wordings x matters): what each speaks of.

    Each keeps the cluster that most of its questions are in, unless a group before it does.
    """
    if not wordings:
        return []
    members: defaultdict[int, list[Wording]] = defaultdict(list)
    for wording, label in zip(wordings, _complete_linkage(_distances(matters), _APART_FROM).tolist(), strict=True):
        members[label].append(wording)
    taken: set[int | None] = set()
    groups = []
    for together in sorted(members.values(), key=lambda group: -sum(wording.asked for wording in group)):
        counts: Counter[int] = Counter()
        for wording in together:
            counts[wording.cluster] += wording.asked
        kept = next((cluster for cluster, _ in counts.most_common() if cluster not in taken), None)
        taken.add(kept)
        groups.append(Group(kept, together))
    return groups


def _distances(matters: Array) -> Array:
    """How far wordings are apart: 1 less the cosine of how alike they are to all (wordings x wordings)."""
    alike = np.maximum(matters @ matters.T - np.float32(_OFTEN), np.float32(0))
    np.fill_diagonal(alike, 1 - _OFTEN)
    alike /= np.linalg.norm(alike, axis=1, keepdims=True)
    apart: Array = 1 - alike @ alike.T
    return apart


def _complete_linkage(apart: Array, bound: float) -> NDArray[np.intp]:
    """The label of each row, where the nearest groups become one as long as their furthest members are not further
    apart than a bound. Uses the distances up.

    As scipy's `linkage` and `fcluster`, which would take a process that answers 40 MiB.
    """
    rows = np.arange(len(apart))
    label = rows.copy()
    np.fill_diagonal(apart, np.inf)
    nearest = apart.argmin(axis=1)
    distance = apart[rows, nearest]
    while distance[one := int(distance.argmin())] <= bound:
        other = int(nearest[one])
        label[label == other] = one
        furthest = np.maximum(apart[one], apart[other])
        apart[one] = apart[:, one] = furthest
        apart[other] = apart[:, other] = np.inf
        # Groups only grow further apart: whose nearest is another has it still.
        stale = np.flatnonzero((nearest == one) | (nearest == other) | (rows == one))
        nearest[stale] = apart[stale].argmin(axis=1)
        distance[stale] = apart[stale, nearest[stale]]
        distance[other] = np.inf
    return label
