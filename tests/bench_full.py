"""Replies a second with an empty log, and with so many rows in the log and in the inbox: python -m tests.bench_full."""

import argparse
import sqlite3
import statistics
import tempfile
from pathlib import Path

from tests.line_load import Served, desk_command, line_environment, send, throughput
from tests.line_player import Faults, Player

_ROWS = """
WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {rows})
"""
_LOG = """
INSERT INTO question_log (asked_at, channel, user, question, intent, answered, candidates, release, milliseconds,
  message_id, answer_key, feedback, meant, review)
SELECT datetime('now', '-' || (n % 7776000) || ' seconds'), 'line', 'u' || (n % 50000), '駅前の自転車がじゃま ' || n,
  'initiative', 1, '[["id", 0.9]]', 1, 0.3, 'old-' || n, 'key-' || n, '', '', '' FROM number
"""
_INBOX = """
INSERT INTO inbox_event (channel, event_id, user_id, text, reply_token, sent_at, state, outcome, kind, message_id,
  private, received_at, claimed_until, not_before, attempts, worker)
SELECT 'line', 'old-' || n, '', '', '', n, 'done', 'sent 200', 'text', 'old-' || n, 1,
  (strftime('%s', 'now') - n % 2592000) * 1000, 0, 0, 1, '' FROM number
"""


def fill(database: Path, rows: int) -> None:
    """Adds old rows to the log and ended events to the inbox, as two months of a large ward leave them."""
    with sqlite3.connect(database) as connection:
        for insert in (_LOG, _INBOX):
            head, _, rest = insert.partition("SELECT")
            connection.execute(f"{head} {_ROWS.format(rows=rows)} SELECT {rest}")
        connection.execute("UPDATE log_progress SET last = (SELECT max(id) FROM question_log)")  # it was followed then
    connection.close()


def measure(folder: Path, events: int, runs: int, first: int) -> float:
    """Replies a second, the median of several runs."""
    player = Player(Faults())
    with Served(desk_command(1, 8), line_environment(folder, player)) as served:
        rates = []
        for run in range(runs):
            begin = first + run * events
            rates.append(throughput(player, send(served.base, range(begin, begin + events), 16, patience=10), 120))
    player.stop()
    return statistics.median(rates[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=1_500)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        measure(Path(other), 100, 2, 0)  # makes the database
        fill(Path(other) / "answerdesk.sqlite3", given.rows)
        found: dict[str, list[float]] = {one: [], other: []}
        for turn in range(2):  # in turns, so that a machine that is busy for a while is so for both
            for folder in (one, other):
                found[folder].append(measure(Path(folder), given.events, given.runs, (turn + 1) * 1_000_000))
        empty, full = statistics.mean(found[one]), statistics.mean(found[other])
    print(f"empty {empty:.0f}/s, with {given.rows:,} rows {full:.0f}/s, ratio {full / empty:.2f}")


if __name__ == "__main__":
    main()
