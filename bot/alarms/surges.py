"""Words that many more residents ask about than usual, and a share of unanswered questions that jumped.

A surge is what is all but impossible at the usual rate, as far as that is known: fewer than one false alarm in a
million looks at one word, if questions came one by one.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.alarms.chances import incomplete_beta
from bot.review.likeness import core_of
from nlp.tokenise import analyse, tokenise_raw

_IMPROBABLE = 1e-6
_LEAST = 10  # questions in the hour, of a surge or without an answer
_TIMES = 3.0  # the usual rate
_SHORTEST = 40  # questions of a stretch of the hour that is looked at by itself
_PRIOR = 200  # questions that the knowledge's own examples count as, beside the log's
_HARDLY = 0.5  # questions an hour of a word that is never asked
_SAME_MATTER = 0.5  # of a word's questions, that also have the word of a larger surge
_NO_MATTER = 0.5  # what a verb, an adjective or 今日 counts as the name of a topic
_LEAST_ASKED = 20  # questions in the hour, for their unanswered share to say anything
_JUMP = 0.2
_USUAL_SHARE, _SHARE_PRIOR = 0.3, 50  # where there is no log yet
_NUMBERS = re.compile("[0-9]")
# Nouns that are about nothing by themselves; those of times and counters the dictionary marks.
_HOLLOW = frozenset(
    (
        "こと", "もの", "ところ", "ほう", "方", "とき", "ため", "よう", "わけ", "はず", "人", "件", "方法", "仕方",
        "やり方", "感じ", "何", "誰", "どこ", "いつ", "私", "自分", "うち", "お願い",
    )
)  # fmt: skip
_ABOUT_TIME_OR_NUMBER = ("副詞可能", "助数詞可能", "助動詞語幹")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the last hour: its content words, the user's pseudonym (empty where unknown), whether answered."""

    words: frozenset[str]
    user: str
    answered: bool


@dataclass(frozen=True, slots=True)
class Surge:
    """`topic`: the word that stands out most; `words`: it and those that come with it; `count`: residents who asked in
    the hour; `usual`: in a usual hour with as many questions; `unanswered`: of the questions that have the word."""

    topic: str
    words: tuple[str, ...]
    count: int
    usual: float
    unanswered: int


@dataclass(frozen=True, slots=True)
class Jump:
    """The unanswered share of the last hour, far above the usual one; `logged`: whether the log tells more of that than
    is assumed without one."""

    asked: int
    unanswered: int
    usual: float
    logged: bool


def words_of(question: str) -> frozenset[str]:
    """A question's content words, without phrases of asking and what was masked."""
    return frozenset(word for word in analyse(core_of(question)).words if not _NUMBERS.search(word))


class Usual:
    """In which share of the questions each word stands, by a sample of the log and the knowledge's own examples."""

    def __init__(self, logged: Iterable[str], examples: Iterable[str]) -> None:
        self._logged, self._asked = _count(logged)
        self._examples, self._known = _count(examples)

    @property
    def questions(self) -> int:
        """How many questions tell what is usual."""
        return self._asked + _PRIOR

    @property
    def logged(self) -> bool:
        """Whether the log tells more of what is usual than is assumed without one."""
        return self._asked >= _PRIOR

    def count(self, word: str) -> float:
        """In how many of them the word stands."""
        return self._logged[word] + (_PRIOR * self._examples[word] / self._known if self._known else 0.0)


def _count(questions: Iterable[str]) -> tuple[Counter[str], int]:
    counts: Counter[str] = Counter()
    total = 0
    for question in questions:
        counts.update(words_of(question))
        total += 1
    return counts, total


def chance_of_at_least(count: int, asked: int, seen: float, among: int) -> float:
    """The chance that `count` or more of `asked` questions have a word that stood in `seen` of `among` questions.

    The rate is known only as well as that tells it: with Jeffreys' prior it is Gamma(seen + 1/2, among), the count
    negative binomial, and P(X >= k) = I_x(k, seen + 1/2) with x = asked / (asked + among) (Gelman et al., Bayesian Data
    Analysis, section 2.6; Abramowitz & Stegun 26.5.26).
    """
    return incomplete_beta(count, seen + 0.5, asked / (asked + among))


def names_a_person(word: str) -> bool:
    """Whether the dictionary knows a word as somebody's name; such a word is told to nobody."""
    return any("人名" in morpheme.part_of_speech() for morpheme in tokenise_raw(word))


@lru_cache(maxsize=10_000)
def is_matter(word: str) -> bool:
    """Whether a content word says by itself what a question is about: a noun, and none like こと, 今日 or うち."""
    parts = [morpheme.part_of_speech() for morpheme in tokenise_raw(word)]
    return word not in _HOLLOW and all(p[0] == "名詞" and p[2] not in _ABOUT_TIME_OR_NUMBER for p in parts)


