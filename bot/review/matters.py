"""The matters that people bring to a ward office, by the words that they say of them (`matters.txt`): two questions
without a common word may still be of one matter."""

import math
import re
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.normalise import normalise
from nlp.tokenise import Analysis, analyse
from nlp.vectors import Vectors, vectors_of

_READ = re.compile("[一-鿿ァ-ヶ]")  # what may be written in hiragana instead
_SHORTEST_READING = 4  # kana: a shorter one is part of other words
_AKIN = 0.3  # cosine of two words: below it they have nothing to do with each other


@cache
def _matters() -> tuple[tuple[tuple[str, str], ...], ...]:
    """For each matter its words: (word, its reading, empty where it is too short to be told from others)."""
    lines = Path(__file__).with_name("matters.txt").read_text(encoding="utf-8").splitlines()
    matters = []
    for line in lines:
        words = []
        for word in map(normalise, line.partition(":")[2].split()):
            reading = analyse(word).reading if _READ.search(word) else ""
            words.append((word, reading if len(reading) >= _SHORTEST_READING else ""))
        matters.append(tuple(words))
    return tuple(matters)


def matters_of(text: str, analysis: Analysis) -> dict[int, float]:
    """The numbers of the matters that a normalised text names, each with its weight; of length 1, or empty."""
    found = {}
    for number, words in enumerate(_matters()):
        if length := max((len(word) for word, _ in words if word in text), default=0) or max(
            (len(word) for word, reading in words if reading and reading in analysis.reading), default=0
        ):
            found[number] = float(length)
    size = math.sqrt(sum(value * value for value in found.values())) or 1.0
    return {number: value / size for number, value in found.items()}


@cache
def _meant() -> tuple[Vectors, NDArray[np.intp], NDArray[np.intp]]:
    """(what the words of the matters mean, phrases x D, one matter's after the other's; where a matter's begin; the
    numbers of these matters)."""
    phrases, matters = [], []
    for number, words in enumerate(_matters()):
        for word, _ in words:
            _, vectors = vectors_of(analyse(word).words)
            if len(vectors):
                middle = vectors.sum(axis=0)
                phrases.append(middle / np.sqrt(middle @ middle))
                matters.append(number)
    begin = np.flatnonzero(np.diff(matters, prepend=-1))
    return np.array(phrases), begin, np.array(matters)[begin]


@lru_cache(maxsize=1024)
def _akin(word: str) -> NDArray[np.float64] | None:
    """How akin a word is to each matter (matters), None for a word that is not known. Kept: residents' words recur."""
    phrases, begin, numbers = _meant()
    known, vectors = vectors_of([word])
    if not known:
        return None
    akin = np.zeros(len(_matters()))
    # einsum, since BLAS takes turns with threads that answer residents.
    akin[numbers] = np.maximum.reduceat(np.einsum("pd,d->p", phrases, vectors[0]), begin)
    return np.maximum(akin - _AKIN, 0.0)


def nearness_to_matters(weights: dict[str, float]) -> NDArray[np.float64]:
    """How near words come to each matter in what they mean (matters), by the word of a matter that is most akin to
    each; `weights`: what each word counts."""
    near = np.zeros(len(_matters()))
    squares = 0.0
    for word, weight in weights.items():
        akin = _akin(word)
        if akin is not None:
            near += weight * akin
            squares += weight * weight
    return near / math.sqrt(squares) if squares else near
