"""Emergencies by likeness: to what people in need write, and to what others write who only use the same words.

A multinomial logistic model over what a message is made of: short runs of its letters and of its morphemes as they are
read, and its content words, each the heavier the rarer it is. The weights are data beside this file; `python -m
tests.fit_emergencies` learns them from the messages in tests/questions/.
"""

import itertools
import math
from functools import cache
from operator import add
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.normalise import hiragana
from nlp.tokenise import Analysis

# Columns of the weights. The first is what is no emergency, the others are services.
CLASSES = ("-", "119", "110", "189", "helpline")


def features_of(text: str, analysis: Analysis) -> set[str]:
    """What the model sees of a normalised text: runs of two to four letters, runs of one to three morphemes by their
    reading, content words (=), and their synonym groups (#)."""
    letters = f"^{hiragana(text).replace(' ', '')}$"
    two = list(map(add, letters, letters[1:]))
    three = list(map(add, two, letters[2:]))
    pieces, start = [""], 0
    for piece in analysis.pieces:
        pieces.append(analysis.reading[start : start + len(piece)])
        start += len(piece)
    pieces.append("")
    pairs = list(map(" ".join, itertools.pairwise(pieces)))
    features = {*two, *three, *map(add, three, letters[3:]), *pieces, *pairs}
    features.update(map(" ".join, zip(pairs, pieces[2:], strict=False)))
    features.update([f"={word}" for word in analysis.words], [f"#{group}" for group in analysis.synonym_groups])
    return features


@cache
def _shipped() -> tuple[dict[str, int], NDArray[np.float32]]:
    """(feature → its row, rows: the square of the feature's weight in a message, then what it adds to each class).
    Row 0 is the square for a feature that nobody used before, and the bias of each class."""
    folder = Path(__file__).parent
    names = (folder / "emergency_features.txt").read_text(encoding="utf-8").splitlines()
    return dict(zip(names, range(1, len(names) + 1), strict=True)), np.load(folder / "emergency_weights.npy")


def emergency_chances(text: str, analysis: Analysis) -> list[float]:
    """The chance of each of CLASSES for a normalised text; they sum to 1."""
    known, rows = _shipped()
    features = features_of(text, analysis)
    found = [row for row in map(known.get, features) if row is not None]
    unknown, *bias = rows[0].tolist()
    square, *added = rows[found].sum(axis=0).tolist()
    # A vector of length 1, so that long messages count as much as short ones. What nobody used before is part of the
    # length: a message in unknown words is no more than unknown.
    length = math.sqrt(square + (len(features) - len(found)) * unknown)
    sums = [first + whole / length for first, whole in zip(bias, added, strict=True)]
    highest = max(sums)
    powers = [math.exp(value - highest) for value in sums]
    whole = sum(powers)
    return [power / whole for power in powers]
