"""The desk under load beside a bare echo, in one run: replies a second, and how long residents wait at half of it."""

import argparse
import contextlib
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.line_load import (
    Served,
    desk_command,
    echo_command,
    line_environment,
    percentile,
    send,
    throughput,
)
from tests.line_player import Faults, Player

_THREADS, _CONNECTIONS = 8, 16
_API_DELAY = 0.05  # seconds, where waiting is measured
_SETTLED = 4.0  # seconds after the first messages


@contextlib.contextmanager
def _served(command: list[str], faults: Faults) -> Iterator[tuple[Served, Player]]:
    player = Player(faults)
    with tempfile.TemporaryDirectory() as data, Served(command, line_environment(Path(data), player)) as served:
        send(served.base, range(9_000_000, 9_000_200), _CONNECTIONS)
        player.wait_for([f"token-{number}" for number in range(9_000_000, 9_000_200)], 30)
        yield served, player
    player.stop()


def measure_throughput(command: list[str], events: int, runs: int) -> float:
    """Replies a second, the median of several runs."""
    with _served(command, Faults()) as (served, player):
        rates = []
        for run in range(runs):
            sending = send(served.base, range(run * events, (run + 1) * events), _CONNECTIONS)
            assert not sending.refused, sending.refused
            rates.append(throughput(player, sending, 120))
    return statistics.median(rates)


def measure_waiting(command: list[str], events: int, rate: float) -> tuple[float, float]:
    """Milliseconds within which 99 of 100 webhooks are acknowledged, and residents answered beyond the API's delay, by
    a process that has read what files questions (in its first seconds they wait longer: docs/decisions/queue.md)."""
    with _served(command, Faults(delay=_API_DELAY)) as (served, player):
        time.sleep(_SETTLED)
        sending = send(served.base, range(events), _CONNECTIONS, rate)
        accepted = player.wait_for(sending.sent, 60)
        waited = [accepted[token] - at for token, at in sending.sent.items()]
    return percentile(sending.seconds, 0.99) * 1000, (percentile(waited, 0.99) - _API_DELAY) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=4000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    desk, echo = desk_command(given.workers, _THREADS), echo_command(given.workers, _THREADS)
    bare = measure_throughput(echo, given.events, given.runs)
    ours = measure_throughput(desk, given.events, given.runs)
    print(f"{given.workers} × {_THREADS} threads: echo {bare:.0f}/s, desk {ours:.0f}/s, ratio {ours / bare:.2f}")
    acknowledged, answered = measure_waiting(desk, given.events, ours / 2)
    print(f"at {ours / 2:.0f}/s: p99 of the 200 {acknowledged:.0f} ms, of the reply beyond the API {answered:.0f} ms")


if __name__ == "__main__":
    main()
