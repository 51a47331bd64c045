"""Commits of many threads in one: a commit costs the same for one row and for fifty."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from knowledge.database import Sessions

_MOST_AT_ONCE = 100
T = TypeVar("T")


class GroupCommit:
    """Runs writes that any thread hands in, one transaction for all that wait. Its thread starts with the first."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._waiting: queue.SimpleQueue[tuple[Callable[[Session], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def submit(self, write: Callable[[Session], T]) -> "Future[T]":
        """Hands in a write; the future ends when it is committed, with the error where it is not."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="commits", daemon=True)
                self._thread.start()
        future: Future[T] = Future()
        self._waiting.put((write, future))
        return future

    def run(self, write: Callable[[Session], T], timeout: float) -> T:
        """The result of a committed write. Raises TimeoutError where it is not done in time, and what it raised; a
        write that had not begun by then never will."""
        future = self.submit(write)
        try:
            return future.result(timeout)
        except TimeoutError:
            future.cancel()
            raise

    def stop(self) -> None:
        """Commits what was handed in and ends."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread:
            self._waiting.put(None)
            thread.join()

    def _run(self) -> None:
        while True:
            batch = [self._waiting.get()]
            while len(batch) < _MOST_AT_ONCE and not self._waiting.empty():
                batch.append(self._waiting.get())
            self._write([item for item in batch if item and item[1].set_running_or_notify_cancel()])
            if None in batch:
                return

    def _write(self, batch: list[tuple[Callable[[Session], Any], Future[Any]]]) -> None:
        if not batch:
            return
        try:
            with self._sessions() as session:
                results = [write(session) for write, _ in batch]
                session.commit()
        except Exception as error:
            # One bad row must not take its neighbours with it; a database that is locked, full or gone takes them all.
            if len(batch) == 1 or isinstance(error, OperationalError):
                for _, future in batch:
                    future.set_exception(error)
            else:
                for item in batch:
                    self._write([item])
        else:
            for (_, future), result in zip(batch, results, strict=True):
                future.set_result(result)
