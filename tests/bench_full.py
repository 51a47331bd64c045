"""Replies a second with an empty log, and with so many rows in the log and in the inbox: python -m tests.bench_full."""

import argparse
import random
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from sqlalchemy import update

from bot.record.following import follow_log
from bot.record.models import LogProgress
from bot.record.postings import BLOCK
from handlers.commands.desk import Desk
from handlers.settings import Settings
from tests.conftest import WARD
from tests.line_load import Served, desk_command, line_environment, send, throughput
from tests.line_player import Faults, Player
from tests.log_maker import make_log

_DATABASE = "answerdesk.sqlite3"
# A block of the log as it was made, once more behind the last: keys are as scattered as real ones are.
_LOG = """
INSERT INTO question_log (id, asked_at, channel, user, question, intent, answered, candidates, release, milliseconds,
  message_id, answer_key, feedback, meant, review, cluster_id, office, rephrased)
SELECT id + :add, asked_at, channel, lower(hex(randomblob(8))), question, intent, answered, candidates, release,
  milliseconds, printf('%018d', id + :add), lower(hex(randomblob(8))), feedback, meant, review, cluster_id, office,
  rephrased FROM question_log WHERE id < :block
"""
_POSTINGS = (
    "INSERT INTO log_posting (term, block, numbers) SELECT term, :number, numbers FROM log_posting WHERE block = 0"
)
# LINE's event ids are ULIDs: 10 characters of the time and 16 of chance.
_INBOX = """
WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :rows)
INSERT INTO inbox_event (channel, event_id, user_id, text, reply_token, sent_at, state, outcome, kind, message_id,
  private, received_at, claimed_until, not_before, attempts, worker)
SELECT 'line', printf('01%08d', n / 10) || hex(randomblob(8)), '', '', '', n, 'done', 'sent 200', 'text',
  printf('%018d', n), 1, (strftime('%s', 'now') - n % 100000) * 1000, 0, 0, 1, '' FROM number
"""


def fill(folder: Path, rows: int) -> None:
    """Adds old rows to the log, with what is derived from them, and ended events to the inbox, as months of a large
    ward leave them."""
    desk = Desk(Settings(folder, f"sqlite:///{folder / _DATABASE}", WARD, "secret"))
    make_log(desk, BLOCK - 1, 60)
    follow_log(desk.sessions, desk.now())
    with sqlite3.connect(folder / _DATABASE) as connection:
        for number in range(1, rows // BLOCK):
            connection.execute(_LOG, {"add": number * BLOCK, "block": BLOCK})
            connection.execute(_POSTINGS, {"number": number})
        connection.execute(_INBOX, {"rows": rows})
        connection.execute("UPDATE log_progress SET last = (SELECT max(id) FROM question_log)")
    connection.close()
    make_log(desk, rows - rows // BLOCK * BLOCK, 1)  # the last block is one that grows
    follow_log(desk.sessions, desk.now())
    with desk.sessions() as session:  # nothing is left to do at the start
        session.execute(update(LogProgress).values(compared=LogProgress.last))
        session.commit()
    desk.engine.dispose()


def measure(folder: Path, events: int, first: int) -> float:
    """Replies a second, once what every process does first is done."""
    player = Player(Faults())
    with Served(desk_command(1, 8), line_environment(folder, player)) as served:
        throughput(player, send(served.base, range(first, first + events // 3), 16, patience=10), 120)
        numbers = range(first + events // 3, first + events // 3 + events)
        found = throughput(player, send(served.base, numbers, 16, patience=10), 120)
    player.stop()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=2_000)
    parser.add_argument("--turns", type=int, default=6)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        began = time.monotonic()
        fill(Path(other), given.rows)
        print(f"{given.rows:,} rows made in {time.monotonic() - began:.0f} s", flush=True)
        found: dict[str, list[float]] = {one: [], other: []}
        for turn in range(given.turns):  # in turns, so that a machine that is busy for a while is so for both
            for folder in random.sample([one, other], 2):
                found[folder].append(measure(Path(folder), given.events, (turn + 1) * 1_000_000))
                print("empty" if folder == one else "full", f"{found[folder][-1]:.0f}/s", flush=True)
        empty, full = statistics.median(found[one]), statistics.median(found[other])
    print(f"empty {empty:.0f}/s, with {given.rows:,} rows {full:.0f}/s, ratio {full / empty:.2f}")


if __name__ == "__main__":
    main()
