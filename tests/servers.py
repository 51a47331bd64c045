"""PostgreSQL and Redis on loopback, each in a folder and a process of its own."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.line_load import PROJECT
from tests.line_player import free_port, wait_for_port

_POSTGRESQL = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]
# PostgreSQL does not run as root.
_AS_OWNER: dict[str, Any] = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}


class Postgres:
    """A PostgreSQL with an empty database."""

    def __init__(self) -> None:
        self.programs = _POSTGRESQL[0]
        self._folder = Path(tempfile.mkdtemp(prefix="desk-postgres-"))
        self.port = free_port()
        if _AS_OWNER:
            shutil.chown(self._folder, "postgres", "postgres")
        options = ["-A", "trust", "-U", "desk", "-E", "UTF8", "--no-sync", "--locale=C"]
        self._run([self.programs / "initdb", "-D", self._folder / "data", *options])
        self.start()
        self.url = self.create("desk")

    def create(self, name: str) -> str:
        """The address of a new, empty database."""
        self._run([self.programs / "createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "desk", name])
        return f"postgresql://desk@127.0.0.1:{self.port}/{name}"

    def _run(self, command: list[Any]) -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self._folder, **_AS_OWNER)

    def _control(self, *what: str) -> None:
        self._run([self.programs / "pg_ctl", "-s", "-w", "-D", self._folder / "data", *what])

    def start(self) -> None:
        flags = f"-p {self.port} -h 127.0.0.1 -k {self._folder}"
        self._control("start", "-l", str(self._folder / "log"), "-o", flags)

    def restart(self) -> None:
        """Stops it under its clients' hands, and starts it again."""
        self.stop()
        time.sleep(1)
        self.start()

    def stop(self) -> None:
        self._control("stop", "-m", "immediate")

    def close(self) -> None:
        self._control("stop", "-m", "immediate")
        shutil.rmtree(self._folder)


class RedisServer:
    """A Redis that keeps nothing on disk."""

    def __init__(self, options: Sequence[str] = ("--save", "", "--appendonly", "no")) -> None:
        self._port, self._options = free_port(), options
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self.start()

    def start(self) -> None:
        flags = ["--port", str(self._port), "--bind", "127.0.0.1", *self._options]
        self._process = subprocess.Popen(["redis-server", *flags], stdout=subprocess.DEVNULL, cwd=tempfile.gettempdir())
        wait_for_port(self._port)

    def stop(self) -> None:
        """Stops it; what it held is gone."""
        self._process.kill()
        self._process.wait()


class WorkerProcess:
    """`app.py worker`, started again by `restart` as a service manager would."""

    def __init__(self, environment: dict[str, str], threads: int = 16, command: Sequence[str] = ()) -> None:
        self._command = command or [sys.executable, "app.py", "worker", "--threads", str(threads)]
        self._environment = {**os.environ, "LOG_LEVEL": "WARNING", **environment}
        self.restart()

    def restart(self) -> None:
        self.process = subprocess.Popen(
            self._command, cwd=PROJECT, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> float:
        """Asks it to stop; returns the seconds it took."""
        started = time.monotonic()
        self.process.terminate()
        self.process.wait(timeout=30)
        return time.monotonic() - started
