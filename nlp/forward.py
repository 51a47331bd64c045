"""Texts as numbers: each text analysed once, kept by its hash, so that a change of one entry analyses one entry."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nlp.normalise import LONGEST_QUESTION, normalise
from nlp.terms import all_terms
from nlp.tokenise import analyse

Progress = Callable[[int, int], None]


def _pieces(text: str) -> Iterable[str]:
    """A long text in pieces that one analysis takes; each but the last ends with a sentence where one does."""
    while len(text) > LONGEST_QUESTION:
        end = max(text.rfind(mark, 0, LONGEST_QUESTION) for mark in "。\n") + 1
        end = end if end > LONGEST_QUESTION // 2 else LONGEST_QUESTION
        yield text[:end]
        text = text[end:]
    yield text


def text_key(text: str) -> str:
    """What a text is kept under."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _numbering() -> dict[str, int]:
    """A dictionary that gives each new term the next number."""
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    return numbers


@dataclass(slots=True)
class Forward:
    """`terms`: number of each term, in order of first appearance; `texts`: key of a text → its terms' numbers, with
    repeats; `readings`: reading of each word."""

    terms: dict[str, int] = field(default_factory=_numbering)
    readings: dict[str, str] = field(default_factory=dict)
    texts: dict[str, NDArray[np.int32]] = field(default_factory=dict)

    def add(self, text: str) -> NDArray[np.int32]:
        """The terms' numbers of a text, analysed only when it is new."""
        key = text_key(text)
        known = self.texts.get(key)
        if known is not None:
            return known
        numbers: list[int] = []
        for piece in _pieces(text):
            plain = normalise(piece)
            found = analyse(plain)
            numbers += map(self.terms.__getitem__, all_terms(plain, found))
            self.readings.update(zip(found.words, found.word_readings, strict=True))
        self.texts[key] = result = np.array(numbers, dtype=np.int32)
        return result

    def carry_over(self, texts: Iterable[str]) -> "Forward":
        """A forward index that keeps of this one only the given texts, and their terms."""
        kept = Forward()
        names = list(self.terms)
        for text in texts:
            numbers = self.texts.get(text_key(text))
            if numbers is None:
                continue
            terms = [names[n] for n in numbers.tolist()]
            kept.texts[text_key(text)] = np.array([kept.terms[term] for term in terms], dtype=np.int32)
            for term in terms:
                if term in self.readings:
                    kept.readings[term] = self.readings[term]
        return kept
