"""The calls to the channels: many at once, so that slow ones hold up nobody else."""

import itertools
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

log = structlog.get_logger()
_SLOW = 0.5  # seconds after which a call no longer counts among those at once
MOST_SLOW = 240  # calls beside them: each costs a thread that sleeps and a connection
_LOOK_EVERY = 0.1  # seconds
_PROBE_EVERY = 10.0  # seconds between calls while the access token is refused


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a call: HTTP `status` (or the one that stands for what the channel said), 0 where the network
    failed and nobody knows whether it was accepted. `sent_before`: an earlier call had been accepted. `reason`: the
    channel's own word for an error. `wait`: seconds for which it asks before the next call."""

    status: int
    sent_before: bool = False
    reason: str = ""
    wait: float = 0.0

    @property
    def delivered(self) -> bool:
        return 200 <= self.status < 300

    @property
    def unsure(self) -> bool:
        """Whether it may have been accepted all the same."""
        return self.status == 0 or self.status >= 500

    @property
    def refused_access(self) -> bool:
        """Whether the channel's access token is not taken."""
        return self.status == 401

    @property
    def may_be_retried(self) -> bool:
        return self.unsure or self.status == 429


class LineSender(Protocol):
    """LINE's side of a conversation."""

    def reply(self, reply_token: str, messages: list[dict[str, Any]]) -> Sent:
        """Sends messages with a reply token."""
        ...

    def show_loading(self, user_id: str) -> None:
        """Shows the user that an answer is coming; whether it works does not matter."""
        ...


class TokenWatch:
    """Whether a channel takes its access token. While it does not, nothing is sent there but one reply now and then,
    which finds out when it does again: a person must act first. `mend`: the variable that holds the token."""

    def __init__(self, channel: str, mend: str) -> None:
        self._channel, self._mend = channel, mend
        self.refused = False
        self._probe_at = 0.0
        self._lock = threading.Lock()

    def due(self) -> bool:
        """Whether a call may be made now."""
        return not self.refused or time.monotonic() >= self._probe_at

    def take(self) -> bool:
        """Whether the caller may call now; while the token is refused, one caller each time."""
        if not self.refused:
            return True
        with self._lock:
            if due := self.due():
                self._probe_at = time.monotonic() + _PROBE_EVERY
        return due

    def note(self, sent: Sent) -> None:
        """Learns from a call."""
        if not (sent.refused_access or self.refused):
            return
        with self._lock:
            if sent.refused_access:
                if not self.refused:
                    log.error(f"{self._channel}_access_token_refused", mend=self._mend, next_try_s=_PROBE_EVERY)
                self.refused, self._probe_at = True, time.monotonic() + _PROBE_EVERY
            elif self.refused and not sent.may_be_retried:
                self.refused = False
                log.warning(f"{self._channel}_access_token_taken_again")


class Senders:
    """Threads that wait for the channels, started as needed. `at_once`: calls at the usual pace; one that takes
    longer than half a second makes way for another, up to MOST_SLOW of them, and `made_way` is called.

    The threads are daemons: a call that hangs keeps no process from ending.
    """

    def __init__(self, at_once: int, made_way: Callable[[], None]) -> None:
        self._made_way = made_way
        self._places = threading.Semaphore(at_once)
        self._jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._idle = 0
        self._slow = 0
        self._tickets = itertools.count()
        self._begun: dict[int, float] = {}  # of calls that hold a place: when they began
        threading.Thread(target=self._look, name="slow-senders", daemon=True).start()

    @property
    def slow(self) -> int:
        """Calls that made way for others."""
        return self._slow

    def find_place(self, seconds: float) -> bool:
        """Waits for a place, which the next `send` takes; False where none was found in time."""
        return self._places.acquire(timeout=seconds)

    def send(self, job: Callable[[], None]) -> None:
        """Lets a thread do a job, which must not raise, in a place found before."""
        with self._lock:
            start = self._idle == 0
            self._idle -= not start
        if start:
            threading.Thread(target=self._run, name="send", daemon=True).start()
        self._jobs.put(job)

    def _run(self) -> None:
        while True:
            job, ticket = self._jobs.get(), next(self._tickets)
            self._begun[ticket] = time.monotonic()
            job()
            with self._lock:
                self._idle += 1
                made_way = self._begun.pop(ticket, None) is None
                self._slow -= made_way
            if not made_way:
                self._places.release()

    def _look(self) -> None:
        while True:
            time.sleep(_LOOK_EVERY)
            before = time.monotonic() - _SLOW
            for ticket, began in self._begun.copy().items():
                with self._lock:
                    if began > before or self._slow >= MOST_SLOW or self._begun.pop(ticket, None) is None:
                        continue
                    self._slow += 1
                self._places.release()
                self._made_way()
