"""One spelling for what residents type: widths, case, long vowels, invisible characters, emoji, repeats."""

import re
import unicodedata
from functools import lru_cache
from string import ascii_uppercase

# A message longer than this is cut before it is analysed: what a resident means stands at its beginning,
# and no length of input may make one question slow.
LONGEST_QUESTION = 1_000

_DASHES = dict.fromkeys(map(ord, "〜~∼∿〰"), "ー") | dict.fromkeys(map(ord, "‐‑‒–—―−─━"), "-")
# What phones and documents type most, so that most texts need nothing more.
_COMMON = {wide: chr(wide - 0xFEE0).lower() for wide in range(ord("！"), ord("～"))}
_COMMON |= {ord(letter): letter.lower() for letter in ascii_uppercase}
_COMMON |= dict.fromkeys(map(ord, "〜～"), "ー") | dict.fromkeys(map(ord, "　■●○◆◎▲"), " ")
_ANY_DASH, _ANY_COMMON = (re.compile(f"[{''.join(map(re.escape, map(chr, table)))}]") for table in (_DASHES, _COMMON))
_INVISIBLE = re.compile(
    "[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]+"
)
_EMOJI = re.compile(
    "[\u2190-\u21ff\u2300-\u23ff\u2500-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\U0001f000-\U0001faff]+"
)
_REPEATS = re.compile(r"([^0-9a-z\s])\1{2,}")
_LONG_VOWELS = re.compile("ー{2,}")
_SPACES = re.compile(r"\s+")
_PLAIN = re.compile("[ 一-鿿぀-ゖァ-ヺ、。・ー「」『』【】※々!-@[-`a-z{-}]*")
_TRIPLE = re.compile(r"(.)\1\1|ーー|  ")


def _same_dashes(text: str) -> str:
    return text.translate(_DASHES) if _ANY_DASH.search(text) else text


def normalise(text: str) -> str:
    """The text in one spelling, at most its first `LONGEST_QUESTION` characters.

    NFKC first, so that circled numbers and full-width forms are plain digits and letters afterwards.
    """
    text = text[:LONGEST_QUESTION]
    if _ANY_COMMON.search(text):  # most texts have none, and looking is far faster than translating
        text = text.translate(_COMMON)
    return text.strip() if _PLAIN.fullmatch(text) and not _TRIPLE.search(text) else _in_full(text)


def _in_full(text: str) -> str:
    """The spelling of any text, rule after rule."""
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", _same_dashes(text))).lower()
    text = _EMOJI.sub(" ", _same_dashes(text))
    text = _LONG_VOWELS.sub("ー", text)
    text = _REPEATS.sub(r"\1", text)
    return _SPACES.sub(" ", text).strip()


_CIRCLED = {0x245F + n: f"{n}" for n in range(1, 21)} | {0x3250 + n - 20: f"{n}" for n in range(21, 36)}
_CIRCLED |= {0x32B0 + n - 35: f"{n}" for n in range(36, 51)}
_KANJI_DIGITS = {"〇": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


def arabic_number(text: str) -> int | None:
    """The number that ④, ４, 4 or 四 (up to 九十九) stands for; None where the text is no number."""
    plain = unicodedata.normalize("NFKC", text.translate(_CIRCLED)).strip()
    if plain.isascii() and plain.isdigit():
        return int(plain)
    if not plain or any(c not in _KANJI_DIGITS and c != "十" for c in plain):
        return None
    if "十" in plain:
        tens, _, ones = plain.partition("十")
        if len(tens) > 1 or len(ones) > 1:
            return None
        return (_KANJI_DIGITS[tens] if tens else 1) * 10 + (_KANJI_DIGITS[ones] if ones else 0)
    return int("".join(str(_KANJI_DIGITS[c]) for c in plain))


@lru_cache(maxsize=64)
def hiragana(text: str) -> str:
    """Katakana as hiragana, everything else unchanged. The last few are kept: rules and likeness look at the same."""
    return text.translate(_TO_HIRAGANA)


def katakana(text: str) -> str:
    """Hiragana as katakana, everything else unchanged."""
    return text.translate(_TO_KATAKANA)


_TO_HIRAGANA = {c: c - 0x60 for c in range(0x30A1, 0x30F7)}
_TO_KATAKANA = {c - 0x60: c for c in range(0x30A1, 0x30F7)}
