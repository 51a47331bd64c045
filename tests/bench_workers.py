"""Replies a second of four worker processes beside one, where LINE takes 200 ms: python -m tests.bench_workers."""

import tempfile
from pathlib import Path

from tests.line_load import Served, desk_command, line_environment, send
from tests.line_player import Faults, Player
from tests.servers import Postgres, RedisServer, WorkerProcess

_DELAY, _CONNECTIONS = 0.2, 16


def measure(workers: int, events: int) -> tuple[float, float]:
    """(Replies a second from the first to the last, the same of the middle 80 %), from a backlog."""
    postgres, redis, player = Postgres(), RedisServer(), Player(Faults(delay=_DELAY))
    with tempfile.TemporaryDirectory() as data:
        environment = line_environment(Path(data), player, DATABASE_URL=postgres.url, REDIS_URL=redis.url)
        with Served(desk_command(1, 8), environment) as served:
            sending = send(served.base, range(events), _CONNECTIONS)
            started = [WorkerProcess(environment) for _ in range(workers)]  # now: they would hold back the senders
            accepted = player.wait_for(sending.sent, 120)
            for worker in started:
                worker.stop()
        player.stop()
    redis.stop()
    postgres.close()
    times = sorted(accepted[token] for token in sending.sent)
    edge = len(times) // 10
    return len(times) / (times[-1] - times[0]), (len(times) - 2 * edge) / (times[-edge - 1] - times[edge])


def main() -> None:
    for turn in range(2):
        found = {workers: measure(workers, 1_000 * workers) for workers in ((1, 4) if turn else (4, 1))}
        print(*(f"{workers} workers: {all_:.0f}/s, middle {middle:.0f}/s" for workers, (all_, middle) in found.items()))
        print(f"ratio {found[4][0] / found[1][0]:.2f}, middle {found[4][1] / found[1][1]:.2f}", flush=True)


if __name__ == "__main__":
    main()
