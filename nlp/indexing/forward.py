"""Texts as numbers: each text analysed once, kept by its hash, so that a change of one entry analyses one entry."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp.indexing.grouped import ranges, runs
from nlp.ngrams import joined
from nlp.normalise import LONGEST_QUESTION, normalise
from nlp.terms import BIGRAM, READING, SYNONYM, Keys, bigram_keys, codes, is_hiragana, synonym_key, trigram_keys
from nlp.tokenise import analyse

Progress = Callable[[int, int], None]
_TEXTS_AT_ONCE = 200  # bounds the memory of analysing
_GAP = "\0"  # between texts that are cut together; no normalised text has it
Ints = NDArray[np.int64]


# Official texts say many sentences again and again: opening hours, where to ask. So it is sentences that are analysed,
# and those of late are kept.
_SENTENCE = re.compile(f"[^。\n]{{1,{LONGEST_QUESTION - 1}}}。?")
_SENTENCES_KEPT = 10_000


class _Said(NamedTuple):
    """What a sentence or a text says: `letters`, normalised; `sounds`, its reading; the numbers of its words; the
    numbers of their synonym groups."""

    letters: str
    sounds: str
    words: list[int]
    groups: list[int]


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
        place = ranges(self.ends[wanted], length)
        return Table(np.concatenate(([0], np.cumsum(length))), self.term[place], self.count[place])

    def matrix(self, size: int) -> Any:
        """As a sparse matrix, texts x `size` terms."""
        from scipy.sparse import csr_array

        return csr_array((self.count.astype(np.float32), self.term, self.ends), shape=(len(self.ends) - 1, size))


def _by_row(rows: Sequence[list[int]]) -> tuple[Ints, Ints]:
    """(the row of each number, the number) of rows of numbers."""
    row = np.repeat(np.arange(len(rows)), [len(numbers) for numbers in rows])
    return row, np.fromiter(chain.from_iterable(rows), np.int64, len(row))


def _count(row: Ints, key: Keys, rows: int) -> tuple[Keys, Table]:
    """(the keys there are, rising; how often each of `rows` texts has each, by its number among them) of keys as they
    come, each with the number of its text."""
    # In order of keys, then texts: sorting whole numbers is far faster than finding their order.
    pair, count = np.unique(key * rows + row, return_counts=True)
    key, row = np.divmod(pair, rows)
    begin, term = runs(key)
    by_text = row.astype(np.uint16).argsort(kind="stable")
    ends = np.concatenate(([0], np.cumsum(np.bincount(row, minlength=rows))))
    count = np.minimum(count, np.iinfo(np.uint16).max).astype(np.uint16)
    return key[begin], Table(ends, term[by_text].astype(np.int32), count[by_text])


def _join(tables: list[Table], numbers: Sequence[NDArray[np.int32]] = ()) -> Table:
    """Tables one below the other, each with its terms as `numbers` has them where it is given. The tables are used up,
    so that they are not in memory twice."""
    lengths = [table.ends[-1] for table in tables]
    term, count = np.empty(sum(lengths), np.int32), np.empty(sum(lengths), np.uint16)
    ends, at = [np.zeros(1, np.int64)], 0
    for part, length in enumerate(lengths):
        table = tables.pop(0)
        term[at : at + length] = numbers[part][table.term] if numbers else table.term
        count[at : at + length] = table.count
        ends.append(table.ends[1:] + at)
        at += length
    return Table(np.concatenate(ends), term, count)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The terms of an index by their numbers: first `keys` (nlp/terms.py), in rising order, then `words`, whose
    `readings` are beside them."""

    keys: Keys
    words: list[str]
    readings: list[str]


# The kinds of key, in the order of their size.
KEY_KINDS = (SYNONYM, BIGRAM, READING)


@dataclass(frozen=True, slots=True)
class Forward:
    """`texts`: key of a text → its row in `tables`: one for each of KEY_KINDS, whose terms are numbered from the first
    key of the kind, then one for words. `firsts`: the number of the first key of each kind, and of all keys."""

    vocabulary: Vocabulary
    firsts: tuple[int, ...]
    texts: dict[bytes, int]
    tables: list[Table]


