"""The index: a question in, how well each item fits out, and why."""

import math
from dataclasses import dataclass
from operator import add
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp import parameters as p
from nlp.build import FEATURES, POSTED, Arrays
from nlp.correction import Corrector
from nlp.forward import Forward
from nlp.ngrams import joined
from nlp.terms import SYNONYM_MARK, numbers_by_kind, shown
from nlp.tokenise import analyse

Scores = NDArray[np.float64]
_WEIGHTS = np.array([p.FEATURE_WEIGHTS[name] for name in FEATURES]) / sum(p.FEATURE_WEIGHTS.values())
_POSTED_WEIGHTS, _LATENT_WEIGHT, _FEEDBACK_WEIGHT = _WEIGHTS[:POSTED], float(_WEIGHTS[-2]), float(_WEIGHTS[-1])
_WORDS = FEATURES.index("words")
_NOTHING = 1e-12
_NEAR_OTHERS = "ほかの候補との近さ"  # how an explanation names what feedback gave


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the index sees it. `rows`: numbers of its known terms; `most`: what an item that says every word
    of it would have; `corrections`: unknown word → known word."""

    text: str
    rows: NDArray[np.intp]
    most: float
    corrections: dict[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """`fit` (N): how well each item fits beside the others, 0 to 1. `values` (posted features x N); `best` (F): the
    highest value of each feature. `centre` (K): where the items that fit best lie among the latent factors; zero where
    there are none."""

    question: Question
    fit: Scores
    values: Scores
    best: Scores
    centre: NDArray[np.float32]

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

    def __init__(self, forward: Forward, arrays: Arrays) -> None:
        self._names, self._arrays = list(forward.terms), arrays
        self._words, self._bigrams, self._readings, self._synonyms = numbers_by_kind(forward.terms)
        self.items = len(arrays.item_factors)
        self._corrector = Corrector(self._words, forward.readings)
        self._idf = arrays.idf.tolist()
        self._start, self._length = arrays.start[:-1], np.diff(arrays.start)
        self._strange = max(self._idf, default=0.0)

    def look_up(self, text: str) -> Question:
        """The terms of a normalised question, unknown words corrected where a known one is near."""
        analysis = analyse(text)
        rows: set[Any] = set()
        unknown, said = {}, 0.0
        for word, reading in zip(analysis.words, analysis.word_readings, strict=True):
            row = self._words.get(word)
            if row is None:
                unknown[word] = reading
            elif row not in rows:
                rows.add(row)
                said += self._idf[row]
        corrections = self._corrector.correct(unknown) if unknown else {}
        rows.update(self._words[word] for word in corrections.values())
        letters, read = joined(text), joined(analysis.reading)
        rows.update(map(self._bigrams.get, map(add, letters, letters[1:])))
        rows.update(map(self._readings.get, map(add, map(add, read, read[1:]), read[2:])))
        rows.discard(None)
        for group in analysis.synonym_groups:
            if (row := self._synonyms.get(str(group))) is not None:
                rows.add(row)
        most = (p.K1 + 1) * (said + self._strange * len(unknown))
        # In order, so that sums of floats are the same on every machine and in every thread.
        numbers = np.fromiter(rows, np.intp, len(rows))
        numbers.sort()
        return Question(text, numbers, most, corrections)

    def find(self, text: str) -> Found:
        """How every item fits a normalised question; all zero where they share no term."""
        question = self.look_up(text)
        values = self._posted(question.rows)
        best = np.zeros(len(FEATURES))
        np.maximum.reduce(values, axis=1, initial=0.0, out=best[:POSTED])
        fit = (_POSTED_WEIGHTS / np.maximum(best[:POSTED], _NOTHING)) @ values
        centre = np.zeros(self._arrays.item_factors.shape[1], np.float32)
        if question.rows.size and len(centre):
            best[POSTED], best[POSTED + 1], centre = self._add_latent(question.rows, fit)
        return Found(question, fit, values, best, centre)

    def _posted(self, rows: NDArray[np.intp]) -> Scores:
        """The posted features of every item, features x items."""
        if not rows.size or not self.items:
            return np.zeros((POSTED, self.items))
        start, length = self._start.take(rows), self._length.take(rows)
        ends = length.cumsum()
        # Each term's postings stand together: count on from its start, in one array for all terms.
        place = np.arange(ends[-1]) + (start - ends + length).repeat(length)
        columns, values = self._arrays.column.take(place), self._arrays.value.take(place)
        totals: Any = np.bincount(columns, values, POSTED * self.items)
        posted: Scores = totals.reshape(POSTED, self.items)
        return posted

    def _question_factors(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """The question among the latent factors, of length 1."""
        factors = self._word_sum(rows)
        return factors / np.float32(max(math.sqrt(factors @ factors), _NOTHING))

    def _word_sum(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        words = self._arrays.word_row.take(rows)
        factors: NDArray[np.float32] = self._arrays.word_factors.take(words[words >= 0], axis=0).sum(axis=0)
        return factors

    def _add_latent(self, rows: NDArray[np.intp], fit: Scores) -> tuple[float, float, NDArray[np.float32]]:
        """Adds to the fit of the best candidates their latent likeness to the question, then to the few that fit best
        by then (pseudo-relevance feedback after Rocchio 1971, among factors); returns the highest of both, and where
        those few lie."""
        items = self._arrays.item_factors
        near: NDArray[np.intp] | slice = slice(None)
        if self.items > p.LATENT_CANDIDATES:
            near = fit.argpartition(-p.LATENT_CANDIDATES)[-p.LATENT_CANDIDATES :]
        factors = items[near]
        latent = self._add_likeness(factors, self._question_factors(rows), _LATENT_WEIGHT, fit, near)
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

    def explain(self, found: Found, item: int) -> dict[str, float]:
        """What each term of the question, as people read it, gave to an item's fit; the values sum to it."""
        named = {known: f"{word}→{known}" for word, known in found.question.corrections.items()}
        for word in analyse(found.question.text).words:
            named |= {f"{SYNONYM_MARK}{group}": f"同義語:{word}" for group in analyse(word).synonym_groups}
        a, given = self._arrays, dict[str, float]()
        scale = _WEIGHTS / np.maximum(found.best, _NOTHING)
        factors = self._question_factors(found.question.rows)
        latent = a.item_factors.shape[1] > 0 and float(a.item_factors[item] @ factors) > 0
        raw = math.sqrt(float(np.square(self._word_sum(found.question.rows)).sum())) or 1.0
        for row in found.question.rows.tolist():
            columns = a.column[a.start[row] : a.start[row + 1]]
            at = np.flatnonzero(columns % self.items == item)
            value = float(scale[columns[at] // self.items] @ a.value[a.start[row] + at])
            if latent and a.word_row[row] >= 0:
                value += float(scale[POSTED]) * float(a.item_factors[item] @ a.word_factors[a.word_row[row]]) / raw
            if value:
                label = named.get(self._names[row]) or shown(self._names[row])
                given[label] = given.get(label, 0.0) + value
        if (near := float(a.item_factors[item] @ found.centre)) > 0:
            given[_NEAR_OTHERS] = float(scale[POSTED + 1]) * near
        return given
