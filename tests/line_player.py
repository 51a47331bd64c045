"""LINE's API played in a process of its own, for loads."""

import asyncio
import json
import multiprocessing
import random
import socket
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from multiprocessing.connection import Connection

_HEAD = b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"


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
