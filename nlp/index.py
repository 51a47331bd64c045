"""The index: texts of many items in, one score an item out.

Each example question is a document of weighted terms (content words, character bigrams, reading trigrams), and so are
an item's fields and examples together. A question scores each document by BM25 over the terms they share; an item's
score mixes its fields, its nearest example and all its examples, as a share of what the question could have scored.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA
from scipy.sparse import csr_array

from nlp import parameters as p
from nlp.bm25 import field_frequency, inverse_document_frequency, saturation
from nlp.ngrams import ngrams
from nlp.normalise import normalise
from nlp.tokenise import analyse

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Item:
    """`body`: texts that together describe the item; `examples`: questions, each compared on its own."""

    body: tuple[tuple[float, str], ...]
    examples: tuple[str, ...]


def terms(text: str) -> tuple[list[str], list[str]]:
    """(content words, all terms) of a normalised text; each kind of term carries a mark of its own."""
    analysis = analyse(text)
    bigrams = ngrams(text, 2, p.BIGRAM_MARK)
    readings = ngrams(analysis.reading, 3, p.READING_MARK)
    return analysis.words, [*analysis.words, *bigrams, *readings]


def _weight(term: str) -> float:
    return p.BIGRAM_WEIGHT if term[0] == p.BIGRAM_MARK else p.READING_WEIGHT if term[0] == p.READING_MARK else 1.0


class Index:
    """Immutable once built; any number of threads may call `score` at once."""

    def __init__(self, items: Sequence[Item]) -> None:
        counts: list[Counter[str]] = []
        owners: list[int] = []
        bodies: list[bool] = []
        for number, item in enumerate(items):
            body: Counter[str] = Counter()
            asked = [Counter(terms(normalise(text))[1]) for text in item.examples]
            for weight, text in item.body:
                for term in terms(normalise(text))[1]:
                    body[term] += weight  # type: ignore[assignment]
            for count in asked:
                for term, tf in count.items():
                    body[term] += p.EXAMPLES_WEIGHT * tf  # type: ignore[assignment]
            counts += [body, *asked]
            owners += [number] * (1 + len(asked))
            bodies += [True] + [False] * len(asked)
        self.items = len(items)
        self._owners = np.array(owners, dtype=np.intp)
        containing: Counter[str] = Counter(t for count in counts for t in count)
        self._vocabulary = {term: row for row, term in enumerate(containing)}
        self._idf = np.array([_weight(t) * inverse_document_frequency(len(counts), n) for t, n in containing.items()])
        self._words = [t for t in containing if t[0] not in (p.BIGRAM_MARK, p.READING_MARK) and len(t) > 1]
        lengths = np.array([sum(c.values()) for c in counts], dtype=float)
        whole = np.array(bodies, dtype=bool)
        average = {True: float(lengths[whole].mean() or 1), False: float(lengths[~whole].mean() or 1)} if items else {}
        rows, columns, values = [], [], []
        for column, (count, length, is_body) in enumerate(zip(counts, lengths.tolist(), bodies, strict=True)):
            b, k1 = (p.BODY_B, p.BODY_K1) if is_body else (p.B, p.K1)
            for term, tf in count.items():
                row = self._vocabulary[term]
                rows.append(row)
                columns.append(column)
                frequency = field_frequency(tf, length, average[is_body], b)
                values.append(self._idf[row] * saturation(frequency, k1))
        matrix = csr_array((values, (rows, columns)), shape=(len(containing), len(counts)))
        self._start, self._column, self._value = matrix.indptr, matrix.indices, matrix.data
        self._first = np.flatnonzero(np.diff(self._owners, prepend=-1))
        self._crowd = np.maximum(1.0, np.bincount(self._owners) - 1.0) ** p.CROWD_EVENNESS

    def _corrected(self, words: Iterable[str]) -> list[str]:
        """Terms of the nearest known words for words that no text here has (typing and conversion errors)."""
        found: list[str] = []
        for word in list(words)[: p.MOST_CORRECTIONS]:
            best = process.extractOne(
                word, self._words, scorer=OSA.normalized_similarity, score_cutoff=p.CORRECTION_CUTOFF
            )
            if best:
                found.append(best[0])
        return found

    def score(self, question: str) -> Scores:
        """One score an item, 0 to 1, for a normalised question; all zero where it shares no term."""
        words, all_terms = terms(question)
        known = self._vocabulary
        unknown = [w for w in words if w not in known and len(w) >= p.SHORTEST_CORRECTED]
        if unknown:
            all_terms += self._corrected(unknown)
        rows = np.array(list({known[t] for t in all_terms if t in known}), dtype=np.intp)
        if not rows.size or not self.items:
            return np.zeros(self.items)
        start = self._start[rows]
        length = self._start[rows + 1] - start
        ends = np.cumsum(length)
        place = np.arange(ends[-1]) + np.repeat(start - (ends - length), length)
        totals = np.bincount(self._column[place], self._value[place], minlength=len(self._owners))
        body = totals[self._first]
        totals[self._first] = 0
        best = np.maximum.reduceat(totals, self._first)
        crowd = np.sqrt(np.add.reduceat(totals * totals, self._first) / self._crowd)
        strange = len(all_terms) - len(rows)
        most = float(self._idf[rows].sum()) * p.MOST + p.STRANGE_COST * strange
        scores: Scores = np.minimum(1.0, (p.BODY_SHARE * body + p.BEST_SHARE * best + p.CROWD_SHARE * crowd) / most)
        return scores
