"""The immutable thing that answers: one release, indexed."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import chain
from operator import itemgetter, sub
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from knowledge.document import Document, Entry, Office, ResidentWord
from knowledge.exchange import SHIPPED
from nlp import parameters as p
from nlp.confidence import LEAD_SIGNS, OWN_SIGNS, chance_right
from nlp.index import Found, Numbers, Scores
from nlp.indexing.beside import run_beside
from nlp.indexing.build import FEATURES, Item
from nlp.indexing.forward import Progress
from nlp.indexing.stored import WordsOf, index_key, is_kept, open_index
from nlp.normalise import normalise

if TYPE_CHECKING:
    from nlp.dense.passages import Embedder

# Number of the entry, its fit by words, the number of the place that it leads to, its place among those compared.
_Candidate = tuple[int, float, int, int]
_own_signs = itemgetter(*map(FEATURES.index, OWN_SIGNS))
_lead_signs = itemgetter(*map(FEATURES.index, LEAD_SIGNS))
_LOOKED_AT = 10  # candidates that the best is compared with
_FEW = 100  # entries that are put in order sooner than the best of them are found


class Match(NamedTuple):
    """A candidate. `score`: the chance that it leads to the right place, 0 to 1; `expired`, `upcoming`: its period has
    ended, or not begun. `explanation`: what counted and how much, most first, summing to the score; empty unless it was
    asked for."""

    entry: Entry
    score: float
    expired: bool
    upcoming: bool = False
    explanation: tuple[tuple[str, float], ...] = ()


def outside_topics() -> list[tuple[str, list[str]]]:
    """Matters that residents ask a ward office about and that no plan here treats: (topic, questions)."""
    raw = json.loads((SHIPPED / "outside_topics.json").read_text(encoding="utf-8"))
    return [(row["topic"], row["examples"]) for row in raw]


def entry_item(entry: Entry) -> Item:
    """An entry as the index takes it."""
    questions = (
        (p.TITLE_WEIGHT, entry.title),
        (p.VOCABULARY_WEIGHT, " ".join(entry.vocabulary)),
        *((p.EXAMPLES_WEIGHT, text) for text in entry.examples),
    )
    body = (p.EXPLANATION_WEIGHT, entry.explanation), (p.SECTION_WEIGHT, entry.section)
    return Item(questions, body, entry.examples)


def with_residents_words(entries: Sequence[Entry], thesaurus: Sequence[ResidentWord]) -> list[Entry]:
    """The entries as they are indexed: the residents' word beside the official one, in title, vocabulary and
    explanation alike, so that it counts as much."""
    pairs = [(normalise(pair.official), pair.word) for pair in thesaurus]

    def beside(text: str) -> tuple[str, ...]:
        plain = normalise(text)
        return tuple(dict.fromkeys(word for official, word in pairs if official in plain))

    if not pairs:
        return list(entries)
    return [
        replace(
            entry,
            title=" ".join((entry.title, *beside(entry.title))),
            vocabulary=(*entry.vocabulary, *beside("\n".join(entry.vocabulary))),
            explanation=" ".join((entry.explanation, *beside(entry.explanation))),
        )
        for entry in entries
    ]


def outside_item(topic: str, examples: Iterable[str]) -> Item:
    """A topic outside the plans as the index takes it."""
    return Item(((p.TITLE_WEIGHT, topic), *((p.EXAMPLES_WEIGHT, text) for text in examples)), ())


def _untreated(entries: Sequence[Entry], words_of: WordsOf) -> list[Item]:
    """The topics that no entry treats: those whose words do not all stand in one entry's title."""
    topics = outside_topics()
    holding: dict[str, set[int]] = {}
    for number, words in enumerate(words_of([entry.title for entry in entries])):
        for word in words:
            holding.setdefault(word, set()).add(number)
    items = []
    for (topic, examples), words in zip(topics, words_of([topic for topic, _ in topics]), strict=True):
        if not words or not set.intersection(*(holding.get(word, set()) for word in words)):
            items.append(outside_item(topic, examples))
    return items


