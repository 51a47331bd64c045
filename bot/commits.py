"""Commits of many threads in one: a commit costs the same for one row and for fifty."""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from knowledge.database import Sessions, begin_writing

_MOST_AT_ONCE = 200
_BUSY, _LINGER, _PATIENCE = 0.02, 0.004, 0.03  # seconds
_WORTH_IT = 24  # items that can wait
Item = TypeVar("Item")
Result = TypeVar("Result")
# Writes several items in the caller's transaction; one result for each.
Write = Callable[[Session, Sequence[Item]], list[Result]]


@dataclass(frozen=True, slots=True)
class _Waiting:
    write: Write[Any, Any]
    item: Any
    future: "Future[Any]"
    can_wait: bool


class GroupCommit:
    """Writes what any thread hands in, one transaction for all that waits. Its thread starts with the first item."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def submit(self, write: "Write[Item, Result]", item: Item, can_wait: bool = False) -> "Future[Result]":
        """Hands in an item; the future ends when it is committed, with the error where it is not.

        Items of one `write` that wait together are handed to it together. One that `can_wait` is kept back, for 30 ms
        at most, until there are enough of its kind.
        """
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="commits", daemon=True)
                self._thread.start()
        future: Future[Result] = Future()
        self._waiting.put(_Waiting(write, item, future, can_wait))
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
        patient: list[_Waiting] = []  # may wait until they are worth a transaction
        since = 0.0
        ended = False
        while not ended:
            batch: list[_Waiting] = []
            try:
                left = max(0.0, since + _PATIENCE - time.monotonic()) if patient else None
                news = [self._waiting.get(timeout=left)]
                # Under load a moment's wait fills the batch: a transaction's statements cost more than their rows.
                if time.monotonic() - last < _BUSY:
                    time.sleep(_LINGER)
                while len(news) < _MOST_AT_ONCE and not self._waiting.empty():
                    news.append(self._waiting.get())
            except queue.Empty:
                news = []
            for waiting in news:
                if waiting is None:
                    ended = True
                elif waiting.can_wait:
                    since = since if patient else time.monotonic()
                    patient.append(waiting)
                else:
                    batch.append(waiting)
            if ended or len(patient) >= _WORTH_IT or time.monotonic() - since >= _PATIENCE:
                batch, patient = batch + patient, []
            if batch := [waiting for waiting in batch if waiting.future.set_running_or_notify_cancel()]:
                self._write(batch)
            last = time.monotonic()

    def _write(self, batch: list[_Waiting]) -> None:
        groups: dict[Write[Any, Any], list[_Waiting]] = {}
        for waiting in batch:
            groups.setdefault(waiting.write, []).append(waiting)
        try:
            with self._sessions() as session:
                begin_writing(session)
                results = [write(session, [one.item for one in group]) for write, group in groups.items()]
                session.commit()
        except Exception as error:
            # One bad row must not take its neighbours with it; a database that is locked, full or gone takes them all.
            if len(batch) == 1 or isinstance(error, OperationalError):
                for waiting in batch:
                    waiting.future.set_exception(error)
            else:
                for waiting in batch:
                    self._write([waiting])
        else:
            for group, written in zip(groups.values(), results, strict=True):
                for waiting, result in zip(group, written, strict=True):
                    waiting.future.set_result(result)
