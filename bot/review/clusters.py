"""The clusters of questions in memory: which one a new question belongs to, and what their wordings speak of."""

from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.review.likeness import MOST_MATTERS, Features, Likeness, Reader
from bot.review.matters import how_many

# A question belongs to the cluster whose nearest wordings it is as alike to as this, on average. What was decided on is
# never looked at again: the less is asked for, the more of another need disappears with what is ignored.
JOINS_FROM = 0.40
_NEAREST = 3  # wordings
_LOOKED_AT = 60  # wordings nearest to a question


@dataclass(frozen=True, slots=True)
class Found:
    """The `cluster` that a question belongs to, None for a new need; its features."""

    cluster: int | None
    features: Features


class Clusters:
    """The wordings of all clusters, to compare a question with."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._likeness = Likeness()
        self._of = array("q")  # cluster of each wording
        self._sizes: defaultdict[int, int] = defaultdict(int)  # wordings of each cluster
        self._numbers: dict[str, int] = {}  # of each wording
        # What each wording speaks of, MOST_MATTERS places for each: 96 bytes, since there may be many.
        self._matters, self._weights = array("H"), array("f")

    def __len__(self) -> int:
        """How many wordings there are."""
        return len(self._of)

    def read(self, question: str) -> Features:
        """The features of a question."""
        return self._reader.read(question)

    def add(self, core: str, cluster: int, features: Features | None = None) -> None:
        """Takes a wording of a cluster in; one that is known is that cluster's from now on."""
        number = self._numbers.get(core)
        if number is None:
            features = features or self._reader.read(core)
            self._numbers[core] = self._likeness.add(features)
            self._of.append(cluster)
            empty = [0] * (MOST_MATTERS - len(features.matters))
            self._matters.extend([*features.matters, *empty])
            self._weights.extend([*features.matters.values(), *empty])
        else:
            self._sizes[self._of[number]] -= 1
            self._of[number] = cluster
        self._sizes[cluster] += 1

    def find(self, core: str) -> Found:
        """Where a question belongs."""
        features = self._reader.read(core)
        alike = self._likeness.to_all(features)
        if core in self._numbers:
            return Found(self._of[self._numbers[core]], features)
        near: dict[int, list[float]] = defaultdict(list)
        nearest = alike.argpartition(-_LOOKED_AT)[-_LOOKED_AT:] if len(alike) > _LOOKED_AT else np.arange(len(alike))
        for number in nearest[alike[nearest].argsort()[::-1]].tolist():
            near[self._of[number]].append(float(alike[number]))
        best, highest = None, JOINS_FROM
        for cluster, values in near.items():
            count = min(_NEAREST, self._sizes[cluster])
            if (mean := sum(values[:count]) / count) >= highest:
                best, highest = cluster, mean
        return Found(best, features)

    def matters_of(self, cores: Sequence[str]) -> NDArray[np.float32]:
        """What wordings that were taken in speak of (wordings x matters)."""
        numbers = [self._numbers[core] for core in cores]
        shape = (-1, MOST_MATTERS)
        matters = np.frombuffer(self._matters, np.uint16).reshape(shape)[numbers]
        spoken = np.zeros((len(cores), how_many()), np.float32)
        # The empty places add nothing to the first matter.
        np.add.at(
            spoken,
            (np.arange(len(cores))[:, None], matters),
            np.frombuffer(self._weights, np.float32).reshape(shape)[numbers],
        )
        return spoken

    def merge(self, gone: int, into: int) -> None:
        """Makes the wordings of a cluster another's."""
        of = np.frombuffer(self._of, np.int64)
        of[of == gone] = into
        self._sizes[into] += self._sizes.pop(gone, 0)
