"""What takes long to make of files that seldom change, kept where Python keeps the code that it compiles."""

import hashlib
import marshal
import os
from collections.abc import Callable
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path
from typing import TypeVar

Made = TypeVar("Made")


def made_once(code: Path, source: str, make: Callable[[], Made]) -> Made:
    """What the `code` in a file makes of a `source`; made again when either has changed. Plain containers, strings and
    numbers only.

    A directory that cannot be written costs every start the time of making it, and nothing else.
    """
    digest = hashlib.sha256(code.read_bytes() + source.encode()).digest()
    kept = Path(cache_from_source(str(code))).with_suffix(".made")
    with suppress(OSError, ValueError, EOFError, TypeError):
        if (read := kept.read_bytes())[: len(digest)] == digest:
            made: Made = marshal.loads(read[len(digest) :])
            return made
    made = make()
    with suppress(OSError):
        kept.parent.mkdir(exist_ok=True)
        beside = kept.with_suffix(f".made.{os.getpid()}")
        beside.write_bytes(digest + marshal.dumps(made))  # type: ignore[arg-type]
        beside.replace(kept)  # at once: another process may read it now
    return made
