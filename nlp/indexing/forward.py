"""Texts as numbers: each text analysed once, kept by its hash, so that a change of one entry analyses one entry."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.ngrams import joined
from nlp.normalise import LONGEST_QUESTION, normalise
from nlp.terms import Keys, bigram_keys, codes, is_hiragana, synonym_key, trigram_keys
from nlp.tokenise import analyse

Progress = Callable[[int, int], None]
_TEXTS_AT_ONCE = 500  # bounds the memory of analysing
_GAP = "\0"  # between texts that are cut together; no normalised text has it
Ints = NDArray[np.int64]


def _pieces(text: str) -> Iterable[str]:
    """A long text in pieces that one analysis takes; each but the last ends with a sentence where one does."""
    while len(text) > LONGEST_QUESTION:
        end = max(text.rfind(mark, 0, LONGEST_QUESTION) for mark in "。\n") + 1
        end = end if end > LONGEST_QUESTION // 2 else LONGEST_QUESTION
        yield text[:end]
        text = text[end:]
    yield text


def text_key(text: str) -> bytes:
    """What a text is kept under."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:KEY_LENGTH]


KEY_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Table:
    """How often each text says each term: `ends` (T+1), and for each pair `term` and `count`, by text and term."""

    ends: Ints
    term: NDArray[np.int32]
    count: NDArray[np.uint16]

    def rows(self, wanted: Ints) -> "Table":
        """The given texts alone, in the given order."""
        length = np.diff(self.ends)[wanted]
        ends = np.concatenate(([0], np.cumsum(length)))
        place = np.arange(ends[-1]) + np.repeat(self.ends[wanted] - ends[:-1], length)
        return Table(ends, self.term[place], self.count[place])

    def matrix(self, size: int) -> Any:
        """As a sparse matrix, texts x `size` terms."""
        from scipy.sparse import csr_array

        return csr_array((self.count.astype(np.float32), self.term, self.ends), shape=(len(self.ends) - 1, size))


def _count(row: Ints, term: Ints, rows: int, size: int) -> Table:
    """The table of terms below `size` as they come, each with the number of its text."""
    pair, count = np.unique(row * size + term, return_counts=True)
    row, term = np.divmod(pair, max(size, 1))
    ends = np.concatenate(([0], np.cumsum(np.bincount(row, minlength=rows))))
    return Table(ends, term.astype(np.int32), np.minimum(count, np.iinfo(np.uint16).max).astype(np.uint16))


