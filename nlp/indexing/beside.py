"""Work in a process of its own: an index takes memory and the interpreter's lock, and both end with the process."""

import os
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from nlp.indexing.forward import Progress


def run_beside(work: Callable[..., object], arguments: tuple[Any, ...], progress: Progress | None) -> None:
    """Calls work(*arguments, progress) in a new process and waits for its end; progress is told here."""
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_run, args=(work, arguments, sender))
    child.start()
    sender.close()
    with receiver:
        try:
            while True:
                done, total = receiver.recv()
                if progress:
                    progress(done, total)
        except EOFError:
            pass
    child.join()


def _run(work: Callable[..., object], arguments: tuple[Any, ...], sender: Connection) -> None:
    if hasattr(os, "sched_setaffinity"):  # the web process keeps to one core, where residents are answered
        os.sched_setaffinity(0, range(os.cpu_count() or 1))
    work(*arguments, lambda done, total: sender.send((done, total)))
