"""The web processes: each with its threads, on a processor core of its own.

Python's threads of one process take turns. Where their turns are on different cores, every turn moves what they work
on from one core's cache to the other's, and wakes the other core: with some thirty threads, a third of the time went
there.
"""

import gc
import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from bot.delivery import Worker

if TYPE_CHECKING:
    from bot.calls import Caller

_STOP_WITHIN = 8  # seconds, after which a process is killed


def choose_core(taken: Iterable[int | None]) -> int | None:
    """The core that the fewest other processes (`taken`) keep to; None where there is no choice."""
    if not hasattr(os, "sched_getaffinity"):
        return None
    cores, used = sorted(os.sched_getaffinity(0)), list(taken)
    return min(cores, key=used.count) if len(cores) > 1 else None


class Server(BaseApplication):  # type: ignore[misc]
    """Serves what `make` makes in each process: the application, and what works behind it, which is started last."""

    def __init__(
        self, make: "Callable[[], tuple[Flask, Worker | Caller]]", address: str, workers: int, threads: int
    ) -> None:
        self._make = make
        self._options: dict[str, Any] = {"bind": address, "workers": workers, "threads": threads}
        self._core: int | None = None  # of this process
        self._behind: Worker | Caller | None = None
        super().__init__()

    def load_config(self) -> None:
        # Stopped there, not atexit: by then Python has let the threads that answer run out of work.
        hooks = {"pre_fork": self._assign, "post_fork": self._take_core, "worker_exit": self._stop}
        options = {"worker_class": "gthread", "loglevel": "warning", "graceful_timeout": _STOP_WITHIN}
        for key, value in {**self._options, **hooks, **options}.items():
            self.cfg.set(key, value)

    def load(self) -> Flask:
        web, self._behind = self._make()
        if (
            self._core is not None
        ):  # only for the threads that are started from here on: chores may go where there is room
            os.sched_setaffinity(0, {self._core})
        gc.freeze()  # what stays for good need not be looked through again and again
        self._behind.start()
        return web

    def _assign(self, server: Any, worker: Any) -> None:
        worker.core = choose_core(other.core for other in server.WORKERS.values())

    def _take_core(self, _server: Any, worker: Any) -> None:
        self._core = worker.core

    def _stop(self, _server: Any, _worker: Any) -> None:
        if self._behind:
            self._behind.stop()
