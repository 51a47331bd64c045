"""Which words of a question go with which words of an entry, learned from the entries' own questions and texts.

IBM Model 1 (Brown et al. 1993, "The Mathematics of Statistical Machine Translation", section 4), as used for finding
answers by Xue, Jeon & Croft 2008, "Retrieval Models for Question and Answer Archives".
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp import parameters as p
from nlp.indexing.grouped import highest_of_each, ranges, runs

Numbers = NDArray[np.integer[Any]]


def learn_translations(asked: Any, told: Any) -> tuple[Any, Any]:
    """(t(asked word | told word), t(told word | asked word)) as sparse matrices, words x words, from the words of items
    on two sides, sparse, items x words. Rows sum to at most 1: only the likeliest translations of a word are kept."""
    size = asked.shape[1]
    (asked_row, asked_word), (told_row, told_word) = _first_words(asked), _first_words(told)
    # Each word that an item tells beside each that it asks, pairs of the same two words one after the other.
    length = np.bincount(asked_row, minlength=asked.shape[0])[told_row]
    told_at = np.repeat(np.arange(len(told_row)), length)
    asked_at = ranges(np.searchsorted(asked_row, told_row), length)
    pair = told_word[told_at] * size + asked_word[asked_at]
    order = pair.argsort()
    begin, entry = runs(pair[order])
    told_word, asked_word = np.divmod(pair[order[begin]], size)
    told_at, asked_at = told_at[order], asked_at[order]
    del pair, order  # as long as all pairs
    return _learn(told_word, asked_word, entry, asked_at, size), _learn(asked_word, told_word, entry, told_at, size)


def _first_words(side: Any) -> tuple[Numbers, Numbers]:
    """(item, word) of the first words of each item."""
    length = np.minimum(np.diff(side.indptr), p.LONGEST_TRANSLATION_SIDE)
    return np.repeat(np.arange(len(length)), length), side.indices[ranges(side.indptr[:-1], length)].astype(np.int64)


def _learn(source: Numbers, target: Numbers, entry: Numbers, place: Numbers, size: int) -> Any:
    """t(target | source) of pairs of words; of each time that a pair stands together, `entry` is the pair's number and
    `place` that of the target among all words that stand in items."""
    from scipy.sparse import csr_array

    chance = np.ones(len(source))
    for _ in range(p.TRANSLATION_ROUNDS):
        chance *= np.bincount(entry, 1 / np.bincount(place, chance[entry])[place])
        chance /= np.bincount(source, chance)[source]
    likely = np.flatnonzero(chance > p.LEAST_TRANSLATION)
    best = likely[highest_of_each(source[likely], chance[likely], p.TRANSLATIONS_KEPT)]
    return csr_array((chance[best], (source[best], target[best])), shape=(size, size))
