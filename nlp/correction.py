"""The nearest known words to a word that no text here has: typing errors and wrong conversions."""

from collections import defaultdict
from collections.abc import Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from nlp import parameters as p


class Corrector:
    """Looks among the words that begin or end as the mistaken one does, by spelling and by reading.

    One error leaves one of the two ends as it was, so that a large vocabulary need not be compared whole.
    """

    def __init__(self, words: Mapping[str, str]) -> None:
        """`words`: each known word with its reading."""
        self._spelled: dict[str, list[str]] = defaultdict(list)
        self._read: dict[str, str] = {}
        for word, reading in words.items():
            if len(word) > 1:
                for end in {word[0], "\0" + word[-1]}:
                    self._spelled[end].append(word)
                if len(reading) >= p.SHORTEST_CORRECTED:
                    self._read.setdefault(reading, word)

    def correct(self, unknown: Mapping[str, str]) -> dict[str, str]:
        """The known word for each unknown word (with its reading) that has one near enough; at most a few."""
        found: dict[str, str] = {}
        for word, reading in list(unknown.items())[: p.MOST_CORRECTIONS]:
            if reading in self._read:
                found[word] = self._read[reading]
                continue
            if len(word) < p.SHORTEST_CORRECTED:
                continue
            near = [*self._spelled.get(word[0], ()), *self._spelled.get("\0" + word[-1], ())]
            best = process.extractOne(word, near, scorer=OSA.normalized_similarity, score_cutoff=p.CORRECTION_CUTOFF)
            if best:
                found[word] = best[0]
        return found