def _join(tables: Sequence[Table]) -> Table:
    """Tables one below the other."""
    offsets = np.cumsum([0, *(table.ends[-1] for table in tables)])
    ends = [table.ends[1:] + offset for table, offset in zip(tables, offsets, strict=False)]
    return Table(
        np.concatenate([np.zeros(1, np.int64), *ends]),
        np.concatenate([np.zeros(0, np.int32), *(table.term for table in tables)]),
        np.concatenate([np.zeros(0, np.uint16), *(table.count for table in tables)]),
    )


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The terms of an index by their numbers: first `keys` (nlp/terms.py), in rising order, then `words`, whose
    `readings` are beside them."""

    keys: Keys
    words: list[str]
    readings: list[str]


@dataclass(frozen=True, slots=True)
class Forward:
    """`texts`: key of a text → its row in the tables of the keys (`spelled`) and words (`said`) of the vocabulary."""

    vocabulary: Vocabulary
    texts: dict[bytes, int]
    spelled: Table
    said: Table


class _Analysing:
    """Collects the tables of texts, each with keys of its own, until all are known."""

    def __init__(self) -> None:
        self.numbers: defaultdict[str, int] = defaultdict()
        self.numbers.default_factory = self.numbers.__len__
        self.readings: dict[str, str] = {}
        self.keys: list[Keys] = []
        self.spelled: list[Table] = []
        self.said: list[Table] = []

    def carry_over(self, before: Forward, rows: Ints) -> None:
        """Takes texts that were analysed before."""
        spelled, said = before.spelled.rows(rows), before.said.rows(rows)
        used, numbers = np.unique(spelled.term, return_inverse=True)
        self.keys.append(before.vocabulary.keys[used])
        self.spelled.append(Table(spelled.ends, numbers.astype(np.int32), spelled.count))
        used, numbers = np.unique(said.term, return_inverse=True)
        own = np.zeros(len(used), np.int64)
        for n, word in enumerate(used.tolist()):
            own[n] = self.numbers[before.vocabulary.words[word]]
            self.readings[before.vocabulary.words[word]] = before.vocabulary.readings[word]
        rows = np.repeat(np.arange(len(rows)), np.diff(said.ends))
        order = np.lexsort((own[numbers], rows))
        self.said.append(Table(said.ends, own[numbers][order].astype(np.int32), said.count[order]))

    def add(self, texts: Sequence[str]) -> None:
        """Analyses texts."""
        plain, read, piece_row = [], [], []
        words: list[int] = []
        word_ends = [0]
        groups: list[int] = []
        group_row: list[int] = []
        for row, text in enumerate(texts):
            for piece in _pieces(text):
                letters = normalise(piece)
                found = analyse(letters)
                plain.append(letters)
                read.append(found.reading)
                piece_row.append(row)
                words += map(self.numbers.__getitem__, found.words)
                self.readings.update(zip(found.words, found.word_readings, strict=True))
                groups += found.synonym_groups
                group_row += [row] * len(found.synonym_groups)
            word_ends.append(len(words))
        row_of = np.array(piece_row, np.int64)
        letters_of, sounds = (codes(joined(_GAP.join(part))) for part in (plain, read))
        kana = is_hiragana(letters_of)
        # Bigrams of hiragana alone are left out: they are endings and particles, the same in every question; what a
        # kana question says is in its reading trigrams.
        pairs = (letters_of[:-1] != 0) & (letters_of[1:] != 0) & ~(kana[:-1] & kana[1:])
        threes = (sounds[:-2] != 0) & (sounds[1:-1] != 0) & (sounds[2:] != 0)
        keys = np.concatenate(
            (synonym_key(np.array(groups, np.int64)), bigram_keys(letters_of)[pairs], trigram_keys(sounds)[threes])
        )
        rows = np.concatenate(
            (
                np.array(group_row, np.int64),
                row_of[np.cumsum(letters_of == 0)][:-1][pairs],
                row_of[np.cumsum(sounds == 0)][:-2][threes],
            )
        )
        used, numbers = np.unique(keys, return_inverse=True)
        self.keys.append(used)
        self.spelled.append(_count(rows, numbers, len(texts), len(used)))
        rows = np.repeat(np.arange(len(texts)), np.diff(word_ends))
        self.said.append(_count(rows, np.array(words, np.int64), len(texts), len(self.numbers)))

    def finish(self, texts: Iterable[bytes]) -> Forward:
        """All that was taken, the texts' keys in the order in which they were."""
        keys = np.unique(np.concatenate([np.zeros(0, np.int64), *self.keys]))
        tables = []
        for used, table in zip(self.keys, self.spelled, strict=True):
            tables.append(Table(table.ends, np.searchsorted(keys, used).astype(np.int32)[table.term], table.count))
        self.spelled.clear()
        words = list(self.numbers)
        vocabulary = Vocabulary(keys, words, [self.readings[word] for word in words])
        return Forward(vocabulary, {key: n for n, key in enumerate(texts)}, _join(tables), _join(self.said))


def analyse_texts(texts: Iterable[str], before: Forward | None = None, progress: Progress | None = None) -> Forward:
    """The texts as numbers; those that `before` has are not analysed again."""
    analysing = _Analysing()
    wanted = {text_key(text): text for text in texts}
    known = {key: before.texts[key] for key in wanted if key in before.texts} if before else {}
    if before and known:
        analysing.carry_over(before, np.array(list(known.values()), np.int64))
    new = [key for key in wanted if key not in known]
    for start in range(0, len(new), _TEXTS_AT_ONCE):
        batch = new[start : start + _TEXTS_AT_ONCE]
        analysing.add([wanted[key] for key in batch])
        if progress:
            progress(start + len(batch), len(new))
    return analysing.finish([*known, *new])
