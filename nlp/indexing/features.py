"""What words and keys say of items, feature by feature: sparse matrices, items x terms."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp import parameters as p
from nlp.indexing.bm25 import field_frequency, saturation
from nlp.indexing.factors import Latent, beside_vectors, find_neighbours, learn_factors, unit_length
from nlp.indexing.grouped import ranges, runs
from nlp.indexing.translation import learn_translations
from nlp.terms import BIGRAM
from nlp.vectors import vector_rows

_ITEMS_AT_ONCE, _VALUES_AT_ONCE = 500, 1_000_000  # bound the memory of building
Floats = NDArray[np.float32]


def _rows_of(matrix: Any) -> NDArray[np.int32]:
    """The row of each entry of a sparse matrix."""
    return np.repeat(np.arange(matrix.shape[0], dtype=np.int32), np.diff(matrix.indptr))


def _with(matrix: Any, data: Any) -> Any:
    """A sparse matrix with the same places and other values."""
    from scipy.sparse import csr_array

    return csr_array((np.asarray(data, np.float32), matrix.indices, matrix.indptr), shape=matrix.shape)


def _times(matrix: Any, idf: Floats) -> Any:
    """Each value times its term's rarity."""
    return _with(matrix, matrix.data * idf[matrix.indices])


def _level(matrix: Any, b: float) -> None:
    """Takes from counts the advantage of long items, in place."""
    length = np.asarray(matrix.sum(axis=1), np.float32).ravel()
    average = float(length.mean()) if length.any() else 1.0
    # What a count of 1 is worth in each item: the formula is linear in the count.
    matrix.data *= field_frequency(1.0, length, average, b).astype(np.float32)[_rows_of(matrix)]


def _bm25(questions: Any, body: Any, idf: Floats) -> Any:
    """BM25F over the two sides, whose counts are used up."""
    _level(questions, p.B_QUESTION)
    _level(body, p.B_BODY)
    both = questions + body
    for start in range(0, both.nnz, _VALUES_AT_ONCE):
        place = slice(start, start + _VALUES_AT_ONCE)
        both.data[place] = saturation(both.data[place], p.K1) * idf[both.indices[place]]
    return both


def _unit_rows(matrix: Any, idf: Floats) -> Any:
    """tf-idf rows of length 1, with ln(1 + count) for the count."""
    data = np.log1p(matrix.data) * idf[matrix.indices]
    row = _rows_of(matrix)
    norm = np.sqrt(np.bincount(row, data**2, matrix.shape[0]))
    return _with(matrix, data / np.maximum(norm[row], 1e-12))


def _shares(matrix: Any) -> Any:
    """Rows that sum to 1."""
    total = np.asarray(matrix.sum(axis=1), np.float32).ravel()
    return _with(matrix, matrix.data / total[_rows_of(matrix)])


