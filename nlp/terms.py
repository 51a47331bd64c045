"""What a text is matched by: content words, character bigrams, reading trigrams and synonym groups.

All but words are whole numbers, "keys", whose size tells their kind: a synonym group is negative, a bigram holds two
characters of 21 bits, a reading trigram three. Numbers sort, compare and store as arrays where strings cannot.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

WORD, BIGRAM, READING, SYNONYM = range(4)
_BITS = 21  # a character's code point needs no more
_ONE = (1 << _BITS) - 1
_SHOWN = {BIGRAM: "文字:", READING: "読み:", SYNONYM: "同義語:"}
Keys = NDArray[np.int64]


def codes(text: str) -> Keys:
    """The code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)


def bigram_keys(letters: Keys) -> Keys:
    """The key of each two neighbours."""
    return letters[:-1] << _BITS | letters[1:]


def trigram_keys(letters: Keys) -> Keys:
    """The key of each three neighbours."""
    return letters[:-2] << 2 * _BITS | letters[1:-1] << _BITS | letters[2:]


def synonym_key(group: Any) -> Any:
    """The key of a synonym group, or of an array of them."""
    return -1 - group


def is_hiragana(letters: Keys) -> NDArray[np.bool_]:
    """Which letters are hiragana or the mark of a long vowel."""
    kana: NDArray[np.bool_] = ((letters >= 0x3041) & (letters <= 0x3096)) | (letters == ord("ー"))
    return kana


def shown(key: int) -> str:
    """A key as people read it in an explanation, with what kind it is."""
    kind = SYNONYM if key < 0 else BIGRAM if key < 1 << 2 * _BITS else READING
    if kind == SYNONYM:
        return f"{_SHOWN[kind]}{-1 - key}"
    letters = [key >> shift & _ONE for shift in ((2 * _BITS, _BITS, 0) if kind == READING else (_BITS, 0))]
    return _SHOWN[kind] + "".join(map(chr, letters))
