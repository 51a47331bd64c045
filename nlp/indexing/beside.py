"""Work in a process of its own: an index takes memory and the interpreter's lock, and both end with the process."""

import gc
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from typing import Any

from nlp.indexing.forward import Progress

# Where other work runs, threads of a product of matrices wait for each other: two take up to ten times as long as one,
# and where nothing runs, they save a twentieth of building.
_ONE_THREAD = "OPENBLAS_NUM_THREADS=1"


def run_beside(work: Callable[..., object], arguments: tuple[Any, ...], progress: Progress | None) -> None:
    """Calls work(*arguments, progress) in a new process and waits for its end; progress is told here.

    The process imports what the work needs. One of multiprocessing's would first import what this program's main module
    does, the whole web server, and keep it in memory.
    """
    mine, theirs = Pipe()
    rooms = f"PYTHONPATH={os.pathsep.join(sys.path)}"
    command = ["env", _ONE_THREAD, rooms, sys.executable, "-P", "-m", __name__, str(theirs.fileno())]
    with mine, subprocess.Popen(command, pass_fds=[theirs.fileno()]):  # which waits for its end
        theirs.close()
        with suppress(EOFError, ConnectionError):
            mine.send((work, arguments))
            while True:
                done, total = mine.recv()
                if progress:
                    progress(done, total)


def _main(number: int) -> None:
    if hasattr(os, "sched_setaffinity"):  # the web process keeps to one core, where residents are answered
        os.sched_setaffinity(0, range(os.cpu_count() or 1))
    with Connection(number) as caller:
        work, arguments = caller.recv()
        gc.disable()  # looking for circles among so many small things takes a tenth of analysing, and finds none
        work(*arguments, lambda done, total: caller.send((done, total)))


if __name__ == "__main__":
    _main(int(sys.argv[1]))
