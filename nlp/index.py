"""The index: texts of many items in, one score an item out.

An item's fields and example questions together are one document of weighted terms: content words, character bigrams
and reading trigrams (BM25F). A question scores every item by BM25 over the terms they share, as a share of what the
question could have scored.
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
    """`body`: (weight, text) of each field; `examples`: questions that mean the item."""

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
        documents: list[dict[str, float]] = []
        containing: Counter[str] = Counter()
        for item in items:
            fields = [*item.body, *((p.EXAMPLES_WEIGHT, text) for text in item.examples)]
            document: dict[str, float] = {}
            for weight, text in fields:
                counts = Counter(terms(normalise(text))[1])
                containing.update(counts.keys())
                for term, count in counts.items():
                    document[term] = document.get(term, 0.0) + weight * count
            documents.append(document)
        texts = sum(len(item.body) + len(item.examples) for item in items)
        self.items = len(items)
        self._vocabulary = {term: row for row, term in enumerate(containing)}
        self._idf = np.array([_weight(t) * inverse_document_frequency(texts, n) for t, n in containing.items()])
        self._words = [t for t in containing if t[0] not in (p.BIGRAM_MARK, p.READING_MARK) and len(t) > 1]
        lengths = [sum(document.values()) for document in documents]
        average = sum(lengths) / max(1, len(lengths))
        rows, columns, values = [], [], []
        for column, (document, length) in enumerate(zip(documents, lengths, strict=True)):
            for term, frequency in document.items():
                row = self._vocabulary[term]
                rows.append(row)
                columns.append(column)
                values.append(self._idf[row] * saturation(field_frequency(frequency, length, average, p.B), p.K1))
        matrix = csr_array((values, (rows, columns)), shape=(len(containing), len(documents)))
        self._start, self._column, self._value = matrix.indptr, matrix.indices, matrix.data

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
        totals = np.bincount(self._column[place], self._value[place], minlength=self.items)
        most = float(self._idf[rows].sum()) + p.STRANGE_COST * (len(all_terms) - len(rows))
        scores: Scores = np.minimum(1.0, totals / most)
        return scores
