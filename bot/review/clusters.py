"""The clusters of questions in memory: which one a new question belongs to, and which of them turn out to be one."""

from array import array
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.review.likeness import Features, Likeness, Reader

# A question belongs to the cluster whose nearest wordings it is as alike to as this, on average.
JOINS_FROM = 0.44
_NEAREST = 3  # wordings
_LOOKED_AT = 60  # wordings nearest to a question
# Two clusters are one where the questions that came since are as alike to the other's wordings as this, on average over
# all of them, and over so many pairs at least. What is often asked counts as often.
ONE_FROM, _PAIRS = 0.37, 20
_BONDED_FROM = 0.05  # below it two clusters have nothing to do with each other


@dataclass(frozen=True, slots=True)
class Found:
    """The `cluster` that a question belongs to, None for a new need; its features, and how `alike` it is to each
    wording."""

    cluster: int | None
    features: Features
    alike: NDArray[np.float64]


class Clusters:
    """The wordings of all clusters, to compare a question with."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._likeness = Likeness()
        self._of = array("q")  # cluster of each wording
        self._sizes: defaultdict[int, int] = defaultdict(int)  # wordings of each cluster
        self._numbers: dict[str, int] = {}  # of each wording
        # For two clusters, one place under both. There stand the likeness of questions to the other's wordings, summed;
        # how many. In arrays, since pairs grow faster than clusters do.
        self._bonds: defaultdict[int, dict[int, int]] = defaultdict(dict)
        self._sums, self._pairs = array("d"), array("q")

    def read(self, question: str) -> Features:
        """The features of a question."""
        return self._reader.read(question)

    def add(self, core: str, cluster: int, features: Features | None = None) -> None:
        """Takes a wording of a cluster in; one that is known is that cluster's from now on."""
        number = self._numbers.get(core)
        if number is None:
            self._numbers[core] = self._likeness.add(features or self._reader.read(core))
            self._of.append(cluster)
        else:
            self._sizes[self._of[number]] -= 1
            self._of[number] = cluster
        self._sizes[cluster] += 1

    def find(self, core: str) -> Found:
        """Where a question belongs."""
        features = self._reader.read(core)
        alike = self._likeness.to_all(features)
        if core in self._numbers:
            return Found(self._of[self._numbers[core]], features, alike)
        near: dict[int, list[float]] = defaultdict(list)
        nearest = alike.argpartition(-_LOOKED_AT)[-_LOOKED_AT:] if len(alike) > _LOOKED_AT else np.arange(len(alike))
        for number in nearest[alike[nearest].argsort()[::-1]].tolist():
            near[self._of[number]].append(float(alike[number]))
        best, highest = None, JOINS_FROM
        for cluster, values in near.items():
            count = min(_NEAREST, self._sizes[cluster])
            if (mean := sum(values[:count]) / count) >= highest:
                best, highest = cluster, mean
        return Found(best, features, alike)

    def bind(self, cluster: int, alike: NDArray[np.float64]) -> list[int]:
        """Takes note of how alike a question that was found to be of a cluster, or to begin it, is to the other
        clusters; returns those that turn out to be one with it, the most alike first."""
        of = np.frombuffer(self._of, np.int64)[: len(alike)]  # without the question itself
        sums, counts = np.bincount(of, alike), np.bincount(of)
        bonded = set(np.flatnonzero((sums >= _BONDED_FROM * counts) & (counts > 0)).tolist())
        bonds = self._bonds[cluster]
        for other in (bonded | bonds.keys()) - {cluster}:
            place = bonds.get(other)
            if place is None:
                place = bonds[other] = self._bonds[other][cluster] = len(self._sums)
                self._sums.append(0.0)
                self._pairs.append(0)
            self._sums[place] += sums[other]
            self._pairs[place] += int(counts[other])
        means = {
            other: self._sums[place] / self._pairs[place]
            for other, place in bonds.items()
            if self._pairs[place] >= _PAIRS
        }
        return sorted((other for other, mean in means.items() if mean >= ONE_FROM), key=lambda other: -means[other])

    def merge(self, gone: int, into: int) -> None:
        """Makes the wordings of a cluster another's."""
        of = np.frombuffer(self._of, np.int64)
        of[of == gone] = into
        self._sizes[into] += self._sizes.pop(gone, 0)
        for other, place in self._bonds.pop(gone, {}).items():
            del self._bonds[other][gone]
            if other == into:
                continue
            kept = self._bonds[into].get(other)
            if kept is None:
                self._bonds[into][other] = self._bonds[other][into] = place
            else:
                self._sums[kept] += self._sums[place]
                self._pairs[kept] += self._pairs[place]
