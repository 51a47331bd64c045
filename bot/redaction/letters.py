"""A text in plain letters, each knowing where it stood: what is found in plain widths is masked in the original."""

import re
import unicodedata
from dataclasses import dataclass

_DASHES = frozenset("‐‑‒–—―−─━－﹣⁃")
_KANJI_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_KANJI_NUMBER = re.compile(r"[〇○零一二三四五六七八九](?:[-ーのノ]?[〇○零一二三四五六七八九]){6,}")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[ーｰ〜~_・.](?=\d)")


@dataclass(frozen=True, slots=True)
class Letters:
    """`text`: plain letters; `places`: for each, where in the original it stood."""

    text: str
    places: list[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original behind letters `start` to `end`."""
        return self.places[start], self.places[end - 1] + 1


def plain_letters(text: str) -> Letters:
    """Widths, dashes and digits in one form, what cannot be seen left out; kanji digits only in long numbers."""
    letters, places = [], []
    for place, letter in enumerate(text):
        if unicodedata.category(letter) in ("Cf", "Mn"):
            continue
        folded = "-" if letter in _DASHES else unicodedata.normalize("NFKC", letter)
        for part in " " if folded.isspace() else folded:
            letters.append(part)
            places.append(place)
    plain = "".join(letters)
    plain = _KANJI_NUMBER.sub(lambda m: m[0].translate(_KANJI_DIGITS).replace("の", "-").replace("ノ", "-"), plain)
    return Letters(_BETWEEN_DIGITS.sub("-", plain), places)