class Snapshot:
    """One release with its index. Never changes; a new release is a new snapshot.

    `beside`: a large index that is not kept in `folder` is built by a process of its own, so that this one goes on
    answering and stays small. `embedder`: the model of the dense ranker, where the settings name one; it changes the
    order of the entries, and never the chance of one that stays first.
    """

    def __init__(
        self, document: Document, release: int, folder: Path, progress: Progress | None = None, *,
        beside: bool = False, embedder: "Embedder | None" = None,
    ) -> None:  # fmt: skip
        self.release = release
        self.entries = tuple(document.entries)
        self.offices: tuple[Office, ...] = tuple(document.offices)
        indexed = with_residents_words(self.entries, document.thesaurus)
        model = [embedder.fingerprint] if embedder else []
        described = chain((repr(entry_item(entry)) for entry in indexed), [repr(outside_topics())], model)

        def items(words_of: WordsOf) -> list[Item]:
            """The entries, and behind them the topics that are outside the plans."""
            return [*map(entry_item, indexed), *_untreated(indexed, words_of)]

        key = index_key(described)
        if beside and len(self.entries) >= p.LEAST_ITEMS_FOR_FACTORS and not is_kept(key, folder):
            run_beside(partial(Snapshot, embedder=embedder), (document, release, folder), progress)
        self._index = open_index(key, items, folder, progress, embedder)
        self._twins = _twins(self.entries)
        offices = {office: n for n, office in enumerate(self.offices)}
        # Where an entry leads: the number of its office, or of itself where it has none.
        self._leads_to = [offices[e.office] if e.office else len(offices) + n for n, e in enumerate(self.entries)]
        self._in_force: tuple[date, Scores, list[bool], list[bool]] | None = None

    def find(self, question: str, today: date, top: int, explain: bool = False) -> tuple[Match, ...]:
        """The `top` best entries for a normalised question, best first; their number changes no score.

        No candidate is given a better chance than one before it.
        """
        found = self._index.find(question, len(self.entries))
        count = int(found.items.searchsorted(len(self.entries)))
        numbers = found.items[:count]
        factors, expired, upcoming = self._factors(today)
        factors = factors.take(numbers)
        fit = found.fit[:count] * factors
        words = fit if found.nearness is None else found.by_words[:count] * factors

        def candidates(order: Scores, depth: int) -> list[_Candidate]:
            """The chance is read from words alone, as it was fitted: nearness in meaning says nothing of how sure."""
            places = _best(order, min(count, depth))
            said = zip(numbers.take(places).tolist(), words.take(places).tolist(), places.tolist(), strict=True)
            return [(number, value, self._leads_to[number], place) for number, value, place in said]

        ranked = candidates(fit, max(top, _LOOKED_AT))
        others = ranked[:_LOOKED_AT] if words is fit else candidates(words, _LOOKED_AT)
        outside = (
            float(np.maximum.reduce(found.by_words[count:], initial=0.0)),
            _lead_signs(found.highest_from(count)),
        )
        matches: dict[int, Match] = {}
        score = 1.0
        for candidate in ranked:
            if len(matches) >= top:
                break
            number = candidate[0]
            if number in matches:
                continue
            score = min(score, self._chance(found, candidate, others, outside))
            group = self._twins.get(number)
            for twin in sorted(group, key=lambda one: expired[one] or upcoming[one]) if group else (number,):
                reasons = self._reasons(found, twin, score) if explain else ()
                matches.setdefault(twin, Match(self.entries[twin], score, expired[twin], upcoming[twin], reasons))
        return tuple(matches.values())[:top]

    def _reasons(self, found: Found, number: int, score: float) -> tuple[tuple[str, float], ...]:
        """What each word, reading and correction of the question gave to a score."""
        given = self._index.explain(found, number)
        total = sum(given.values())
        parts = [(reason, score * value / total) for reason, value in given.items()] if total else []
        return tuple(sorted(parts, key=lambda part: -part[1]))

    def _factors(self, today: date) -> tuple[Scores, list[bool], list[bool]]:
        """What each entry's fit counts today: less where its period has ended or not begun; whether it has ended;
        whether it has not begun. Kept for the day."""
        kept = self._in_force
        if kept is None or kept[0] != today:
            expired, upcoming = ([getattr(e, when)(today) for e in self.entries] for when in ("expired", "upcoming"))
            factors = np.where(np.logical_or(expired, upcoming), p.EXPIRED_FACTOR, 1.0)
            self._in_force = kept = (today, factors, expired, upcoming)
        return kept[1:]

    def _chance(
        self, found: Found, candidate: _Candidate, ranked: list[_Candidate], outside: tuple[float, tuple[float, ...]]
    ) -> float:
        """The chance that a candidate leads to the right place; `outside`: the highest fit and the highest value of
        each of LEAD_SIGNS among the matters outside the plans."""
        number, fit, place, compared = candidate
        if found.fit[compared] <= 0.0:
            return 0.0
        # A twin is shown beside it, with its own office: it does not compete.
        twins = self._twins.get(number, ())
        lead = fit
        for n, other, leads_to, _ in ranked:
            if leads_to != place and n not in twins:
                lead -= other
                break
        values = found.features_at(compared)
        leads = map(sub, _lead_signs(values), outside[1])
        signs = (found.coverage(values), lead, fit - outside[0], *_own_signs(values), *leads)
        return chance_right(signs, self.entries[number].office is not None)


def _best(fit: Scores, depth: int) -> Numbers:
    """The places of the best `depth` of entries, best first; of those that fit alike the first ones, so that asking
    for more of them changes nothing about these."""
    if len(fit) <= _FEW:
        return (-fit).argsort(kind="stable")[:depth]
    least = np.partition(fit, -depth)[-depth]
    near = (fit >= least).nonzero()[0]
    if len(near) > depth:
        over = (fit > least).nonzero()[0]
        near = np.concatenate((over, (fit == least).nonzero()[0][: depth - len(over)]))
    best: Numbers = near[(-fit.take(near)).argsort(kind="stable")]
    return best


def _twins(entries: Sequence[Entry]) -> dict[int, tuple[int, ...]]:
    """Entries of one title in several plans, the more specific plan first, under each of their numbers."""
    titled: dict[str, list[int]] = {}
    for number, entry in enumerate(entries):
        titled.setdefault(entry.title, []).append(number)
    result = {}
    for numbers in titled.values():
        if len({entries[n].plan.title for n in numbers}) > 1:
            group = tuple(sorted(numbers, key=lambda n: -entries[n].plan.precedence))
            result.update(dict.fromkeys(numbers, group))
    return result
