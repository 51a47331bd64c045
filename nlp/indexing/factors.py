"""Latent factors of items and words (LSA, Deerwester et al. 1990), which words are used alike by them, and the factors
beside the shipped vectors of words."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp import parameters as p
from nlp.indexing.grouped import highest_of_each

_OVERSAMPLED, _ROUNDS = 40, 3  # of the subspace iteration; more changed no figure
_ROWS_AT_ONCE = 300  # bounds the memory of comparing items or words
_NOTHING = 1e-12
Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Latent:
    """`words` W x K, `strength` K, `items` N x K: what the words of each add up to."""

    words: Numbers
    strength: Numbers
    items: Numbers


def unit_length(rows: Numbers) -> Numbers:
    """The rows, brought to length 1 in place; rows of nothing stay so."""
    rows /= np.maximum(np.sqrt(np.einsum("rk,rk->r", rows, rows)), _NOTHING)[:, None]
    return rows


def learn_factors(unit: Any) -> Latent:
    """The factors of tf-idf rows (sparse, items x words); none where there is too little to learn them from.

    Learned from at most LATENT_SAMPLE items, evenly spread; the others are placed among the factors by their words.
    """
    items, words = unit.shape
    wanted = min(p.LATENT_FACTORS, items // 2, words // 2)
    if items < p.LEAST_ITEMS_FOR_FACTORS or wanted < 1:
        return Latent(np.zeros((words, 0), np.float32), np.zeros(0, np.float32), np.zeros((items, 0), np.float32))
    step = -(-items // p.LATENT_SAMPLE)
    sample = unit[::step]
    turned = sample.T.tocsr()
    left, strength = _leading_vectors(sample, turned, wanted)
    factors: Numbers = (turned @ left) / strength
    return Latent(factors, strength, unit @ factors)


def beside_vectors(latent: Latent, unit: Any, vectors: Numbers) -> tuple[Numbers, Numbers]:
    """(words W x (K + D), items N x (K + D) of length 1) of the latent factors with the vectors of words (W x D) beside
    them, each half of an item. `unit`: tf-idf rows, items x words.

    Words count alike on both sides: what an item's words add up to is as long, on average, by factors as by vectors.
    """
    added = unit @ vectors
    by_factors, by_vectors = (np.linalg.norm(side, axis=1).mean() for side in (latent.items, added))
    vectors = vectors * np.float32(by_factors / max(by_vectors, _NOTHING))
    items = np.hstack((unit_length(latent.items), unit_length(added)))
    items *= np.float32(np.sqrt(0.5))
    return np.hstack((latent.words, vectors)), items


def _leading_vectors(rows: Any, turned: Any, wanted: int) -> tuple[Numbers, Numbers]:
    """(left singular vectors N x K, singular values K, falling) of a sparse matrix N x W, `turned` W x N.

    Subspace iteration from random vectors (Halko, Martinsson & Tropp 2011, section 4.5), kept orthogonal by products of
    matrices alone: LAPACK's QR took a hundred times as long on busy cores.
    """
    size = min(wanted + _OVERSAMPLED, rows.shape[0])
    basis = np.random.default_rng(0).standard_normal((rows.shape[0], size), np.float32)
    for _ in range(_ROUNDS):
        basis = _conditioned(rows @ (turned @ basis))
    basis = _orthogonal(rows @ (turned @ basis))
    values, vectors = np.linalg.eigh(basis.T @ (rows @ (turned @ basis)))
    kept = np.flatnonzero(values > values[-1] * 1e-6)[::-1][:wanted]
    return basis @ vectors[:, kept], np.sqrt(values[kept])


def _conditioned(columns: Numbers) -> Numbers:
    """Columns of about the same span that depend on each other little: between rounds that is enough."""
    products = columns.T.astype(np.float64) @ columns
    products.flat[:: len(products) + 1] += np.trace(products) * 1e-9
    narrow: Numbers = columns @ np.linalg.inv(np.linalg.cholesky(products)).T.astype(np.float32)
    return narrow


def _orthogonal(columns: Numbers) -> Numbers:
    """An orthonormal basis of what the columns span; fewer columns where they depend on each other."""
    values, vectors = np.linalg.eigh(columns.T.astype(np.float64) @ columns)
    kept = values > values[-1] * 1e-12
    basis: Numbers = columns @ (vectors[:, kept] / np.sqrt(values[kept])).astype(np.float32)
    return basis


def find_neighbours(latent: Latent, containing: NDArray[np.float64]) -> Any:
    """How alike two words are used, words x words: 1 for a word and itself, 0 beyond each word's nearest few."""
    from scipy.sparse import csr_array

    common = np.flatnonzero(containing >= p.LEAST_TEXTS_OF_NEIGHBOUR) if latent.strength.size else np.zeros(0, np.intp)
    unit = unit_length(latent.words[common] * latent.strength)
    least = p.LEAST_LIKENESS + p.LEAST_STANDING_IN * (1 - p.LEAST_LIKENESS)
    ones, others, values = [np.zeros(0, np.intp)], [np.zeros(0, np.intp)], [np.zeros(0, np.float32)]
    for start in range(0, len(common), _ROWS_AT_ONCE):
        alike = unit[start : start + _ROWS_AT_ONCE] @ unit[start:].T
        one, other = np.divmod(np.flatnonzero(alike > least), alike.shape[1])
        pairs = one < other  # each pair once, and no word with itself
        ones.append(common[start + one[pairs]])
        others.append(common[start + other[pairs]])
        values.append(alike[one[pairs], other[pairs]])
    word, neighbour = np.concatenate((*ones, *others)), np.concatenate((*others, *ones))
    value = np.concatenate((*values, *values))
    near = highest_of_each(word, value, p.NEIGHBOURS)
    itself = np.arange(len(latent.words))
    likeness = np.concatenate((np.ones(len(itself)), (value[near] - p.LEAST_LIKENESS) / (1 - p.LEAST_LIKENESS)))
    places = np.concatenate((itself, word[near])), np.concatenate((itself, neighbour[near]))
    return csr_array((likeness.astype(np.float32), places), shape=(len(itself), len(itself)))
