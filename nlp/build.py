"""From texts to the arrays of an index: what every term is worth to every item, feature by feature."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp import parameters as p
from nlp.bm25 import field_frequency, inverse_document_frequency, saturation
from nlp.factors import find_neighbours, learn_factors
from nlp.forward import Forward, Progress
from nlp.terms import BIGRAM, READING, SYNONYM, WORD, kind_of
from nlp.translation import learn_translation

# The features of a pair of question and item; the last two come from latent factors, the others from postings.
FEATURES = (
    "words", "likest", "word_cosine", "translated", "bigrams", "bigram_cosine", "readings", "synonyms", "latent",
    "feedback",
)  # fmt: skip
POSTED = len(FEATURES) - 2
_ITEMS_AT_ONCE = 2_000  # bounds the memory of building


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to be found. `questions` and `body`: (weight, text) of its fields, those that ask and those that
    tell."""

    questions: tuple[tuple[float, str], ...]
    body: tuple[tuple[float, str], ...]

    @property
    def texts(self) -> list[str]:
        return [text for _, text in (*self.questions, *self.body) if text]


@dataclass(frozen=True, slots=True)
class Arrays:
    """An index as plain arrays, V terms, N items, P postings, W words, K factors.

    `start` (V+1) and `column`, `value` (P): the postings of each term; a column is feature * N + item. `idf` (V).
    `word_row` (V): row of a word in `word_factors` (W x K), -1 for other terms. `item_factors` (N x K).
    """

    start: NDArray[np.int64]
    column: NDArray[np.int32]
    value: NDArray[np.float32]
    idf: NDArray[np.float32]
    word_row: NDArray[np.int32]
    word_factors: NDArray[np.float32]
    item_factors: NDArray[np.float32]


def _sides(items: Sequence[Item], forward: Forward, progress: Progress | None) -> tuple[Any, Any, NDArray[np.float64]]:
    """(weighted counts of the question side, of the body side: sparse N x V; texts that hold each term: V)."""
    from scipy.sparse import csr_array

    numbers: list[list[NDArray[np.int32]]] = [[], []]
    rows: list[list[NDArray[np.intp]]] = [[], []]
    weights: list[list[NDArray[np.float64]]] = [[], []]
    distinct: list[NDArray[np.int32]] = []
    for row, item in enumerate(items):
        for side, fields in enumerate((item.questions, item.body)):
            for weight, text in fields:
                if not text:
                    continue
                terms = forward.add(text)
                numbers[side].append(terms)
                rows[side].append(np.full(len(terms), row))
                weights[side].append(np.full(len(terms), weight))
                distinct.append(np.unique(terms))
        if progress:
            progress(row + 1, len(items))
    shape = (len(items), len(forward.terms))

    def counts(side: int) -> Any:
        if not numbers[side]:
            return csr_array(shape)
        data, row, column = (np.concatenate(part[side]) for part in (weights, rows, numbers))
        return csr_array((data, (row, column)), shape=shape)

    containing = np.bincount(np.concatenate(distinct), minlength=shape[1]) if distinct else np.zeros(shape[1])
    return counts(0), counts(1), containing.astype(np.float64)


def _rows(matrix: Any) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """(item, term, value) of the entries of a sparse matrix."""
    coordinates = matrix.tocoo()
    return coordinates.coords[0], coordinates.coords[1], coordinates.data


def _levelled(matrix: Any, b: float) -> Any:
    """Counts less the advantage of long items."""
    from scipy.sparse import csr_array

    item, term, count = _rows(matrix)
    length = np.asarray(matrix.sum(axis=1)).ravel()
    average = float(length.mean()) if length.any() else 1.0
    return csr_array((field_frequency(count, length[item], average, b), (item, term)), shape=matrix.shape)


def _bm25(questions: Any, body: Any, idf: NDArray[np.float64]) -> Any:
    """BM25F over the two sides."""
    from scipy.sparse import csr_array

    item, term, frequency = _rows(_levelled(questions, p.B_QUESTION) + _levelled(body, p.B_BODY))
    return csr_array((saturation(frequency, p.K1) * idf[term], (item, term)), shape=questions.shape)


def _unit_rows(matrix: Any, idf: NDArray[np.float64]) -> Any:
    """tf-idf rows of length 1, with ln(1 + count) for the count."""
    from scipy.sparse import csr_array

    item, term, count = _rows(matrix)
    data = np.log1p(count) * idf[term]
    norm = np.sqrt(np.bincount(item, data**2, matrix.shape[0]))
    return csr_array((data / np.maximum(norm[item], 1e-12), (item, term)), shape=matrix.shape)


def _shares(matrix: Any) -> Any:
    """Rows that sum to 1."""
    from scipy.sparse import csr_array

    item, term, count = _rows(matrix)
    total = np.bincount(item, count, matrix.shape[0])
    return csr_array((count / total[item], (item, term)), shape=matrix.shape)


