"""A built index on disk, so that a start and a sister process read it instead of building it again."""

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nlp.index import Index
from nlp.indexing.build import Arrays, Item, build_arrays
from nlp.indexing.forward import KEY_LENGTH, Analysing, Forward, Progress, Table, Vocabulary
from nlp.vectors import SHIPPED

if TYPE_CHECKING:
    from nlp.dense.passages import DenseRanker, Embedder

# Makes the items of an index; it may ask which words texts have, each of which is analysed but once.
WordsOf = Callable[[Sequence[str]], list[set[str]]]
MakeItems = Callable[[WordsOf], Sequence[Item]]
_KEPT = 3  # indexes kept on disk: what answers, what answered before, and one to go back to
_ARRAYS = tuple(Arrays.__dataclass_fields__)
_TABLE = tuple(Table.__dataclass_fields__)


@cache
def _code_key() -> str:
    """Changes with every change of this room's code and word vectors, which decide what an index holds."""
    digest = hashlib.sha256()
    for path in (*sorted(Path(__file__).parent.parent.rglob("*.py")), SHIPPED):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def index_key(texts: Iterable[str]) -> str:
    """The name under which the index of what these texts describe is kept."""
    digest = hashlib.sha256(_code_key().encode())
    for text in texts:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()[:32]


def _load(directory: Path, name: str) -> NDArray[Any]:
    """An array as a plain view of its mapped file: the pages are shared by all processes, and memmap's own class makes
    every slice slower."""
    return np.asarray(np.load(directory / f"{name}.npy", mmap_mode="r"))


def _read(directory: Path) -> tuple[Vocabulary, Arrays]:
    words = json.loads((directory / "words.json").read_text(encoding="utf-8"))
    vocabulary = Vocabulary(_load(directory, "keys"), words["words"], words["readings"])
    return vocabulary, Arrays(*(_load(directory, name) for name in _ARRAYS))


def _read_dense(directory: Path, embedder: "Embedder | None") -> "DenseRanker | None":
    """What a directory has of the embedder's; None without one."""
    if embedder is None:
        return None
    from nlp.dense.passages import DenseRanker, read_passages

    return DenseRanker(embedder, read_passages(directory))


def _read_forward(directory: Path) -> Forward:
    """The texts that a kept index was built from, as numbers."""
    if (directory / "code").read_text(encoding="ascii") != _code_key():
        raise ValueError("analysed by other code")
    vocabulary, _ = _read(directory)
    digests = (directory / "texts").read_bytes()
    texts = {digests[at : at + KEY_LENGTH]: n for n, at in enumerate(range(0, len(digests), KEY_LENGTH))}
    firsts = tuple(_load(directory, "firsts").tolist())
    tables = [Table(*(_load(directory, f"texts_{n}_{part}") for part in _TABLE)) for n in range(len(firsts))]
    return Forward(vocabulary, firsts, texts, tables)


def _write_forward(directory: Path, forward: Forward) -> None:
    words = {"words": forward.vocabulary.words, "readings": forward.vocabulary.readings}
    (directory / "words.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
    (directory / "code").write_text(_code_key(), encoding="ascii")
    (directory / "texts").write_bytes(b"".join(forward.texts))
    np.save(directory / "keys.npy", forward.vocabulary.keys)
    np.save(directory / "firsts.npy", np.array(forward.firsts))
    for n, table in enumerate(forward.tables):
        for part in _TABLE:
            np.save(directory / f"texts_{n}_{part}.npy", getattr(table, part))


def open_index(
    key: str, make_items: MakeItems, folder: Path, progress: Progress | None, embedder: "Embedder | None" = None
) -> Index:
    """The index with a key, from `folder` where it is kept there, else built from the items and kept.

    Building analyses only the texts that the newest kept index does not have, and embeds only those that the newest of
    the same `embedder`, whose fingerprint is part of the key, does not have. A folder that cannot be written costs
    the next start its time, and nothing else.
    """
    if (index := _open_kept(folder / key, embedder)) is not None:
        return index
    with _one_at_a_time(folder):
        # Another process may have built it while this one waited.
        return _open_kept(folder / key, embedder) or _build(key, make_items, folder, progress, embedder)


def kept_indexes(folder: Path) -> list[Path]:
    """The directories of the indexes that are kept in a folder, the oldest first."""
    if not folder.exists():
        return []
    return [path.parent for path in sorted(folder.glob("*/words.json"), key=lambda path: path.stat().st_mtime_ns)]


def is_kept(key: str, folder: Path) -> bool:
    """Whether the index with a key is kept in a folder, ready to be opened."""
    return (folder / key / "words.json").exists()


def _open_kept(directory: Path, embedder: "Embedder | None") -> Index | None:
    """The index kept in a directory; None, and no directory, where it cannot be read."""
    if not (directory / "words.json").exists():
        return None
    try:
        return Index(*_read(directory), _read_dense(directory, embedder))
    except (OSError, ValueError, KeyError):
        shutil.rmtree(directory, ignore_errors=True)
        return None


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Holds other processes back from building in the same folder; where it cannot be written, nobody."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("a")
    except OSError:
        yield
        return
    with lock:  # closing lets go
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(
    key: str, make_items: MakeItems, folder: Path, progress: Progress | None, embedder: "Embedder | None"
) -> Index:
    for left in folder.glob(".building-*"):  # by a process that died
        shutil.rmtree(left, ignore_errors=True)
    kept = kept_indexes(folder)
    before = None
    if kept:
        try:
            before = _read_forward(kept[-1])
        except (OSError, ValueError, KeyError):
            before = None
    analysing = Analysing(before, progress)
    items = make_items(analysing.words_of)
    analysing.add(text for item in items for text in item.texts)
    forward = analysing.finish()
    del before, analysing
    dense = None
    if embedder is not None:
        from nlp.dense.passages import DenseRanker, embed_items

        dense = DenseRanker(embedder, embed_items(items, embedder, kept, progress))
    try:
        beside = Path(tempfile.mkdtemp(prefix=".building-", dir=folder))
        _write_forward(beside, forward)
    except OSError:
        return Index(forward.vocabulary, build_arrays(items, forward), dense)
    arrays = build_arrays(items, forward)
    try:
        for name in _ARRAYS:
            np.save(beside / f"{name}.npy", getattr(arrays, name))
        if dense is not None:
            dense.passages.write(beside, dense.embedder.fingerprint)
        os.replace(beside, folder / key)
        for old in kept[: max(0, len(kept) + 1 - _KEPT)]:
            shutil.rmtree(old, ignore_errors=True)
        # The kept copy is read in place of the built one.
        return Index(*_read(folder / key), _read_dense(folder / key, embedder))
    except OSError:
        return Index(forward.vocabulary, arrays, dense)
