"""An inverted index that is kept small: which of many rows have a term, and how heavy it is in each.

Rows come one by one and must be found at once, so the newest wait in a heap, which is looked through; a full heap is
put in order as a run, and runs of like size are joined (as in a log-structured merge tree: O'Neil and others, 1996), so
that there are few of them.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

_HEAP = 64  # rows that are looked through
_ALIKE = 4  # a run is joined with the one before it, unless that is so many times as long


class _Run(NamedTuple):
    """`terms` (rising; one that stands in several rows several times) and beside them the row and the weight."""

    terms: NDArray[np.uint32]
    rows: NDArray[np.uint32]
    weights: NDArray[np.float32]


def _in_order(runs: Iterable[_Run]) -> _Run:
    """One run out of several."""
    terms, rows, weights = (np.concatenate(parts) for parts in zip(*runs, strict=True))
    order = terms.argsort(kind="stable")
    return _Run(terms[order], rows[order], weights[order])


def numbers_of(terms: Collection[Any]) -> NDArray[np.uint32]:
    """A number for each term; two of them share one so rarely that it changes nothing."""
    return np.fromiter((crc32(repr(term).encode()) for term in terms), np.uint32, len(terms))


class Postings:
    """Rows of weighted terms. Grows; 12 bytes for each term of a row."""

    def __init__(self) -> None:
        self._runs: list[_Run] = []
        self._heap: list[_Run] = []
        self.count = 0

    def add(self, weights: Mapping[Any, float]) -> int:
        """Takes in a row; returns its number."""
        number = self.count
        self.count += 1
        row = np.full(len(weights), number, np.uint32)
        self._heap.append(_Run(numbers_of(weights), row, np.fromiter(weights.values(), np.float32, len(weights))))
        if len(self._heap) >= _HEAP:
            self._runs.append(_in_order(self._heap))
            self._heap = []
            while len(self._runs) > 1 and len(self._runs[-2].terms) < _ALIKE * len(self._runs[-1].terms):
                self._runs[-2:] = [_in_order(self._runs[-2:])]
        return number

    def products(self, weights: Mapping[Any, float]) -> NDArray[np.float64]:
        """The sum of the products of weights, over the terms in common, for each row (count)."""
        wanted = numbers_of(weights)
        order = wanted.argsort()
        wanted, asked = wanted[order], np.fromiter(weights.values(), np.float64, len(weights))[order]
        summed = np.zeros(self.count)
        for run in [*self._runs, *([_in_order(self._heap)] if self._heap else [])]:
            first, behind = run.terms.searchsorted(wanted), run.terms.searchsorted(wanted, "right")
            length = behind - first
            ends = length.cumsum()
            if not len(ends) or not ends[-1]:
                continue
            places = (behind - ends).repeat(length) + np.arange(ends[-1])
            summed += np.bincount(run.rows[places], asked.repeat(length) * run.weights[places], minlength=self.count)
        return summed
