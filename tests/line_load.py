"""LINE as a load: a sender of signed webhooks, and the processes that take them."""

import base64
import hashlib
import hmac
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import urllib3

from tests.line_player import Player, free_port

PROJECT = Path(__file__).resolve().parent.parent
SECRET = "load-secret"
_QUESTIONS = (
    "駅前の自転車がじゃま", "防災訓練はいつ", "区役所は何時まで", "子どもの居場所はありますか",
    "ひとり暮らしの親が心配", "健康診断を受けたい", "地域のまつりを手伝いたい",
    "住民票がほしい", "④番は何の課", "ありがとう",
)  # fmt: skip


def webhook(number: int, users: int = 500, redelivery: bool = False) -> tuple[bytes, dict[str, str]]:
    """One signed event and its headers."""
    event = {
        "type": "message", "mode": "active", "webhookEventId": f"event-{number}",
        "timestamp": 1_700_000_000_000 + number,
        "deliveryContext": {"isRedelivery": redelivery}, "replyToken": f"token-{number}",
        "source": {"type": "user", "userId": f"U{number % users}"},
        "message": {"type": "text", "id": f"m{number}", "text": _QUESTIONS[number % len(_QUESTIONS)]},
    }  # fmt: skip
    body = json.dumps({"destination": "x", "events": [event]}).encode()
    signature = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
    return body, {"x-line-signature": signature, "content-type": "application/json"}


@dataclass
class Sending:
    """What a load did: token → when its webhook was sent, seconds to each 200, refusals by status."""

    sent: dict[str, float] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    refused: Counter[int] = field(default_factory=Counter)


def send(
    base: str, numbers: range, connections: int = 8, rate: float = 0.0, redelivered: float = 0.0, patience: float = 0.0
) -> Sending:
    """Sends webhooks over so many connections, `rate` a second at most (0: as fast as they are taken).

    A webhook that is not taken is sent again, as LINE does, until `patience` seconds have passed; a share is sent
    twice.
    """
    result, lock = Sending(), threading.Lock()
    pool = urllib3.PoolManager(maxsize=connections, block=True, retries=False)
    began, waiting = time.monotonic(), iter(numbers)
    chance = random.Random(2)

    def one(number: int, redelivery: bool = False) -> bool:
        body, headers = webhook(number, redelivery=redelivery)
        start = time.perf_counter()
        try:
            status = pool.request("POST", f"{base}/webhook/line", body=body, headers=headers, timeout=10.0).status
        except urllib3.exceptions.HTTPError:
            status = 0
        took = time.perf_counter() - start
        with lock:
            result.seconds.append(took)
            if status != 200:
                result.refused[status] += 1
        return status == 200

    def run() -> None:
        while True:
            with lock:
                number = next(waiting, None)
                again = chance.random() < redelivered
            if number is None:
                return
            if rate and (early := began + (number - numbers.start) / rate - time.monotonic()) > 0:
                time.sleep(early)
            result.sent[f"token-{number}"] = time.time()
            deadline = time.monotonic() + patience
            while not (taken := one(number)) and time.monotonic() < deadline:
                time.sleep(0.3)
            if not taken:
                with lock:
                    del result.sent[f"token-{number}"]
            elif again:
                one(number, True)

    threads = [threading.Thread(target=run) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return result


class Served:
    """`app.py serve` or the bare echo in a process group of its own."""

    def __init__(self, command: list[str], environment: dict[str, str], ready: str = "/readyz") -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self._command, self._ready = command, ready
        self._environment = {**os.environ, "LOG_LEVEL": "WARNING", **environment, "PORT": str(self.port)}
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            self._command, cwd=PROJECT, env=self._environment, start_new_session=True, stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(self.base + self._ready, timeout=2)
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise AssertionError("not ready within 90 s")

    def children(self) -> list[int]:
        """The processes that gunicorn's first one started."""
        found = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=False)
        return [int(number) for number in found.stdout.split()]

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def __enter__(self) -> "Served":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()


def line_environment(data: Path, player: Player, **more: str) -> dict[str, str]:
    return {
        "DATA_DIR": str(data), "LINE_API_BASE": player.url, "LINE_CHANNEL_SECRET": SECRET,
        "LINE_CHANNEL_ACCESS_TOKEN": "token", **more,
    }  # fmt: skip


def desk_command(workers: int, threads: int) -> list[str]:
    return [sys.executable, "app.py", "serve", "--workers", str(workers), "--threads", str(threads)]


def echo_command(workers: int, threads: int) -> list[str]:
    return [sys.executable, "-m", "tests.bare_echo", str(workers), str(threads)]


def percentile(values: list[float], share: float) -> float:
    """The value below which so much of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def throughput(player: Player, sending: Sending, seconds: float) -> float:
    """Replies a second, from the first webhook to the last reply."""
    accepted = player.wait_for(sending.sent, seconds)
    times = [accepted[token] for token in sending.sent if token in accepted]
    missing = len(sending.sent) - len(times)
    assert not missing, f"{missing} without a reply"
    return len(times) / (max(times) - min(sending.sent.values()))


def median(values: list[float]) -> float:
    return statistics.median(values)
