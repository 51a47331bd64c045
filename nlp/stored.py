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

import numpy as np

from nlp.build import Arrays, Item, build_arrays
from nlp.forward import Forward, Progress
from nlp.index import Index

_KEPT = 3  # indexes kept on disk: what answers, what answered before, and one to go back to
_ARRAYS = tuple(Arrays.__dataclass_fields__)


@cache
def _code_key() -> str:
    """Changes with every change of this room's code, which decides what an index holds."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def index_key(texts: Iterable[str]) -> str:
    """The name under which the index of what these texts describe is kept."""
    digest = hashlib.sha256(_code_key().encode())
    for text in texts:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()[:32]


def _read(directory: Path) -> tuple[Forward, Arrays]:
    words = json.loads((directory / "terms.json").read_text(encoding="utf-8"))
    forward = Forward({term: n for n, term in enumerate(words["terms"])}, words["readings"])
    # asarray: a plain view of the mapped file; memmap's own class makes every slice slower.
    arrays = [np.asarray(np.load(directory / f"{name}.npy", mmap_mode="r")) for name in _ARRAYS]
    return forward, Arrays(*arrays)


def _read_texts(directory: Path, forward: Forward) -> None:
    kept = json.loads((directory / "texts.json").read_text(encoding="utf-8"))
    if not isinstance(kept, dict) or kept["code"] != _code_key():
        raise ValueError("analysed by other code")
    keys = kept["texts"]
    numbers, ends = np.load(directory / "text_terms.npy"), np.load(directory / "text_ends.npy")
    forward.texts = dict(zip(keys, np.split(numbers, ends[:-1]), strict=True)) if keys else {}


def _write(directory: Path, forward: Forward, arrays: Arrays) -> None:
    words = {"terms": list(forward.terms), "readings": forward.readings}
    (directory / "terms.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
    analysed = {"code": _code_key(), "texts": list(forward.texts)}
    (directory / "texts.json").write_text(json.dumps(analysed), encoding="ascii")
    texts = list(forward.texts.values())
    np.save(directory / "text_terms.npy", np.concatenate(texts) if texts else np.zeros(0, np.int32))
    np.save(directory / "text_ends.npy", np.cumsum([len(text) for text in texts], dtype=np.int64))
    for name in _ARRAYS:
        np.save(directory / f"{name}.npy", getattr(arrays, name))


def open_index(key: str, make_items: Callable[[], Sequence[Item]], folder: Path, progress: Progress | None) -> Index:
    """The index with a key, from `folder` where it is kept there, else built from the items and kept.

    Building analyses only the texts that the newest kept index does not have. A folder that cannot be written costs
    the next start its time, and nothing else.
    """
    if (index := _open_kept(folder / key)) is not None:
        return index
    with _one_at_a_time(folder):
        # Another process may have built it while this one waited.
        return _open_kept(folder / key) or _build(key, make_items(), folder, progress)


def _open_kept(directory: Path) -> Index | None:
    """The index kept in a directory; None, and no directory, where it cannot be read."""
    if not (directory / "terms.json").exists():
        return None
    try:
        return Index(*_read(directory))
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


def _build(key: str, items: Sequence[Item], folder: Path, progress: Progress | None) -> Index:
    for left in folder.glob(".building-*"):  # by a process that died
        shutil.rmtree(left, ignore_errors=True)
    kept = sorted(folder.glob("*/terms.json"), key=lambda path: path.stat().st_mtime_ns) if folder.exists() else []
    forward = Forward()
    if kept and (newest := kept[-1].parent).name != key:
        try:
            before, _ = _read(newest)
            _read_texts(newest, before)
            forward = before.carry_over(dict.fromkeys(text for item in items for text in item.texts))
        except (OSError, ValueError, KeyError):
            forward = Forward()
    arrays = build_arrays(items, forward, progress)
    try:
        beside = Path(tempfile.mkdtemp(prefix=".building-", dir=folder))
        _write(beside, forward, arrays)
        os.replace(beside, folder / key)
        for old in kept[: max(0, len(kept) + 1 - _KEPT)]:
            shutil.rmtree(old.parent, ignore_errors=True)
        forward.texts = {}
        # The kept copy is read in place of the built one: its pages are shared by all processes.
        return Index(*_read(folder / key))
    except OSError:
        return Index(forward, arrays)
