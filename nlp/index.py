"""The index: a question in, how well each item fits out, and why."""

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp import parameters as p
from nlp.indexing.build import FEATURES, POSTED, PRESCALE, Arrays, stride_of
from nlp.indexing.forward import Vocabulary
from nlp.ngrams import joined
from nlp.stand_ins import StandIn, StandIns
from nlp.terms import bigram_keys, places_of, shown, synonym_key, trigram_keys
from nlp.tokenise import analyse

if TYPE_CHECKING:
    from nlp.dense.passages import DenseRanker

Scores = NDArray[np.float64]
Numbers = NDArray[np.intp]
Shares = NDArray[np.float32] | None
_WEIGHTS = np.array([p.FEATURE_WEIGHTS[name] for name in FEATURES]) / sum(p.FEATURE_WEIGHTS.values())
_POSTED_WEIGHTS, _LATENT_WEIGHT, _FEEDBACK_WEIGHT = _WEIGHTS[:POSTED], float(_WEIGHTS[-2]), float(_WEIGHTS[-1])
_UNSCALE = 1 / PRESCALE
_WORDS = FEATURES.index("words")
_NOTHING = 1e-12
_FEW_POSTINGS = 10_000  # so many are gathered one by one, more of them term by term
_GROUPED = 16  # items whose highest value is looked at together, to find the best of many
_NEAR_OTHERS = "ほかの候補との近さ"  # how an explanation names what feedback gave
_NEAR_IN_MEANING = "意味の近さ"  # and what a dense ranker gave
_DENSE_SHARE = p.DENSE_WEIGHT / (p.DENSE_WEIGHT + sum(p.FEATURE_WEIGHTS.values()))


class Question(NamedTuple):
    """A question as the index sees it. `rows`: numbers of its known terms, rising; `shares`: what each of them counts,
    None where each counts 1; `most`: what an item that says every word of it would have; `meant`: the numbers of those
    that stand in for unknown words."""

    text: str
    rows: Numbers
    shares: Shares
    most: float
    meant: dict[int, StandIn]


class Found(NamedTuple):
    """`items` (C): the items that were compared, rising; of each `fit` (C), how well it fits beside the others, 0 to 1,
    and `values` (posted features x C, each times its PRESCALE); `best` (F): the highest of each. `centre` (K): where
    the items that fit best lie among the latent factors; zero where there are none. `by_words` (C): the fit without the
    dense ranker, and `nearness` (of all items) what that one gives, 0 to 1; the fit itself, and None, where there is
    none."""

    question: Question
    items: Numbers
    fit: Scores
    values: Scores
    best: Scores
    centre: NDArray[np.float32]
    by_words: Scores
    nearness: Scores | None

    def features_at(self, place: int) -> list[float]:
        """The posted features of the item at a place among those compared."""
        features: list[float] = (self.values[:, place] * _UNSCALE).tolist()
        return features

    def highest_from(self, place: int) -> list[float]:
        """The highest value of each posted feature of the items from a place on, 0 where there are none."""
        features: list[float] = (np.maximum.reduce(self.values[:, place:], axis=1, initial=0.0) * _UNSCALE).tolist()
        return features

    def coverage(self, values: list[float]) -> float:
        """The share of the question's words that an item with these posted features has."""
        return values[_WORDS] / max(self.question.most, _NOTHING)


def feedback_factors(factors: NDArray[np.float32], fit: Scores) -> NDArray[np.float32]:
    """Where the items that fit best lie among the factors (items x K), of length 1."""
    few = min(p.FEEDBACK_ITEMS, len(fit))
    best = fit.argpartition(-few)[-few:]
    centre: NDArray[np.float32] = (fit[best] - fit[best].min()).astype(np.float32) @ factors[best]
    return centre / np.float32(max(math.sqrt(centre @ centre), _NOTHING))


