"""Calls from the web processes to the workers of other processes, through Redis and Dramatiq.

A call says only that something waits in the inbox, which is the truth: calls may be lost, doubled or late, and Redis
may be stopped or emptied at any time, because every worker looks at the inbox by itself as well.
"""

import threading
from collections.abc import Callable

import dramatiq
import redis
import structlog
from dramatiq.brokers.redis import RedisBroker
from dramatiq.errors import BrokerError

from bot.commits import GroupCommit

log = structlog.get_logger()
_QUEUE, _CALL = "inbox", "answer_inbox"
_REDIS_WITHIN = 2.0  # seconds for one command
_TOGETHER = 0.01  # seconds between calls: more would tell the workers nothing new
_LATEST = 10_000  # milliseconds after which a call says nothing that a worker does not know
_PAUSE = 1.0  # seconds after Redis could not be reached
_LISTEN_EVERY = 50  # milliseconds; Dramatiq asks Redis, it is not told


def _broker(url: str) -> RedisBroker:
    client = redis.Redis.from_url(url, socket_timeout=_REDIS_WITHIN, socket_connect_timeout=_REDIS_WITHIN)
    middleware = [dramatiq.middleware.AgeLimit(max_age=_LATEST)]
    return RedisBroker(client=client, middleware=middleware)  # type: ignore[no-untyped-call]


class Caller:
    """In a web process: wakes a worker when something new was stored, never making the webhook wait for Redis."""

    def __init__(self, url: str, commits: GroupCommit) -> None:
        self._commits, self._broker = commits, _broker(url)
        self._broker.declare_queue(_QUEUE)
        self._news, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._call, name="calls", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._news.set()

    def busy(self) -> bool:
        """Whether residents wait for this process: others answer them."""
        return False

    def alive(self) -> bool:
        return self._thread.is_alive()

    def stop(self) -> None:
        """Ends; what was stored and not called for is found by the workers themselves."""
        self._stop.set()
        self._news.set()
        self._commits.stop()

    def _call(self) -> None:
        reached = True
        while self._news.wait() and not self._stop.wait(_TOGETHER):
            self._news.clear()
            try:
                self._broker.enqueue(dramatiq.Message(_QUEUE, _CALL, (), {}, {}))
                reached = True
            except (BrokerError, redis.RedisError, OSError) as error:
                if reached:
                    log.warning("redis_not_reached", error=type(error).__name__, mend="REDIS_URL")
                reached = False
                self._stop.wait(_PAUSE)


def listen(url: str, wake: Callable[[], None]) -> dramatiq.Worker:
    """In a worker process: a started listener that calls `wake`; the caller stops it. It finds Redis again by
    itself."""
    broker = _broker(url)
    dramatiq.actor(actor_name=_CALL, queue_name=_QUEUE, broker=broker)(wake)
    listener = dramatiq.Worker(broker, worker_threads=1, worker_timeout=_LISTEN_EVERY)
    listener.start()
    return listener
