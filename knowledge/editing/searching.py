"""What a person types into the list of entries, found however it is spelt: widths, kana, kanji, and as it is read."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from nlp.normalise import hiragana, katakana, normalise
from nlp.tokenise import analyse, tokenise_raw

_KANA = re.compile("[ぁ-ゖァ-ヺー]+")
_LONGEST_SPAN = 4  # morphemes that are one word to those who type it: 見|守り
_SHORTEST_READING = 2  # letters; one letter of kana stands for nearly every word
_SHORTEST_IN_KANA = 3  # of a word in kanji, whose shorter readings stand within other words


@lru_cache(maxsize=20_000)
def _words(text: str) -> frozenset[str]:
    return frozenset(analyse(normalise(text)).words)


def _letters(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


@lru_cache(maxsize=20_000)
def _spellings(text: str) -> dict[str, frozenset[str]]:
    """Reading in katakana, and Sudachi's normalised form → how the words of a text with it are spelt there."""
    found: dict[str, set[str]] = {}
    morphemes = [(m.surface(), katakana(m.reading_form()), m.normalized_form()) for m in tokenise_raw(_letters(text))]
    for first in range(len(morphemes)):
        for last in range(first + 1, min(first + _LONGEST_SPAN, len(morphemes)) + 1):
            surface, reading, normal = map("".join, zip(*morphemes[first:last], strict=True))
            for key in (reading, normal):
                found.setdefault(key, set()).add(surface)
    return {key: frozenset(spelt) for key, spelt in found.items()}


class _Part:
    """One of the words that a person typed, with all spellings that mean it."""

    def __init__(self, typed: str) -> None:
        spelt = normalise(typed)
        in_kana = bool(_KANA.fullmatch(spelt))
        # Sudachi knows words in one of the two kana; what it cuts into single letters it does not know.
        cut = [_words(kana(spelt)) for kana in (hiragana, katakana)] if in_kana else [_words(typed)]
        self.own = [words for words in cut if words and not (in_kana and any(len(word) == 1 for word in words))]
        reading = katakana(spelt) if in_kana else analyse(spelt).reading
        normal = "".join(morpheme.normalized_form() for morpheme in tokenise_raw(spelt))
        # What is typed in kana means every word that is read so; what is typed in kanji means itself, in kana too.
        self.keys = {normal, reading} if in_kana else {normal}
        if len(reading) < _SHORTEST_READING:
            self.keys = set()
        self.spellings = {_letters(typed), spelt}
        if in_kana or len(reading) >= _SHORTEST_IN_KANA:
            self.spellings |= {hiragana(reading), katakana(reading)}
        if self.keys and analyse(normal).reading == reading:
            self.spellings.add(normal)
        self.spellings.discard("")

    def learn(self, heads: Iterable[str]) -> None:
        """Takes over how the heads of entries spell it."""
        for head in heads if self.keys else ():
            known = _spellings(head)
            for key in self.keys & known.keys():
                self.spellings |= known[key]

    def stands_in(self, letters: str) -> bool:
        return any(spelt in letters for spelt in self.spellings)


class Asked:
    """What a person typed: every word must be in an entry, as a word of its heads or as letters anywhere.

    `heads`: the titles, sections and residents' words of all entries, whose spellings of what was typed count as well.
    """

    def __init__(self, typed: str, heads: Iterable[str]) -> None:
        self._parts = [_Part(part) for part in typed.split()]
        known = list(dict.fromkeys(heads)) if self._parts else []
        for part in self._parts:
            part.learn(known)

    def holds(self, heads: Sequence[str], body: Sequence[str]) -> bool:
        letters = _letters("\n".join((*heads, *body)))
        missing = [part.own for part in self._parts if not part.stands_in(letters)]
        return not missing or all(any(words <= _words("、".join(heads[:2])) for words in own) for own in missing)
