"""The matters that people bring to a ward office, by the words that they say of them (`matters.txt`): two questions
without a common word may still be of one matter."""

import math
import re
from functools import cache
from pathlib import Path

from nlp.normalise import normalise
from nlp.tokenise import Analysis, analyse

_READ = re.compile("[一-鿿ァ-ヶ]")  # what may be written in hiragana instead
_SHORTEST_READING = 4  # kana: a shorter one is part of other words


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
