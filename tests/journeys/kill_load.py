"""The kill test at its full size, as a command: python -m tests.journeys.kill_load --events 10000 [--scaled]."""

import argparse
import tempfile
import time
from pathlib import Path

from tests.journeys.under_fire import send_under_fire
from tests.line_load import Served, desk_command, line_environment
from tests.line_player import Faults, Player
from tests.servers import Postgres, RedisServer, WorkerProcess

FAULTS = Faults(errors=0.05, cut=0.05, delay=0.02)


def run_embedded(folder: Path, player: Player, events: int, rate: float) -> str:
    """Two web processes over SQLite; returns what happened."""
    with Served(desk_command(2, 8), line_environment(folder, player)) as served:
        return send_under_fire(served, player, f"sqlite:///{folder / 'answerdesk.sqlite3'}", events, rate)


def run_scaled(folder: Path, player: Player, events: int, rate: float) -> tuple[str, float]:
    """Two web and two worker processes; PostgreSQL is stopped at once, Redis stopped and emptied in the middle. Returns
    what happened, and the seconds that the slower worker took to stop."""
    postgres, redis = Postgres(), RedisServer()

    def empty_redis() -> None:
        redis.stop()
        time.sleep(1)
        redis.start()

    try:
        environment = line_environment(folder, player, DATABASE_URL=postgres.url, REDIS_URL=redis.url)
        with Served(desk_command(2, 8), environment) as served:
            workers = [WorkerProcess(environment) for _ in range(2)]
            try:
                happenings = (empty_redis, postgres.restart)
                told = send_under_fire(served, player, postgres.url, events, rate, workers, happenings)
            finally:
                stopped = [worker.stop() for worker in workers]
        return told, max(stopped)
    finally:
        redis.stop()
        postgres.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=100.0)
    parser.add_argument("--scaled", action="store_true")
    given = parser.parse_args()
    player = Player(FAULTS)
    with tempfile.TemporaryDirectory() as folder:
        if given.scaled:
            told, stopped = run_scaled(Path(folder), player, given.events, given.rate)
            print(f"scaled: {told}; a worker stopped within {stopped:.1f} s")
        else:
            print(f"embedded: {run_embedded(Path(folder), player, given.events, given.rate)}")
    player.stop()


if __name__ == "__main__":
    main()
