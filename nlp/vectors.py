"""What words mean: a vector for each of the common ones, from the texts that they stand in (`tests/fit_vectors.py`)."""

from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
SHIPPED = Path(__file__).with_name("word_vectors.npz")


def key_of(word: str) -> int:
    """The number that a word is known by."""
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little")


@cache
def _shipped() -> tuple[NDArray[np.uint64], NDArray[np.uint16], NDArray[np.int8]]:
    """(keys of words, rising; the row of each word: words that are used alike share one; rows of numbers)."""
    with np.load(SHIPPED, allow_pickle=False) as kept:
        return kept["keys"], kept["rows"], kept["vectors"]


DIMENSIONS = 100


def vectors_of(words: Iterable[str]) -> tuple[list[str], Vectors]:
    """Those of some words (Sudachi's normalised forms) that are known, and their vectors, of length 1: words x
    DIMENSIONS."""
    keys, rows, vectors = _shipped()
    known, places = [], []
    for word in words:
        key = np.uint64(key_of(word))
        place = min(int(keys.searchsorted(key)), len(keys) - 1)
        if keys[place] == key:
            known.append(word)
            places.append(rows[place])
    found = vectors[places].astype(np.float32)
    found /= np.sqrt(np.einsum("wd,wd->w", found, found))[:, None]
    return known, found


def vector_rows(words: Sequence[str]) -> Vectors:
    """The vector of each of some words, all of them different: words x DIMENSIONS, 0 where it is not known."""
    rows = np.zeros((len(words), DIMENSIONS), np.float32)
    known, found = vectors_of(words)
    numbers = {word: number for number, word in enumerate(words)}
    rows[[numbers[word] for word in known]] = found
    return rows
