"""kill -9 of a process every two seconds, redeliveries and faults of LINE's API, embedded and scaled."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.under_fire import send_under_fire
from tests.line_load import Faults, Player, Served, desk_command, line_environment
from tests.servers import Postgres, RedisServer, WorkerProcess

_FAULTS = Faults(errors=0.05, cut=0.05, delay=0.02)


@pytest.fixture
def player() -> Iterator[Player]:
    played = Player(_FAULTS)
    yield played
    played.stop()


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    started = Postgres()
    yield started
    started.close()


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    started = RedisServer()
    yield started
    started.stop()


def test_embedded(tmp_path: Path, player: Player) -> None:
    with Served(desk_command(2, 8), line_environment(tmp_path, player)) as served:
        send_under_fire(served, player, f"sqlite:///{tmp_path / 'answerdesk.sqlite3'}", 800, 80)


def test_scaled(tmp_path: Path, player: Player, postgres: Postgres, redis: RedisServer) -> None:
    environment = line_environment(tmp_path, player, DATABASE_URL=postgres.url, REDIS_URL=redis.url)

    def empty_redis() -> None:
        redis.stop()
        time.sleep(1)
        redis.start()

    with Served(desk_command(2, 8), environment) as served:
        workers = [WorkerProcess(environment) for _ in range(2)]
        try:
            happenings = (empty_redis, postgres.restart)
            send_under_fire(served, player, postgres.url, 800, 60, workers, happenings)
        finally:
            stopped = [worker.stop() for worker in workers]
        assert max(stopped) <= 10
