"""The served application, killed in the middle of its work."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.line_server import Line
from tests.test_line import event, signed

PROJECT = Path(__file__).resolve().parents[2]


def _port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Server:
    """`app.py serve` in a process group of its own."""

    def __init__(self, data_dir: Path, line: Line) -> None:
        self.base = f"http://127.0.0.1:{(port := _port())}"
        self.environment = {
            **os.environ, "DATA_DIR": str(data_dir), "PORT": str(port), "LINE_API_BASE": line.url,
            "LINE_CHANNEL_SECRET": "channel-secret", "LINE_CHANNEL_ACCESS_TOKEN": "token",
        }  # fmt: skip
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "app.py", "serve", "--threads", "4"]
        process = subprocess.Popen(
            command, cwd=PROJECT, env=self.environment, start_new_session=True, stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{self.base}/readyz", timeout=2)
                return process
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise AssertionError("not ready within 60 s")

    def post(self, numbers: range) -> None:
        for number in numbers:
            body, headers = signed([event(number, "放置自転車", f"U{number % 5}")])
            request = urllib.request.Request(f"{self.base}/webhook/line", body, headers)
            assert urllib.request.urlopen(request, timeout=5).status == 200

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> float:
        """Asks it to stop; returns the seconds it took."""
        started = time.monotonic()
        self.process.terminate()
        self.process.wait(timeout=30)
        return time.monotonic() - started

    def restart(self) -> None:
        self.process = self._start()


def test_nothing_acknowledged_is_lost_or_answered_twice(tmp_path: Path, line: Line) -> None:
    line.delay = 0.2
    server = Server(tmp_path, line)
    server.post(range(20))
    line.wait_for(3)
    server.kill()
    assert len(line.accepted) < 20
    server.restart()
    line.wait_for(20, 40)
    time.sleep(1)
    assert server.stop() <= 10
    tokens = [sent["replyToken"] for sent in line.accepted]
    assert sorted(tokens) == sorted({f"token-{n}" for n in range(20)})
    assert line.refused == []


def test_stopping_while_line_is_slow_hands_over_what_hangs(tmp_path: Path, line: Line) -> None:
    line.delay = 2.0
    line.delays = {f"token-{n}": 14.0 for n in range(5)}
    server = Server(tmp_path, line)
    server.post(range(30))
    time.sleep(1.0)
    assert server.stop() <= 10
    line.delay, line.delays = 0.0, {}
    server.restart()
    line.wait_for(30, 30)
    time.sleep(5)  # the calls that hung are accepted now, where their tokens were not used meanwhile
    assert server.stop() < 5
    assert sorted(sent["replyToken"] for sent in line.accepted) == sorted(f"token-{n}" for n in range(30))
    assert line.refused == []
