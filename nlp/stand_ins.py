"""Known words in place of those that no text here has: one spelled or read nearly so, or else those near in meaning."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from nlp import parameters as p
from nlp.correction import Corrector
from nlp.vectors import DIMENSIONS, Vectors, vectors_of

_NOTHING = np.float32(1e-12)


class StandIn(NamedTuple):
    """The unknown `word` that a known one stands in for, and how much that counts, 0 to 1: `share`."""

    word: str
    share: float


class StandIns:
    """Looks among all known words, which go by their numbers."""

    def __init__(self, words: Sequence[str], readings: Sequence[str], factors: Vectors) -> None:
        """`factors`: those of each word, W x K, of which the last are its vector, whatever its length; where K is 0,
        no word is near another in meaning."""
        self._numbers = {word: number for number, word in enumerate(words)}
        self._corrector = Corrector(dict(zip(words, readings, strict=True)))
        self._vectors = factors[:, -DIMENSIONS:]
        self._level = 1 / np.maximum(np.sqrt(np.einsum("wd,wd->w", self._vectors, self._vectors)), _NOTHING)

    def find(self, unknown: Mapping[str, str]) -> dict[int, StandIn]:
        """The known words, by their numbers, for unknown ones with their readings."""
        corrections = self._corrector.correct(unknown)
        found = {self._numbers[known]: StandIn(word, 1.0) for word, known in corrections.items()}
        if self._vectors.size:
            self._add_near([word for word in unknown if word not in corrections], found)
        return found

    def _add_near(self, unknown: Iterable[str], found: dict[int, StandIn]) -> None:
        for word, vector in zip(*vectors_of(unknown), strict=True):
            alike = (self._vectors @ vector) * self._level
            near = (alike >= p.LEAST_ALIKE).nonzero()[0]
            if len(near) > p.STAND_INS:  # few are near: putting all words in order would take longer than all else
                near = near[alike.take(near).argpartition(-p.STAND_INS)[-p.STAND_INS :]]
            for number in near.tolist():
                share = min(1.0, float(alike[number]) ** 2)
                if number not in found or found[number].share < share:
                    found[number] = StandIn(word, share)
