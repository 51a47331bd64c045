"""LINE as a load: a player of its API, a sender of signed webhooks, and a bare echo to compare with."""

import asyncio
import base64
import hashlib
import hmac
import json
import multiprocessing
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import urllib3

PROJECT = Path(__file__).resolve().parent.parent
SECRET = "load-secret"
_HEAD = b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
_QUESTIONS = (
    "駅前の自転車がじゃま", "防災訓練はいつ", "区役所は何時まで", "子どもの居場所はありますか",
    "ひとり暮らしの親が心配", "健康診断を受けたい", "地域のまつりを手伝いたい",
    "住民票がほしい", "④番は何の課", "ありがとう",
)  # fmt: skip


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Faults:
    """Shares of calls that fail before acceptance, and that are accepted and then cut; `delay` in seconds."""

    errors: float = 0.0
    cut: float = 0.0
    delay: float = 0.0


async def _play(port: int, faults: Faults, done: Connection) -> None:
    """LINE's reply call: a token works once. Tells when it first accepted each token, and what was used again."""
    accepted: dict[str, float] = {}
    again: Counter[str] = Counter()
    other: Counter[str] = Counter()
    chance = random.Random(1)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
                body = json.loads(await reader.readexactly(length))
                path = head.split(b" ", 2)[1].decode()
                if faults.delay:
                    await asyncio.sleep(faults.delay)
                if path != "/v2/bot/message/reply":
                    other[path] += 1
                    writer.write(_HEAD % (200, 2, b"{}"))
                    continue
                token, dice = body["replyToken"], chance.random()
                if dice < faults.errors:
                    writer.write(_HEAD % (500, 2, b"{}"))
                elif token in accepted:
                    again[token] += 1
                    refused = b'{"message":"Invalid reply token"}'
                    writer.write(_HEAD % (400, len(refused), refused))
                else:
                    accepted[token] = time.time()
                    if dice < faults.errors + faults.cut:
                        writer.transport.abort()
                        return
                    writer.write(_HEAD % (200, 2, b"{}"))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port, backlog=1000)
    async with server:
        while True:
            await asyncio.sleep(0.02)
            if done.poll():
                if done.recv() == "stop":
                    return
                done.send((accepted, again, other))


def _player(port: int, faults: Faults, done: Connection) -> None:
    asyncio.run(_play(port, faults, done))


class Player:
    """LINE's API in a process of its own."""

    def __init__(self, faults: Faults = Faults()) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._mine, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(
            target=_player, args=(self.port, faults, theirs), daemon=True
        )
        self._process.start()
        wait_for_port(self.port)

    def seen(self) -> tuple[dict[str, float], Counter[str], Counter[str]]:
        """(token → when it was accepted, tokens used again, calls of other paths)."""
        self._mine.send("seen")
        found: tuple[dict[str, float], Counter[str], Counter[str]] = self._mine.recv()
        return found

    def wait_for(self, tokens: Iterable[str], seconds: float) -> dict[str, float]:
        """What was accepted, once these tokens are among it or the time is up."""
        deadline, wanted = time.monotonic() + seconds, set(tokens)
        accepted = self.seen()[0]
        while not wanted <= accepted.keys() and time.monotonic() < deadline:
            time.sleep(0.2)
            accepted = self.seen()[0]
        return accepted

    def stop(self) -> None:
        self._mine.send("stop")
        self._process.join()


def wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("nothing listens")


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
    return [sys.executable, "-m", "tests.line_load", str(workers), str(threads)]


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


def _echo() -> Any:
    """A Flask route that verifies the signature and echoes through one reused client."""
    from flask import Flask, request

    web = Flask(__name__)
    client = urllib3.PoolManager(maxsize=64)
    url, token = os.environ["LINE_API_BASE"] + "/v2/bot/message/reply", os.environ["LINE_CHANNEL_ACCESS_TOKEN"]

    @web.get("/readyz")
    def ready() -> str:
        return "ok"

    @web.post("/webhook/line")
    def hook() -> tuple[str, int]:
        body = request.get_data()
        signature = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
        if not hmac.compare_digest(signature, request.headers.get("x-line-signature", "")):
            return "", 400
        for event in json.loads(body)["events"]:
            message = {"type": "text", "text": event["message"]["text"]}
            answer = json.dumps({"replyToken": event["replyToken"], "messages": [message]})
            client.request("POST", url, body=answer, headers={"Authorization": f"Bearer {token}"}, timeout=10.0)
        return "OK", 200

    return web


def _serve_echo(workers: int, threads: int) -> None:
    from gunicorn.app.base import BaseApplication

    class _Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            address = f"127.0.0.1:{os.environ['PORT']}"
            options = {"bind": address, "workers": workers, "threads": threads, "worker_class": "gthread"}
            for key, value in {**options, "loglevel": "warning"}.items():
                self.cfg.set(key, value)

        def load(self) -> Any:
            return _echo()

    _Server().run()


if __name__ == "__main__":
    _serve_echo(int(sys.argv[1]), int(sys.argv[2]))
