"""What a text is matched by: content words, character bigrams, reading trigrams and synonym groups.

All but words are whole numbers, "keys", whose size tells their kind: a synonym group is negative, a bigram holds two
letters as UTF-16 writes them, 16 bits each, a reading trigram three. Numbers sort, compare and store as arrays where
strings cannot, and the keys of a text are windows on it as it lies in memory.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

WORD, BIGRAM, READING, SYNONYM = range(4)
_THREE = (1 << 48) - 1
_SHOWN = {BIGRAM: "文字:", READING: "読み:", SYNONYM: "同義語:"}
Keys = NDArray[np.int64]


def codes(text: str) -> NDArray[np.uint16]:
    """The letters of a text as numbers."""
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), "<u2")


def bigram_keys(text: str) -> NDArray[np.uint32]:
    """The key of each two neighbours."""
    written = text.encode("utf-16-le", "surrogatepass")
    return np.ndarray(max(len(written) // 2 - 1, 0), "<u4", written, 0, (2,))


def trigram_keys(text: str) -> Keys:
    """The key of each three neighbours."""
    written = (text + "\0").encode("utf-16-le", "surrogatepass")
    return np.ndarray(max(len(written) // 2 - 3, 0), "<i8", written, 0, (2,)) & _THREE


def synonym_key(group: Any) -> Any:
    """The key of a synonym group, or of an array of them."""
    return -1 - group


def places_of(wanted: Keys, known: Keys) -> NDArray[np.intp]:
    """Where keys stand among known ones, which rise; those that stand there alone, each once, rising. Puts the wanted
    keys in order."""
    wanted.sort()
    place = known.searchsorted(wanted)
    there = known.take(place, mode="clip") == wanted
    there[1:] &= wanted[1:] != wanted[:-1]
    found: NDArray[np.intp] = place[there]
    return found


def is_hiragana(letters: NDArray[np.uint16]) -> NDArray[np.bool_]:
    """Which letters are hiragana or the mark of a long vowel."""
    kana: NDArray[np.bool_] = ((letters >= 0x3041) & (letters <= 0x3096)) | (letters == ord("ー"))
    return kana


def shown(key: int) -> str:
    """A key as people read it in an explanation, with what kind it is."""
    kind = SYNONYM if key < 0 else BIGRAM if key < 1 << 32 else READING
    if kind == SYNONYM:
        return f"{_SHOWN[kind]}{-1 - key}"
    return _SHOWN[kind] + key.to_bytes(6 if kind == READING else 4, "little").decode("utf-16-le", "replace")
