"""What takes longer than a page may: made in a thread, while the page says that it is being made."""

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog

from knowledge import KnowledgeError

log = structlog.get_logger()
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Made(Generic[T]):
    key: Hashable
    value: T | None = None
    problem: KnowledgeError | None = None


class Behind(Generic[T]):
    """The newest of something, made again whenever its key has changed."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: _Made[T] | None = None
        self._thread: threading.Thread | None = None

    def get(self, key: Hashable, wait: float) -> T | None:
        """What belongs to the key, where it is there within so many seconds; else None, and it is being made.

        Raises the KnowledgeError for which it cannot be made.
        """
        with self._lock:
            if (self._made is None or self._made.key != key) and self._thread is None:
                self._thread = threading.Thread(target=self._run, args=(key,), name="behind", daemon=True)
                self._thread.start()
            thread = self._thread
        if thread is not None:
            thread.join(wait)
        with self._lock:
            made = self._made
        if made is None or made.key != key:
            return None
        if made.problem is not None:
            raise made.problem
        return made.value

    def _run(self, key: Hashable) -> None:
        made: _Made[T] | None = None
        try:
            made = _Made(key, self._make())
        except KnowledgeError as error:
            made = _Made(key, problem=error)
        except Exception as error:  # whatever it is, the next page tries again
            log.error("not_made_behind", error=type(error).__name__)
        with self._lock:
            self._made = made or self._made
            self._thread = None
