"""From texts to the arrays of an index: what every term is worth to every item, feature by feature."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp import parameters as p
from nlp.indexing.bm25 import inverse_document_frequency
from nlp.indexing.features import Floats, key_features, word_features
from nlp.indexing.forward import KEY_KINDS, Forward, Table, text_key
from nlp.indexing.grouped import ranges
from nlp.terms import BIGRAM, READING, SYNONYM

# The features of a pair of question and item; the last two come from latent factors, the others from postings.
FEATURES = (
    "words", "likest", "word_cosine", "translated", "bigrams", "bigram_cosine", "readings", "synonyms", "latent",
    "feedback",
)  # fmt: skip
POSTED = len(FEATURES) - 2
_FIRST = {BIGRAM: FEATURES.index("bigrams"), READING: FEATURES.index("readings"), SYNONYM: FEATURES.index("synonyms")}
# Postings hold each feature's value times this: about what it counts in the end, so that they can be added up at once.
PRESCALE = np.array([p.FEATURE_WEIGHTS[name] / p.TYPICAL_BEST[name] for name in FEATURES[:POSTED]])
_TEXTS_AT_ONCE = 5_000  # bounds the memory of counting


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to be found. `questions` and `body`: (weight, text) of its fields, those that ask and those that
    tell; `examples`: those of the questions whose place among the latent factors is its own, too."""

    questions: tuple[tuple[float, str], ...]
    body: tuple[tuple[float, str], ...]
    examples: tuple[str, ...] = ()

    @property
    def texts(self) -> list[str]:
        return [text for _, text in (*self.questions, *self.body) if text]


@dataclass(frozen=True, slots=True)
class Arrays:
    """An index as plain arrays, V terms, N items, P postings, W words, K factors.

    `start` (V+1) and `column`, `value` (P): the postings of each term, first those of keys, then those of words, as in
    a vocabulary; a column is feature * stride + item, where the stride is the power of two that `stride_of` gives.
    `idf` (V). `word_factors` (W x K); `item_factors` (N x K), of length 1, or more where there are examples; the
    last of the K are the word vectors'.
    """

    start: NDArray[np.int64]
    column: NDArray[np.int32]
    value: Floats
    idf: Floats
    word_factors: Floats
    item_factors: Floats


def stride_of(items: int) -> int:
    """The least power of two that is not below a number of items: columns are taken apart by bits."""
    return 1 << max(0, items - 1).bit_length()


def _weights(fields: Sequence[Sequence[tuple[float, str]]], forward: Forward) -> Any:
    """What each text counts in each item, sparse N x T."""
    from scipy.sparse import csr_array

    triples = [
        (row, forward.texts[text_key(text)], weight) for row, item in enumerate(fields) for weight, text in item if text
    ]
    row, text, weight = (np.array(part) for part in zip(*triples, strict=True)) if triples else ([], [], [])
    return csr_array(
        (np.asarray(weight, np.float32), (np.asarray(row, np.int32), np.asarray(text, np.int32))),
        shape=(len(fields), len(forward.texts)),
    )


def _postings(features: list[Any], first: int, stride: int) -> tuple[NDArray[np.int64], NDArray[np.int32], Floats]:
    """(how many postings each term has, their columns, their values: term by term) of sparse features, items x terms,
    the first of which is number `first`. The features are used up, so that they are not in memory twice."""
    lengths = np.sum([np.bincount(feature.indices, minlength=feature.shape[1]) for feature in features], axis=0)
    free = np.cumsum(lengths) - lengths  # where each term's next posting goes
    column, value = np.empty(lengths.sum(), np.int32), np.empty(lengths.sum(), np.float32)
    for number in range(first, first + len(features)):
        by_term = features.pop(0).tocsc()
        length = np.diff(by_term.indptr)
        place = ranges(free, length)
        column[place] = by_term.indices + number * stride
        value[place] = by_term.data * np.float32(PRESCALE[number])
        free += length
    return lengths, column, value


def _rarity(table: Table, size: int, uses: NDArray[np.int64]) -> tuple[Floats, NDArray[np.float64]]:
    """(idf of each term, how many texts hold it), each text counted as often as it stands in items."""
    containing = np.zeros(size)
    for start in range(0, len(uses), _TEXTS_AT_ONCE):
        ends = table.ends[start : start + _TEXTS_AT_ONCE + 1]
        times = np.repeat(uses[start : start + _TEXTS_AT_ONCE], np.diff(ends))
        containing += np.bincount(table.term[ends[0] : ends[-1]], times, size)
    return np.asarray(inverse_document_frequency(float(uses.sum()), containing), np.float32), containing


def build_arrays(items: Sequence[Item], forward: Forward) -> Arrays:
    """The arrays of an index over items, all of whose texts are in `forward`, whose tables are used up."""
    asking, telling = (_weights([getattr(item, side) for item in items], forward) for side in ("questions", "body"))
    examples = _weights([[(1 / len(item.examples), text) for text in item.examples] for item in items], forward)
    uses = np.bincount(np.concatenate((asking.indices, telling.indices)), minlength=len(forward.texts))
    stride = stride_of(len(items))
    parts, rarities = [], []
    for kind, start, end in zip(KEY_KINDS, forward.firsts, forward.firsts[1:], strict=False):
        table = forward.tables.pop(0)
        idf, _ = _rarity(table, end - start, uses)
        counts = table.matrix(end - start)
        del table
        asked, told = asking @ counts, telling @ counts
        del counts
        features = key_features(asked, told, idf, kind)
        del asked, told
        parts.append(_postings(features, _FIRST[kind], stride))
        rarities.append(idf)
    table = forward.tables.pop(0)
    idf, containing = _rarity(table, len(forward.vocabulary.words), uses)
    counts = table.matrix(len(idf))
    words = forward.vocabulary.words
    features, word_factors, item_factors = word_features(
        asking @ counts, telling @ counts, (examples, counts), idf, containing, words
    )
    parts.append(_postings(features, 0, stride))
    ends = np.concatenate([np.zeros(1, np.int64), *(lengths for lengths, _, _ in parts)]).cumsum()
    values = [value for _, _, value in parts]
    column = np.concatenate([column for _, column, _ in parts])
    parts.clear()
    return Arrays(
        ends, column, np.concatenate(values),
        np.concatenate((*rarities, idf)), word_factors * idf[:, None], item_factors,
    )  # fmt: skip