def _translated(questions: Any, body: Any) -> Any:
    """A translation language model's ln(1 + s / (1 - s) * P(word | item) / P(word)), where it is worth indexing."""
    from scipy.sparse import csr_array

    size = questions.shape[1]
    asked, told = questions.tocsr(), body.tocsr()

    def words(matrix: Any, row: int) -> NDArray[np.int64]:
        return np.asarray(matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]], dtype=np.int64)

    pairs = [(words(told, row), words(asked, row)) for row in range(questions.shape[0])]
    from_body = learn_translation(pairs, size)
    from_questions = learn_translation([(b, a) for a, b in pairs], size)
    both = questions + body
    chance = p.OWN_SHARE * _shares(both)
    chance = chance + p.BODY_SHARE * (_shares(body) @ from_body)
    chance = chance + p.QUESTION_SHARE * (_shares(questions) @ from_questions)
    collection = np.asarray(both.sum(axis=0)).ravel()
    collection = np.maximum(collection / max(collection.sum(), 1e-12), 1e-9)
    item, term, share = _rows(chance)
    worth = np.log1p(p.ITEM_SHARE / (1 - p.ITEM_SHARE) * share / collection[term])
    keep = worth >= p.LEAST_EXPANSION
    return csr_array((worth[keep], (item[keep], term[keep])), shape=questions.shape)


def _likest(body: Any, neighbours: Any, idf: NDArray[np.float64]) -> Any:
    """What the body of each item says of each word: idf * likeness of the word there that is most alike."""
    from scipy.sparse import csr_array, vstack

    by_neighbour = neighbours.tocsc()
    size = body.shape[1]
    parts = []
    for start in range(0, body.shape[0], _ITEMS_AT_ONCE):
        item, word, _ = _rows(body[start : start + _ITEMS_AT_ONCE])
        first, length = by_neighbour.indptr[word], np.diff(by_neighbour.indptr)[word]
        ends = np.cumsum(length)
        place = np.arange(ends[-1] if len(ends) else 0) + np.repeat(first - (ends - length), length)
        pair = np.repeat(item, length) * size + by_neighbour.indices[place]
        value = by_neighbour.data[place]
        order = np.lexsort((-value, pair))
        pairs, best = np.unique(pair[order], return_index=True)
        shape = (min(_ITEMS_AT_ONCE, body.shape[0] - start), size)
        parts.append(csr_array((value[order][best] * idf[pairs % size], (pairs // size, pairs % size)), shape=shape))
    return vstack(parts) if parts else csr_array(body.shape)


def build_arrays(items: Sequence[Item], forward: Forward, progress: Progress | None = None) -> Arrays:
    """The arrays of an index over items; `forward` is extended by the texts that it does not have."""
    from scipy.sparse import csr_array, vstack

    questions, body, containing = _sides(items, forward, progress)
    kinds = np.array([kind_of(term) for term in forward.terms], dtype=np.int8)
    texts = sum(len(item.texts) for item in items)
    idf = np.asarray(inverse_document_frequency(float(texts), containing), dtype=np.float64)

    def of(matrix: Any, kind: int) -> Any:
        item, term, value = _rows(matrix)
        keep = kinds[term] == kind
        return csr_array((value[keep], (item[keep], term[keep])), shape=matrix.shape)

    asked, told = of(questions, WORD), of(body, WORD)
    asked_bigrams = of(questions, BIGRAM)
    words = np.flatnonzero(kinds == WORD)
    latent = learn_factors(_unit_rows(asked + told, idf)[:, words])
    likest = _likest(told[:, words], find_neighbours(latent, containing[words]), idf[words]).tocoo()
    diagonal = csr_array((idf, (np.arange(len(idf)), np.arange(len(idf)))), shape=(len(idf), len(idf)))
    features = [
        _bm25(asked, told, idf),
        csr_array((likest.data, (likest.coords[0], words[likest.coords[1]])), shape=asked.shape),
        _unit_rows(asked, idf) @ diagonal,
        _translated(asked, told),
        _bm25(asked_bigrams, of(body, BIGRAM), idf),
        _unit_rows(asked_bigrams, idf) @ diagonal,
        _bm25(of(questions, READING), of(body, READING), idf),
        _bm25(of(questions, SYNONYM), of(body, SYNONYM), idf),
    ]
    by_term = vstack(features).tocsc()
    word_row = np.full(len(kinds), -1, np.int32)
    word_row[words] = np.arange(len(words))
    return Arrays(
        by_term.indptr.astype(np.int64), by_term.indices.astype(np.int32), by_term.data.astype(np.float32),
        idf.astype(np.float32), word_row,
        # Rows side by side in memory: a question takes a few rows of many.
        np.array(latent.words * idf[words, None], np.float32, order="C"),
        latent.items,
    )  # fmt: skip
