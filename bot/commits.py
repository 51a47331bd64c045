"""Commits of many threads in one: a commit costs the same for one row and for fifty."""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from knowledge.database import Sessions, begin_writing

_MOST_AT_ONCE = 200
_BUSY, _LINGER = 0.02, 0.004  # seconds
Item = TypeVar("Item")
Result = TypeVar("Result")
# Writes several items in the caller's transaction; one result for each.
Write = Callable[[Session, Sequence[Item]], list[Result]]
_Waiting = tuple[Write[Any, Any], Any, "Future[Any]"]


class GroupCommit:
    """Writes what any thread hands in, one transaction for all that waits. Its thread starts with the first item."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def submit(self, write: "Write[Item, Result]", item: Item) -> "Future[Result]":
        """Hands in an item; the future ends when it is committed, with the error where it is not.

        Items of one `write` that wait together are handed to it together.
        """
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="commits", daemon=True)
                self._thread.start()
        future: Future[Result] = Future()
        self._waiting.put((write, item, future))
        return future

    def run(self, write: "Write[Item, Result]", item: Item, timeout: float) -> Result:
        """The result of a committed item. Raises TimeoutError where it is not committed in time, and what `write`
        raised; an item that was not begun by then never is."""
        future = self.submit(write, item)
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
        last = 0.0
        while True:
            batch = [self._waiting.get()]
            # Under load a moment's wait fills the batch: a transaction's statements cost more than their rows.
            if time.monotonic() - last < _BUSY:
                time.sleep(_LINGER)
            while len(batch) < _MOST_AT_ONCE and not self._waiting.empty():
                batch.append(self._waiting.get())
            self._write([waiting for waiting in batch if waiting and waiting[2].set_running_or_notify_cancel()])
            last = time.monotonic()
            if None in batch:
                return

    def _write(self, batch: list[_Waiting]) -> None:
        groups: dict[Write[Any, Any], list[_Waiting]] = {}
        for waiting in batch:
            groups.setdefault(waiting[0], []).append(waiting)
        try:
            with self._sessions() as session:
                begin_writing(session)
                results = [write(session, [item for _, item, _ in group]) for write, group in groups.items()]
                session.commit()
        except Exception as error:
            # One bad row must not take its neighbours with it; a database that is locked, full or gone takes them all.
            if len(batch) == 1 or isinstance(error, OperationalError):
                for _, _, future in batch:
                    future.set_exception(error)
            else:
                for waiting in batch:
                    self._write([waiting])
        else:
            for group, written in zip(groups.values(), results, strict=True):
                for (_, _, future), result in zip(group, written, strict=True):
                    future.set_result(result)