def _residents(asked: Sequence[Asked], first: int, only: Container[str]) -> dict[str, int]:
    """How many residents used each of these words; one without a pseudonym is named by the question's number, of which
    `first` is the lowest."""
    users: dict[str, set[str | int]] = defaultdict(set)
    for number, question in enumerate(asked, first):
        for word in question.words:
            if word in only:
                users[word].add(question.user or number)
    return {word: len(who) for word, who in users.items()}


def _stretches(count: int) -> Iterator[tuple[int, int]]:
    """(first, behind) of the stretches of so many questions that are looked at: all, then halves, quarters …, which
    overlap by halves."""
    yield 0, count
    size = count // 2
    while size >= _SHORTEST:
        for first in range(0, count - size // 2, size // 2):
            yield first, min(count, first + size)
        size //= 2


def _weigh(count: int, among: int, seen: float, known: int, improbable: float) -> float:
    """How far a word stands out that `count` residents used in `among` questions, and `seen` in `known` others: the
    log-likelihood ratio of a Poisson rate (Dunning 1993). 0 for what chance may have brought."""
    expected = among * seen / known
    if count < _TIMES * expected or chance_of_at_least(count, among, seen, known) > improbable:
        return 0.0
    rate = max(expected, _HARDLY)
    return count * math.log(count / rate) - (count - rate)


def _stand_out(asked: Sequence[Asked], residents: Mapping[str, int], usual: Usual) -> dict[str, float]:
    """How far each of these words stands out, in the stretch of the hour where it does most; without those that do
    nowhere."""
    found: dict[str, float] = defaultdict(float)
    whole, *parts = _stretches(len(asked))
    for first, behind in (whole, *parts):
        among, known = behind - first, usual.questions + len(asked) - (behind - first)
        improbable = _IMPROBABLE if (first, behind) == whole else _IMPROBABLE / len(parts)  # all parts: one look more
        for word, count in _residents(asked[first:behind], first, residents).items():
            if count >= _LEAST:
                seen = usual.count(word) + residents[word] - count
                weight = _weigh(count, among, seen, known, improbable) * (1.0 if is_matter(word) else _NO_MATTER)
                found[word] = max(found[word], weight)
    return {word: weight for word, weight in found.items() if weight and not names_a_person(word)}


def find_surges(asked: Sequence[Asked], usual: Usual) -> list[Surge]:
    """The surges of one hour's questions, in the order in which they came or in its reverse; the greatest first. Each
    question's user counts once a word.

    What stands out in a part of the hour counts too, against what is usual and against the rest of the hour: it tells
    what a log that has just begun cannot.
    """
    having: dict[str, set[int]] = defaultdict(set)
    for number, question in enumerate(asked):
        for word in question.words:
            having[word].add(number)
    often = {word for word, numbers in having.items() if len(numbers) >= _LEAST and word not in _HOLLOW}
    residents = {word: count for word, count in _residents(asked, 0, often).items() if count >= _LEAST}
    standing_out = [
        (weight, word, residents[word], len(asked) * usual.count(word) / usual.questions)
        for word, weight in _stand_out(asked, residents, usual).items()
    ]
    surges: list[Surge] = []
    left = sorted(standing_out, reverse=True)
    while left:
        _, topic, count, expected = left[0]
        same = [w for _, w, *_ in left if len(having[w] & having[topic]) >= _SAME_MATTER * len(having[w])]
        unanswered = sum(not asked[number].answered for number in having[topic])
        surges.append(Surge(topic, tuple(same), count, expected, unanswered))
        left = [row for row in left if row[1] not in same]
    return surges


def find_jump(asked: Sequence[Asked], usually_asked: int, usually_unanswered: int) -> Jump | None:
    """The unanswered share of one hour's questions, where it is far above that of the days before."""
    unanswered = sum(not question.answered for question in asked)
    usual = (usually_unanswered + _USUAL_SHARE * _SHARE_PRIOR) / (usually_asked + _SHARE_PRIOR)
    if len(asked) < _LEAST_ASKED or unanswered < _LEAST or unanswered / len(asked) < usual + _JUMP:
        return None
    # P(X >= k) of the binomial distribution is I_p(k, n - k + 1) (Abramowitz & Stegun 26.5.24).
    if incomplete_beta(unanswered, len(asked) - unanswered + 1, usual) > _IMPROBABLE:
        return None
    return Jump(len(asked), unanswered, usual, usually_asked >= _SHARE_PRIOR)
