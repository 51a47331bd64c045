"""The dense ranker: every item's texts embedded once, and how near a question is to each item."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nlp.dense.model import Floats
from nlp.indexing.build import Item
from nlp.indexing.forward import KEY_LENGTH, Progress, text_key
from nlp.normalise import LONGEST_QUESTION, normalise

_FILES = ("dense_vectors", "dense_rows", "dense_firsts")
_TEXTS, _MODEL = "dense_texts", "dense_model"
_NOTHING = 1e-6


class Embedder(Protocol):
    """A model that gives texts vectors (D) of length 1, near to each other where the texts mean like things."""

    @property
    def fingerprint(self) -> str:
        """Changes with everything that changes a vector."""

    def embed_question(self, text: str) -> Floats: ...

    def embed_passage(self, text: str) -> Floats: ...


@dataclass(frozen=True, slots=True)
class Passages:
    """`keys` of T texts and their `vectors` (T x D); `rows` (M): the texts of N items, one item after the other, each
    of which begins at one of `firsts` (N)."""

    keys: tuple[bytes, ...]
    vectors: Floats
    rows: NDArray[np.int64]
    firsts: NDArray[np.int64]

    def nearness(self, question: Floats) -> NDArray[np.float64]:
        """How near each item's nearest text is to a question: 1 for the nearest item, 0 for what is no nearer than
        items are on average. Models differ in where their cosines lie (some give all texts more than 0.7)."""
        if not len(self.firsts):
            return np.zeros(0)
        # einsum, not BLAS, which shares this out among threads: they wait for each other where questions come at once.
        cosine = np.einsum("td,d->t", self.vectors, question)
        near = np.maximum.reduceat(cosine[self.rows], self.firsts).astype(np.float64)
        above = np.maximum(near - near.mean(), 0.0)
        levelled: NDArray[np.float64] = above / max(above.max(), _NOTHING)
        return levelled

    def write(self, directory: Path, fingerprint: str) -> None:
        """Raises OSError."""
        (directory / _TEXTS).write_bytes(b"".join(self.keys))
        parts: tuple[NDArray[Any], ...] = (self.vectors, self.rows, self.firsts)
        for name, part in zip(_FILES, parts, strict=True):
            np.save(directory / f"{name}.npy", part)
        (directory / _MODEL).write_text(fingerprint, encoding="ascii")


def read_passages(directory: Path) -> Passages:
    """Those that `write` wrote. Raises OSError, ValueError."""
    keys = (directory / _TEXTS).read_bytes()
    parts = (np.asarray(np.load(directory / f"{name}.npy", mmap_mode="r")) for name in _FILES)
    return Passages(tuple(keys[at : at + KEY_LENGTH] for at in range(0, len(keys), KEY_LENGTH)), *parts)


def _embedded_by(directories: Sequence[Path], fingerprint: str) -> dict[bytes, Floats]:
    """The vectors that the newest (last) of the directories with this model's has."""
    for directory in reversed(directories):
        try:
            if (directory / _MODEL).read_text(encoding="ascii") == fingerprint:
                kept = read_passages(directory)
                return dict(zip(kept.keys, kept.vectors, strict=True))
        except (OSError, ValueError):
            continue
    return {}


def _texts_of(item: Item) -> Iterator[str]:
    """What of an item is embedded: its first question with its body as one text, and each other question by itself."""
    (_, first), *others = item.questions
    yield _normalised("\n".join(text for text in (first, *(text for _, text in item.body)) if text))
    yield from (_normalised(text) for _, text in others if text)


def _normalised(text: str) -> str:
    """A text of any length in the spelling that questions are asked in."""
    pieces = (text[at : at + LONGEST_QUESTION] for at in range(0, len(text), LONGEST_QUESTION))
    return "".join(map(normalise, pieces))


def embed_items(items: Sequence[Item], embedder: Embedder, kept: Sequence[Path], progress: Progress | None) -> Passages:
    """The passages of items; texts that one of the `kept` indexes has from the same model are not embedded again."""
    texts = [list(dict.fromkeys(_texts_of(item))) for item in items]
    numbers = {text: number for number, text in enumerate(dict.fromkeys(text for each in texts for text in each))}
    keys = tuple(map(text_key, numbers))
    known = _embedded_by(kept, embedder.fingerprint)
    new = [text for text, key in zip(numbers, keys, strict=True) if key not in known]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    with ThreadPoolExecutor(cores) as pool:
        for done, (text, vector) in enumerate(zip(new, pool.map(embedder.embed_passage, new), strict=True), 1):
            known[text_key(text)] = vector
            if progress:
                progress(done, len(new))
    vectors = np.array([known[key] for key in keys], np.float32)
    lengths = np.array([len(each) for each in texts], np.int64)
    rows = np.array([numbers[text] for each in texts for text in each], np.int64)
    return Passages(keys, vectors, rows, lengths.cumsum() - lengths)


@dataclass(frozen=True, slots=True)
class DenseRanker:
    """What an index asks, beside its own features."""

    embedder: Embedder
    passages: Passages

    def nearness(self, text: str) -> NDArray[np.float64]:
        """Of a normalised question to each item, 0 to 1."""
        return self.passages.nearness(self.embedder.embed_question(text))
