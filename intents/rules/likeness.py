"""What a message wants by likeness: to what people in need write, to greetings, thanks, complaints and the like, and to
what others write who only use the same words.

A multinomial logistic model over what a message is made of: short runs of its letters and of its morphemes as they are
read, and its content words, each the heavier the rarer it is. The weights are data beside this file; `python -m
tests.fit_likeness` learns them from the messages in tests/questions/.
"""

import math
from functools import cache
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.normalise import hiragana
from nlp.terms import Keys, places_of
from nlp.tokenise import Analysis

SERVICES = ("119", "110", "189", "helpline")
INTENTS = ("greeting", "thanks", "help", "human", "complaint", "hours")
# Columns of the weights: none of the others; a matter for the police that can wait; emergencies; small talk.
CLASSES = ("-", "#9110", *SERVICES, *INTENTS)
_TWO, _THREE = (1 << 32) - 1, (1 << 48) - 1  # what of four letters, 16 bits each, are the first two and three
_RUNNING = 0x2545F4914F6CDD1D  # makes one number of the numbers of neighbours; any large odd one does


class _Numbers(dict[object, int]):
    """A number for each thing of a kind, the same on every machine: two to four letters are the number that they are in
    memory. `sign`: tells the kind. Forgotten when they grow beyond what residents' words need."""

    def __init__(self, sign: str = "") -> None:
        super().__init__()
        self._sign = sign

    def __missing__(self, thing: object) -> int:
        written = f"{self._sign}{thing}".encode("utf-16-le", "surrogatepass")
        if not 4 <= len(written) <= 8:
            written = blake2b(written, digest_size=8).digest()
        if len(self) >= _MOST_NUMBERS:
            self.clear()
        number = self[thing] = int.from_bytes(written, "little", signed=len(written) == 8)
        return number


_MOST_NUMBERS = 100_000
_number_of_piece, _number_of_word, _number_of_group = (_Numbers(sign).__getitem__ for sign in ("", "=", "#"))


def features_of(text: str, analysis: Analysis) -> Keys:
    """What the model sees of a normalised text, as numbers, some of them twice: runs of two to four letters, runs of
    one to three morphemes by their reading, content words (=), and their synonym groups (#)."""
    written = f"^{hiragana(text).replace(' ', '')}$\0\0".encode("utf-16-le", "surrogatepass")
    four: Keys = np.ndarray(len(written) // 2 - 3, "<i8", written, 0, (2,))
    sounds = map(_number_of_piece, ("", *analysis.pieces, ""))
    words, groups = map(_number_of_word, analysis.words), map(_number_of_group, analysis.synonym_groups)
    single = np.array([*sounds, *words, *groups], np.int64)
    pieces = single[: len(analysis.pieces) + 2]
    pairs = pieces[:-1] * _RUNNING + pieces[1:]
    threes = pairs[:-1] * _RUNNING + pieces[2:]
    return np.concatenate((four & _TWO, four[:-1] & _THREE, four[:-2], single, pairs, threes))


@cache
def _shipped() -> tuple[Keys, list[float], NDArray[np.float32]]:
    """(the features, rising; the square for a feature that nobody used before, and the bias of each class; rows: the
    square of each feature's weight in a message, then what it adds to each class)."""
    folder = Path(__file__).parent
    rows = np.load(folder / "likeness_weights.npy")
    return np.load(folder / "likeness_features.npy"), rows[0].tolist(), rows[1:]


def class_chances(text: str, analysis: Analysis) -> list[float]:
    """The chance of each of CLASSES for a normalised text; they sum to 1."""
    known, (unknown, *bias), rows = _shipped()
    features = features_of(text, analysis)
    found = places_of(features, known)
    square, *added = np.add.reduce(rows.take(found, axis=0)).tolist()
    different = 1 + np.count_nonzero(features[1:] != features[:-1])  # they are in order by now
    # A vector of length 1, so that long messages count as much as short ones. What nobody used before is part of the
    # length: a message in unknown words is no more than unknown.
    length = math.sqrt(square + (different - len(found)) * unknown)
    sums = [first + whole / length for first, whole in zip(bias, added, strict=True)]
    highest = max(sums)
    powers = [math.exp(value - highest) for value in sums]
    whole = sum(powers)
    return [power / whole for power in powers]
