"""Emergencies by likeness: to what people in need write, and to what others write who only use the same words.

A multinomial logistic model over what a message is made of: short runs of its letters and of its morphemes as they are
read, and its content words, each the heavier the rarer it is. The weights are data beside this file; `python -m
tests.fit_emergencies` learns them from the messages in tests/questions/.
"""

import itertools
import math
from functools import cache
from pathlib import Path

from nlp.normalise import hiragana
from nlp.tokenise import Analysis

# Columns of the weights. The first is what is no emergency, the others are services.
CLASSES = ("-", "119", "110", "189", "helpline")
_LONGEST_RUN = 4  # letters


def features_of(text: str, analysis: Analysis) -> set[str]:
    """What the model sees of a normalised text: runs of two to four letters, runs of one to three morphemes by their
    reading, content words (=), and their synonym groups (#)."""
    letters = f"^{hiragana(text).replace(' ', '')}$"
    ends = range(2, _LONGEST_RUN + 1)
    runs = {letters[start : start + length] for length in ends for start in range(len(letters) - length + 1)}
    pieces, start = [""], 0
    for piece in analysis.pieces:
        pieces.append(analysis.reading[start : start + len(piece)])
        start += len(piece)
    pieces.append("")
    pairs = [f"{a} {b}" for a, b in itertools.pairwise(pieces)]
    runs.update(pieces, pairs, (f"{a} {b}" for a, b in zip(pairs, pieces[2:], strict=False)))
    runs.update((f"={word}" for word in analysis.words), (f"#{group}" for group in analysis.synonym_groups))
    return runs


@cache
def _shipped() -> tuple[float, list[float], dict[str, str]]:
    """(weight of a feature that nobody used before, the bias of each class, feature → the rest of its line)."""
    text = Path(__file__).with_name("emergency_weights.tsv").read_text(encoding="utf-8")
    first, *rows = text.splitlines()
    unknown, *bias = map(float, first.split("\t")[1:])
    return unknown, bias, dict(row.split("\t", 1) for row in rows)


@cache
def _numbers(rest: str) -> tuple[float, ...]:
    """Of a feature: the square of its weight in a message, then what it adds to each class. Read when it is first met:
    nearly all features are never met by a process that answers one question."""
    weight, *added = map(float, rest.split("\t"))
    return (weight * weight, *added)


def emergency_chances(text: str, analysis: Analysis) -> list[float]:
    """The chance of each of CLASSES for a normalised text; they sum to 1."""
    unknown, bias, known = _shipped()
    features = features_of(text, analysis)
    found = [_numbers(known[feature]) for feature in features if feature in known]
    # A vector of length 1, so that long messages count as much as short ones. What nobody used before is part of the
    # length: a message in unknown words is no more than unknown.
    square, *added = map(sum, zip(*found, strict=True)) if found else [0.0] * (1 + len(bias))
    length = math.sqrt(square + (len(features) - len(found)) * unknown * unknown)
    sums = [first + whole / length for first, whole in zip(bias, added, strict=True)]
    highest = max(sums)
    powers = [math.exp(value - highest) for value in sums]
    whole = sum(powers)
    return [power / whole for power in powers]
