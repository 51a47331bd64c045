"""Which of many patterns a text can match, told by the letters that each of them needs.

After Russ Cox, "Regular Expression Matching with a Trigram Index" (2012), with letters instead of bytes: a pattern is
taken apart into strings of which every match holds one. Nearly every text holds none of nearly every pattern's, which a
few steps over all its pairs of letters show. An automaton for all of these strings (RE2's filter) does the same, but is
so large that a question every now and then finds none of it in the processor's caches.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from re import _constants as constants  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp.terms import bigram_keys

_MOST_SPELLED = 16  # strings that a part of a pattern is spelled out as; more are left to the pattern itself
_MOST_OF_CLASS = 20  # letters of a class such as [0-9] that are spelled out
# How likely a letter stands at a place of a text, roughly: kana, narrow signs, all others.
_LIKELY_KANA, _LIKELY_NARROW, _LIKELY_OTHER = 0.15, 0.06, 0.01
# Pairs of kana that more than one in fifty messages has (of tests/questions/ordinary.txt, as written and as read): few
# words are told by them.
_OFTEN_SAID = (
    "ます です すか って した たい った りま して まし けど どこ んで あり いで れた から てる たら "
    "ない えて れて いて さい てま てく しい いた るん きま やっ でき しま いつ れる いま らえ りた "
    "にな もら きた ても なん へん られ せん らい てい どう っと ども くだ もう いい んな でも いる "
    "てほ るの ョウ スカ ショ タイ ュウ ッテ シタ デス ウシ ンシ ンノ シン ッタ ソウ ンデ リマ ケン "
    "イシ シャ シテ マシ カン ンカ クシ ケド キュ ボウ ナイ セン テイ ヨウ ホウ ガイ イン カラ サン "
    "レタ テル イテ テク エテ レテ イカ ヤク キマ イタ ンニ テマ モウ イキ ウチ ウガ ット ント ヘン "
    "ハイ ハナ デン ケイ ンジ マイ ツカ チョ シマ ョク ヒト ニン ハン ンダ チュ マッ リタ テモ テキ "
    "レル ラン す。 ス。 ス、"
)
_OFTEN, _LIKELY_OFTEN = frozenset(_OFTEN_SAID.split(" ")), 0.05
_SPREAD = np.uint32(0x9E3779B1)  # multiplicative hashing by the golden ratio (Knuth, TAOCP 6.4)
_SLOT_BITS = 18  # many times as many slots as there are pairs, so that few pairs of a text share one by chance

# Of each set of strings, every match holds at least one.
Needs = list[frozenset[str]]
# By a letter, or the key of a pair: (the string that it is of, the number of the pattern, what else the alternative
# needs).
LedTo = dict[str | int, list[tuple[str, int, Needs]]]


class Prefilter:
    """Of patterns, by their numbers. Looks for the least likely string that each of their alternatives needs by one
    letter or pair of letters in it, then for the whole string, then for what else the alternative needs."""

    def __init__(self, led_to: LedTo) -> None:
        """`led_to`: by `lead_to`."""
        self._led_to = led_to
        self._slots = np.zeros(1 << _SLOT_BITS, np.bool_)
        self._slots[_slots(np.array([key for key in self._led_to if isinstance(key, int)], np.uint32))] = True
        letters = "".join(key for key in self._led_to if isinstance(key, str))
        self._letters = re.compile(f"[{re.escape(letters)}]" if letters else "(?!)")

    def possible(self, text: str) -> set[int]:
        """The patterns that may match; all others do not."""
        pairs = bigram_keys(text)
        found = set()
        for key in {*pairs[self._slots.take(_slots(pairs))].tolist(), *self._letters.findall(text)}:
            for string, number, others in self._led_to.get(key, ()):
                if number not in found and string in text and all(any(map(text.__contains__, o)) for o in others):
                    found.add(number)
        return found


def lead_to(patterns: Sequence[str]) -> LedTo:
    """What each letter or pair of letters that patterns need leads to. ValueError for a pattern that needs no letter:
    it would have to be tried for every text."""
    needed = [(number, needs) for number, pattern in enumerate(patterns) for needs in alternatives(pattern)]
    for number, needs in needed:
        if not needs:
            raise ValueError(f"どの文にも当たりうる書き方です。必ず要る字を入れてください: {patterns[number]}")
    led_to: LedTo = {}
    strings = [(string, number, needs[1:]) for number, needs in needed for string in needs[0]]
    pairs = [bigram_keys(string).tolist() for string, _, _ in strings]
    often = set(chain.from_iterable(bigram_keys(pair).tolist() for pair in _OFTEN))
    shared = Counter(chain.from_iterable(pairs))
    for needed_string, of_it in zip(strings, pairs, strict=True):
        key = min(of_it, key=lambda pair: (pair in often, shared[pair])) if of_it else needed_string[0]
        led_to.setdefault(key, []).append(needed_string)
    return led_to


def _slots(pairs: NDArray[np.uint32]) -> NDArray[np.uint32]:
    slots: NDArray[np.uint32] = pairs * _SPREAD >> np.uint32(32 - _SLOT_BITS)
    return slots


class _Part(NamedTuple):
    """Of a part of a pattern: all strings that it can be, None where they are too many; and what it needs besides."""

    spelled: frozenset[str] | None
    needs: Needs


_NOTHING = frozenset({""})


def alternatives(pattern: str) -> list[Needs]:
    """What each alternative at the top of a pattern needs, the rarest first; an empty list where one needs nothing."""
    parsed = list(parser.parse(pattern))
    branches = parsed[0][1][1] if len(parsed) == 1 and parsed[0][0] is constants.BRANCH else [parsed]
    return [[_shortest(need) for need in sorted(_needs_of(_sequence(branch)), key=_likelihood)] for branch in branches]


def _shortest(strings: frozenset[str]) -> frozenset[str]:
    """Without those that hold another of them."""
    return frozenset(a for a in strings if not any(b != a and b in a for b in strings))


def _likelihood(strings: frozenset[str]) -> float:
    """How likely a text holds one of some strings, roughly."""
    total = 0.0
    for string in strings:
        if string in _OFTEN:
            total += _LIKELY_OFTEN
            continue
        chance = 1.0
        for letter in string:
            chance *= _LIKELY_KANA if "ぁ" <= letter <= "ー" else _LIKELY_NARROW if letter.isascii() else _LIKELY_OTHER
        total += chance
    return total


def _needs_of(part: _Part) -> Needs:
    return [*part.needs, part.spelled] if part.spelled and "" not in part.spelled else part.needs


def _sequence(nodes: Iterable[Any]) -> _Part:
    """Parts one after the other."""
    spelled, whole = _NOTHING, True
    needs: Needs = []
    for node in nodes:
        if node[0] is constants.LITERAL:  # most are
            letter = chr(node[1])
            spelled = frozenset([before + letter for before in spelled])
            continue
        part = _part(node)
        needs += part.needs
        if part.spelled is not None and len(part.spelled) * len(spelled) <= _MOST_SPELLED:
            spelled = frozenset(before + after for before in spelled for after in part.spelled)
            continue
        whole = False
        needs = _needs_of(_Part(spelled, needs))
        spelled = part.spelled or _NOTHING
    return _Part(spelled, needs) if whole else _Part(None, _needs_of(_Part(spelled, needs)))


def _part(node: tuple[Any, Any]) -> _Part:
    kind, value = node
    if kind is constants.IN:
        return _Part(_letters(value), [])
    if kind is constants.BRANCH:
        return _any_of([_sequence(branch) for branch in value[1]])
    if kind is constants.SUBPATTERN:
        return _sequence(value[3])
    if kind in (constants.AT, constants.ASSERT, constants.ASSERT_NOT):
        return _Part(_NOTHING, [])
    if kind in (constants.MAX_REPEAT, constants.MIN_REPEAT):
        least, most, repeated = value
        part = _sequence(repeated)
        if least:
            return part if most == 1 else _Part(None, _needs_of(part))
        return _Part(part.spelled | _NOTHING if part.spelled and most == 1 else None, [])
    return _Part(None, [])


def _letters(members: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    """The letters of a class; None where they are too many, or all but some."""
    letters: set[str] = set()
    for kind, value in members:
        if kind is constants.LITERAL:
            letters.add(chr(value))
        elif kind is constants.RANGE and value[1] - value[0] < _MOST_OF_CLASS:
            letters.update(map(chr, range(value[0], value[1] + 1)))
        else:
            return None
    return frozenset(letters)


def _any_of(parts: Sequence[_Part]) -> _Part:
    """One of several parts: one string of the least likely need of each is needed."""
    spelled: frozenset[str] | None = frozenset[str]()
    needed: set[str] | None = set()
    for part in parts:
        spelled = None if spelled is None or part.spelled is None else spelled | part.spelled
        needs = sorted(_needs_of(part), key=_likelihood)
        needed = None if needed is None or not needs else needed | needs[0]
    if spelled is not None:
        return _Part(spelled, [])
    return _Part(None, [frozenset(needed)] if needed else [])