class Analysing:
    """Analyses texts batch by batch; those that `before` has are taken from there."""

    def __init__(self, before: Forward | None = None, progress: Progress | None = None) -> None:
        self._before, self._progress = before, progress
        self._numbers: defaultdict[str, int] = defaultdict()
        self._numbers.default_factory = self._numbers.__len__
        self._readings: dict[str, str] = {}
        self._sentences: dict[str, _Said] = {}
        self._places: dict[bytes, tuple[int, int]] = {}  # batch and row
        self._keys: list[list[Keys]] = [[], [], []]  # of each kind and batch
        self._tables: list[list[Table]] = [[], [], [], []]

    def add(self, texts: Iterable[str]) -> None:
        """Takes texts in; those that it has are nothing new."""
        wanted = {key: text for text in texts if (key := text_key(text)) not in self._places}
        before = self._before.texts if self._before else {}
        known = [key for key in wanted if key in before]
        if self._before and known:
            self._place(known)
            self._carry_over(self._before, np.array([before[key] for key in known], np.int64))
        new = [key for key in wanted if key not in before]
        for start in range(0, len(new), _TEXTS_AT_ONCE):
            batch = new[start : start + _TEXTS_AT_ONCE]
            self._place(batch)
            self._analyse([wanted[key] for key in batch])
            if self._progress:
                self._progress(start + len(batch), len(new))

    def words_of(self, texts: Sequence[str]) -> list[set[str]]:
        """The words of each text."""
        self.add(texts)
        names, said = list(self._numbers), self._tables[-1]
        words = []
        for text in texts:
            batch, row = self._places[text_key(text)]
            ends = said[batch].ends
            words.append({names[n] for n in said[batch].term[ends[row] : ends[row + 1]].tolist()})
        return words

    def finish(self) -> Forward:
        """All that was taken in; the last call."""
        keys: list[Keys] = []
        tables = []
        for used, parts in zip(self._keys, self._tables[:-1], strict=True):
            keys.append(np.unique(np.concatenate([np.zeros(0, np.int64), *used])))
            tables.append(_join(parts, [np.searchsorted(keys[-1], part).astype(np.int32) for part in used]))
            used.clear()
        # In order, so that what is as likely as something else is chosen alike whatever was analysed before.
        words = sorted(self._numbers)
        place = np.empty(len(words), np.int32)
        place[[self._numbers[word] for word in words]] = np.arange(len(words), dtype=np.int32)
        tables.append(_join(self._tables[-1], [place] * len(self._tables[-1])))
        vocabulary = Vocabulary(np.concatenate(keys), words, [self._readings[word] for word in words])
        firsts = (0, *np.cumsum([len(part) for part in keys]).tolist())
        return Forward(vocabulary, firsts, {key: n for n, key in enumerate(self._places)}, tables)

    def _place(self, batch: Sequence[bytes]) -> None:
        number = len(self._tables[-1])
        self._places.update((key, (number, row)) for row, key in enumerate(batch))

    def _carry_over(self, before: Forward, rows: Ints) -> None:
        *spelled, said = (table.rows(rows) for table in before.tables)
        for kind, table in enumerate(spelled):
            used, numbers = np.unique(table.term, return_inverse=True)
            self._keys[kind].append(before.vocabulary.keys[used + before.firsts[kind]])
            self._tables[kind].append(Table(table.ends, numbers.astype(np.int32), table.count))
        used, numbers = np.unique(said.term, return_inverse=True)
        own = np.zeros(len(used), np.int64)
        for n, number in enumerate(used.tolist()):
            word = before.vocabulary.words[number]
            own[n] = self._numbers[word]
            self._readings[word] = before.vocabulary.readings[number]
        self._tables[-1].append(Table(said.ends, own.astype(np.int32)[numbers], said.count))

    def _sentence(self, text: str) -> _Said:
        known = self._sentences.get(text)
        if known is None:
            letters = normalise(text)
            found = analyse(letters)
            self._readings.update(zip(found.words, found.word_readings, strict=True))
            words = [self._numbers[word] for word in found.words]
            if len(self._sentences) >= _SENTENCES_KEPT:
                self._sentences.clear()
            known = self._sentences[text] = _Said(letters, found.reading, words, found.synonym_groups)
        return known

    def _said(self, text: str) -> _Said:
        said = [self._sentence(sentence) for sentence in _SENTENCE.findall(text)]
        return _Said(
            "".join([sentence.letters for sentence in said]),
            "".join([sentence.sounds for sentence in said]),
            [word for sentence in said for word in sentence.words],
            [group for sentence in said for group in sentence.groups],
        )

    def _analyse(self, texts: Sequence[str]) -> None:
        said = [self._said(text) for text in texts]
        spelled = joined(_GAP.join([text.letters for text in said]))
        spoken = joined(_GAP.join([text.sounds for text in said]))
        letters_of, sounds = codes(spelled), codes(spoken)
        kana = is_hiragana(letters_of)
        # Bigrams of hiragana alone are left out: they are endings and particles, the same in every question; what a
        # kana question says is in its reading trigrams.
        pairs = (letters_of[:-1] != 0) & (letters_of[1:] != 0) & ~(kana[:-1] & kana[1:])
        threes = (sounds[:-2] != 0) & (sounds[1:-1] != 0) & (sounds[2:] != 0)
        group_row, groups = _by_row([text.groups for text in said])
        keyed = (
            (group_row, synonym_key(groups)),
            (np.cumsum(letters_of == 0)[:-1][pairs], bigram_keys(spelled)[pairs].astype(np.int64)),
            (np.cumsum(sounds == 0)[:-2][threes], trigram_keys(spoken)[threes]),
        )
        for kind, (rows, keys) in enumerate(keyed):
            used, table = _count(rows, keys, len(texts))
            self._keys[kind].append(used)
            self._tables[kind].append(table)
        used, table = _count(*_by_row([text.words for text in said]), len(texts))
        self._tables[-1].append(replace(table, term=used[table.term].astype(np.int32)))
