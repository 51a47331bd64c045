"""How far a file is read, told to whoever waits for it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Tell = Callable[[int, int], None]  # how many rows or pages are read, of how many
_TELL_EVERY = 0.2  # seconds
_listener: ContextVar[Tell | None] = ContextVar("listener", default=None)


@contextmanager
def telling(listener: Tell) -> Iterator[None]:
    """Whatever is read inside tells the listener how far it is, a few times a second."""
    told = 0.0

    def now_and_then(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told >= _TELL_EVERY:
            told = time.monotonic()
            listener(done, total)

    token = _listener.set(now_and_then)
    try:
        yield
    finally:
        _listener.reset(token)


def tell(done: int, total: int) -> None:
    """Says how far the reading is; costs nothing where nobody listens."""
    if (listener := _listener.get()) is not None:
        listener(done, total)
