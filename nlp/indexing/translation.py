"""Which words of a question go with which words of an entry, learned from the entries' own questions and texts.

IBM Model 1 (Brown et al. 1993, "The Mathematics of Statistical Machine Translation", section 4), as used for finding
answers by Xue, Jeon & Croft 2008, "Retrieval Models for Question and Answer Archives".
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp import parameters as p

Words = NDArray[np.int64]


def learn_translation(pairs: Sequence[tuple[Words, Words]], size: int) -> Any:
    """t(target | source) as a sparse size x size matrix, rows summing to at most 1.

    `pairs`: (source words, target words) as numbers below `size`. Only the likeliest translations of a word are kept.
    """
    from scipy.sparse import csr_array

    kept = [(s[: p.LONGEST_TRANSLATION_SIDE], t[: p.LONGEST_TRANSLATION_SIDE]) for s, t in pairs]
    kept = [(np.unique(s), t) for s, t in kept if len(s) and len(t)]
    if not kept:
        return csr_array((size, size))
    pairs_of_words = np.concatenate([np.add.outer(s * size, t).ravel() for s, t in kept])
    offsets = np.cumsum([0, *(len(t) for _, t in kept)])
    place = np.concatenate(
        [np.tile(np.arange(o, o + len(t), dtype=np.int32), len(s)) for (s, t), o in zip(kept, offsets, strict=False)]
    )
    keys, entry = np.unique(pairs_of_words, return_inverse=True)
    del pairs_of_words
    entry = entry.astype(np.int32)
    source = keys // size
    chance = np.ones(len(keys))
    for _ in range(p.TRANSLATION_ROUNDS):
        each = chance[entry]
        each /= np.bincount(place, each)[place]
        expected = np.bincount(entry, each, len(keys))
        chance = expected / np.bincount(source, expected, size)[source]
    order = np.lexsort((-chance, source))
    rank = np.arange(len(order)) - np.searchsorted(source[order], source[order])
    best = order[(rank < p.TRANSLATIONS_KEPT) & (chance[order] > p.LEAST_TRANSLATION)]
    return csr_array((chance[best], (source[best], keys[best] % size)), shape=(size, size))