def _translated(questions: Any, body: Any) -> Any:
    """A translation language model's ln(1 + s / (1 - s) * P(word | item) / P(word)), where it is worth indexing."""
    from scipy.sparse import vstack

    items = questions.shape[0]
    step = max(1, items // p.MOST_TRANSLATION_PAIRS)
    from_body, from_questions = learn_translations(questions[::step], body[::step])
    collection = np.asarray(questions.sum(axis=0) + body.sum(axis=0)).ravel()
    collection = np.maximum(collection / max(collection.sum(), 1e-12), 1e-9).astype(np.float32)
    parts = []
    for start in range(0, items, _ITEMS_AT_ONCE):
        asked, told = questions[start : start + _ITEMS_AT_ONCE], body[start : start + _ITEMS_AT_ONCE]
        chance = p.OWN_SHARE * _shares(asked + told)
        chance = chance + p.BODY_SHARE * (_shares(told) @ from_body)
        chance = (chance + p.QUESTION_SHARE * (_shares(asked) @ from_questions)).tocsr()
        worth = np.log1p(p.ITEM_SHARE / (1 - p.ITEM_SHARE) * chance.data / collection[chance.indices])
        worth[worth < p.LEAST_EXPANSION] = 0.0
        kept = _with(chance, worth)
        kept.eliminate_zeros()
        parts.append(kept)
    return vstack(parts, format="csr")


def _likest(body: Any, neighbours: Any, idf: Floats) -> Any:
    """What the body of each item says of each word: idf * likeness of the word there that is most alike."""
    from scipy.sparse import csr_array, vstack

    by_neighbour = neighbours.tocsc()
    first, length = by_neighbour.indptr[:-1], np.diff(by_neighbour.indptr)
    parts = []
    for start in range(0, body.shape[0], _ITEMS_AT_ONCE):
        part = body[start : start + _ITEMS_AT_ONCE]
        place = ranges(first[part.indices], length[part.indices])
        row = np.repeat(_rows_of(part).astype(np.int64), length[part.indices])
        pair = row * body.shape[1] + by_neighbour.indices[place]
        order = pair.argsort()
        begin, _ = runs(pair[order])
        row, word = np.divmod(pair[order[begin]], body.shape[1])
        alike = np.maximum.reduceat(by_neighbour.data[place[order]], begin)
        parts.append(csr_array((alike * idf[word], (row, word)), shape=part.shape))
    return vstack(parts, format="csr")


def _add_examples(of_items: Floats, latent: Latent, shares: Any, said: Any, idf: Floats) -> None:
    """Adds to items' factors, in place, the middle of where their examples lie among the latent ones. `shares`: items x
    texts, what share of an item's examples each is; `said`: texts x words.

    It is added to what the item's own text gives, so that an entry is found no worse by its text for being asked
    about."""
    weight = np.float32(p.EXAMPLES_AMONG_FACTORS * np.sqrt(0.5))
    for start in range(0, len(of_items), _ITEMS_AT_ONCE):
        few = slice(start, start + _ITEMS_AT_ONCE)
        part = shares[few]
        used = np.unique(part.indices)
        if used.size:
            places = unit_length(_unit_rows(said[used], idf) @ latent.words)
            of_items[few, : places.shape[1]] += weight * (part[:, used] @ places)


def word_features(
    asked: Any, told: Any, examples: tuple[Any, Any], idf: Floats, containing: NDArray[np.float64], words: Sequence[str]
) -> tuple[list[Any], Floats, Floats]:
    """What words say of items of two sides, in the order of FEATURES; the factors of words and of items. `examples`:
    (what share of an item's examples each text is, the words of texts); `containing`: texts that hold each of the
    `words`."""
    for side in (asked, told):
        side.sort_indices()  # the first words of a long text are those that the translation learns from
    unit = _unit_rows(asked + told, idf)
    latent = learn_factors(unit)
    likest = _likest(told, find_neighbours(latent, containing), idf)
    translated = _translated(asked, told)
    cosine = _times(_unit_rows(asked, idf), idf)
    of_words, of_items = latent.words, latent.items
    if latent.strength.size:  # else there are none, and no need to read the vectors
        of_words, of_items = beside_vectors(latent, unit, vector_rows(words))
        _add_examples(of_items, latent, *examples, idf)
    return [_bm25(asked, told, idf), likest, cosine, translated], of_words, of_items


def key_features(asked: Any, told: Any, idf: Floats, kind: int) -> list[Any]:
    """What keys of one kind say of items of two sides. Those that many items have say least, and are left out."""
    cosine = [_times(_unit_rows(asked, idf), idf)] if kind == BIGRAM else []
    features = [_bm25(asked, told, idf), *cosine]
    items = asked.shape[0]
    common = np.bincount(features[0].indices, minlength=len(idf)) > p.COMMONEST_KEY * items
    if items < p.LEAST_ITEMS_FOR_FACTORS:
        common[:] = False
    for feature in features:
        feature.data[common[feature.indices]] = 0.0
        feature.eliminate_zeros()
    return features