class Index:
    """Immutable once built; any number of threads may ask at once."""

    def __init__(self, vocabulary: Vocabulary, arrays: Arrays, dense: "DenseRanker | None" = None) -> None:
        self._vocabulary, self._arrays, self._dense = vocabulary, arrays, dense
        self._keys = vocabulary.keys
        self._words = {word: number for number, word in enumerate(vocabulary.words, len(self._keys))}
        self.items = len(arrays.item_factors)
        self._all = np.arange(self.items)
        self._stride = stride_of(self.items)
        self._length = np.diff(arrays.start)
        self._shift = self._stride.bit_length() - 1
        self._stand_ins = StandIns(vocabulary.words, vocabulary.readings, arrays.word_factors)
        self._idf = arrays.idf[len(self._keys) :].tolist()
        self._strange = float(arrays.idf.max(initial=0.0))

    def look_up(self, text: str) -> Question:
        """The terms of a normalised question, with those that stand in for unknown words."""
        analysis = analyse(text)
        first = len(self._keys)
        rows: set[int] = set()
        unknown, said = {}, 0.0
        for word, reading in zip(analysis.words, analysis.word_readings, strict=True):
            row = self._words.get(word)
            if row is None:
                unknown[word] = reading
            elif row not in rows:
                rows.add(row)
                said += self._idf[row - first]
        known = self._stand_ins.find(unknown) if unknown else {}
        meant = {first + number: stand_in for number, stand_in in known.items() if first + number not in rows}
        most = (p.K1 + 1) * (said + self._strange * len(unknown))
        # In order, so that sums of floats are the same on every machine and in every thread.
        words = sorted(rows | meant.keys())
        keys = self._known_keys(text, analysis.reading, analysis.synonym_groups)
        shares = None
        if any(stand_in.share < 1.0 for stand_in in meant.values()):
            shares = np.ones(len(keys) + len(words), np.float32)
            shares[len(keys) :] = [meant[row].share if row in meant else 1.0 for row in words]
        return Question(text, np.concatenate((keys, np.array(words, np.intp))), shares, most, meant)

    def _known_keys(self, text: str, reading: str, groups: list[int]) -> Numbers:
        """The numbers of the keys of a question that the index has, rising."""
        if not self._keys.size:
            return np.zeros(0, np.intp)
        synonyms = np.array([synonym_key(group) for group in groups], np.int64)
        return places_of(
            np.concatenate((bigram_keys(joined(text)), trigram_keys(joined(reading)), synonyms)), self._keys
        )

    def find(self, text: str, ranked: int | None = None) -> Found:
        """How the items that a normalised question has most in common with fit it; all zero where they share no term.

        Which items are compared depends on the question alone; those from number `ranked` on are always among them.
        """
        question = self.look_up(text)
        nearness = self._dense.nearness(text) if self._dense else None
        items = self._all
        if self.items > p.ALL_COMPARED:
            items = self._likely(question, self.items if ranked is None else ranked)
            if nearness is not None:
                items = np.union1d(items, nearness.argpartition(-p.COMPARED)[-p.COMPARED :])
        values = self._posted(question, items)
        best = np.zeros(len(FEATURES))
        np.maximum.reduce(values, axis=1, initial=0.0, out=best[:POSTED])
        fit = (_POSTED_WEIGHTS / np.maximum(best[:POSTED], _NOTHING)) @ values
        centre = np.zeros(self._arrays.item_factors.shape[1], np.float32)
        if question.rows.size and len(centre):
            best[POSTED], best[POSTED + 1], centre = self._add_latent(question, items, fit)
        by_words = fit
        if nearness is not None:
            fit = (1 - _DENSE_SHARE) * by_words + _DENSE_SHARE * nearness[items]
        return Found(question, items, fit, values, best, centre, by_words, nearness)

    def _gather(self, rows: Numbers, shares: Shares) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The columns of terms' postings, one term after the other, and their values times the term's share."""
        if not rows.size:
            return np.zeros(0, np.int32), np.zeros(0, np.float32)
        a = self._arrays
        start, length = a.start.take(rows), self._length.take(rows)
        ends = length.cumsum()
        if ends[-1] <= _FEW_POSTINGS:
            place = (start - ends + length).repeat(length)
            place += np.arange(len(place))
            columns, values = a.column.take(place), a.value.take(place)
        else:
            places = list(map(slice, start.tolist(), (start + length).tolist()))
            columns = np.concatenate([a.column[place] for place in places])
            values = np.concatenate([a.value[place] for place in places])
        return columns, values if shares is None else values * shares.repeat(length)

    def _likely(self, question: Question, ranked: int) -> Numbers:
        """The items that the question's rarest terms speak for most, rising, and those from `ranked` on."""
        length = self._length.take(question.rows)
        order = length.argsort(kind="stable")
        few = max(1, int(length[order].cumsum().searchsorted(p.POSTINGS_LOOKED_AT)))
        order = order[:few]
        columns, values = self._gather(
            question.rows[order], None if question.shares is None else question.shares[order]
        )
        spoken = np.bincount(columns & (self._stride - 1), values, self._stride)
        spoken[ranked:] = 0.0
        # As many of these highest values of groups are above the least of the best: what is below them need not be put
        # in order, which would take the most time of all.
        highest = spoken.reshape(_GROUPED, -1).max(axis=0)
        few = min(p.COMPARED, len(highest))
        bound: Any = np.partition(highest, -few)[-few] if few == p.COMPARED else 0.0
        best: Numbers = (spoken[:ranked] >= bound).nonzero()[0]
        if len(best) > p.COMPARED:
            worth = spoken.take(best)
            least: Any = np.partition(worth, -p.COMPARED)[-p.COMPARED]
            over, alike = best[worth > least], best[worth == least]
            best = np.concatenate((over, alike[: p.COMPARED - len(over)]))
            best.sort()
        return np.concatenate((best, self._all[ranked:]))

    def _posted(self, question: Question, items: Numbers) -> Scores:
        """The posted features of items, features x items, each times its PRESCALE."""
        if not self.items:
            return np.zeros((POSTED, 0))
        columns, values = self._gather(question.rows, question.shares)
        if items is self._all:
            totals: Any = np.bincount(columns, values, POSTED * self._stride)
            every: Scores = totals.reshape(POSTED, self._stride)[:, : self.items]
            return every
        place_of = np.full(self._stride, -1, np.int32)
        place_of[items] = np.arange(len(items), dtype=np.int32)
        place = place_of.take(columns & (self._stride - 1))
        kept = (place >= 0).nonzero()[0]
        cells = (columns.take(kept) >> self._shift) * len(items) + place.take(kept)
        totals = np.bincount(cells, values.take(kept), POSTED * len(items))
        some: Scores = totals.reshape(POSTED, len(items))
        return some

    def _question_factors(self, question: Question) -> NDArray[np.float32]:
        """The question among the latent factors, of length 1."""
        factors = self._word_sum(question)
        return factors / np.float32(max(math.sqrt(factors @ factors), _NOTHING))

    def _word_sum(self, question: Question) -> NDArray[np.float32]:
        first = int(question.rows.searchsorted(len(self._keys)))
        factors = self._arrays.word_factors.take(question.rows[first:] - len(self._keys), axis=0)
        total: NDArray[np.float32] = (
            factors.sum(axis=0) if question.shares is None else question.shares[first:] @ factors
        )
        return total

    def _add_latent(self, question: Question, items: Numbers, fit: Scores) -> tuple[float, float, NDArray[np.float32]]:
        """Adds to the fit of the best candidates their latent likeness to the question, then to the few that fit best
        by then (pseudo-relevance feedback after Rocchio 1971, among factors); returns the highest of both, and where
        those few lie."""
        near: Numbers | slice = slice(None)
        if len(fit) > p.LATENT_CANDIDATES:
            near = fit.argpartition(-p.LATENT_CANDIDATES)[-p.LATENT_CANDIDATES :]
        factors = self._arrays.item_factors.take(items[near], axis=0)
        latent = self._add_likeness(factors, self._question_factors(question), _LATENT_WEIGHT, fit, near)
        centre = feedback_factors(factors, fit[near])
        return latent, self._add_likeness(factors, centre, _FEEDBACK_WEIGHT, fit, near), centre

    def _add_likeness(
        self, factors: NDArray[np.float32], wanted: NDArray[np.float32], weight: float, fit: Scores, near: Any
    ) -> float:
        likeness = factors @ wanted
        highest = max(float(likeness.max()), 0.0)
        if highest:
            fit[near] += (weight / highest) * np.maximum(likeness, 0.0)
        return highest

    def _name(self, row: int) -> str:
        """A term as people read it."""
        first = len(self._keys)
        return self._vocabulary.words[row - first] if row >= first else shown(int(self._keys[row]))

    def explain(self, found: Found, item: int) -> dict[str, float]:
        """What each term of the question, as people read it, gave to an item's fit; the values sum to it."""
        named = {self._name(row): f"{given.word}→{self._name(row)}" for row, given in found.question.meant.items()}
        for word in analyse(found.question.text).words:
            named |= {shown(synonym_key(group)): f"同義語:{word}" for group in analyse(word).synonym_groups}
        a, given = self._arrays, dict[str, float]()
        scale = _WEIGHTS / np.maximum(found.best, _NOTHING)
        posted = scale[:POSTED]
        factors = self._question_factors(found.question)
        latent = a.item_factors.shape[1] > 0 and float(a.item_factors[item] @ factors) > 0
        raw = math.sqrt(float(np.square(self._word_sum(found.question)).sum())) or 1.0
        rows = found.question.rows.tolist()
        shares = [1.0] * len(rows) if found.question.shares is None else found.question.shares.tolist()
        for row, share in zip(rows, shares, strict=True):
            columns = a.column[a.start[row] : a.start[row + 1]]
            at = np.flatnonzero(columns & (self._stride - 1) == item)
            value = float(posted[columns[at] >> self._shift] @ a.value[a.start[row] + at])
            if latent and row >= len(self._keys):
                value += (
                    float(scale[POSTED]) * float(a.item_factors[item] @ a.word_factors[row - len(self._keys)]) / raw
                )
            if value:
                label = named.get(self._name(row)) or self._name(row)
                given[label] = given.get(label, 0.0) + share * value
        if (near := float(a.item_factors[item] @ found.centre)) > 0:
            given[_NEAR_OTHERS] = float(scale[POSTED + 1]) * near
        if found.nearness is not None:
            given = {reason: (1 - _DENSE_SHARE) * value for reason, value in given.items()}
            if near := float(found.nearness[item]):
                given[_NEAR_IN_MEANING] = _DENSE_SHARE * near
        return given
