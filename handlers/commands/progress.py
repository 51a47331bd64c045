"""How far a long command has come, on the terminal of whoever waits for it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import click


@contextmanager
def shown_progress(label: str, few: int) -> Iterator[Callable[[int, int], None]]:
    """A function that is told what is done and all there is to do, and draws a bar of it.

    It draws nothing for up to `few` things to do, nor where standard error is no terminal.
    """
    with ExitStack() as stack:
        bars: list[Any] = []

        def tell(done: int, total: int) -> None:
            if not sys.stderr.isatty() or total <= few:
                return
            if bars and (done < bars[0].pos or total != bars[0].length):  # another kind of work has begun
                stack.close()
                bars.clear()
            if not bars:
                bars.append(stack.enter_context(click.progressbar(length=total, label=label, file=sys.stderr)))
            bars[0].update(done - bars[0].pos)

        yield tell
