"""What a process holds once, and what it does not hold at all."""

import subprocess
import sys
from pathlib import Path

import pytest

THREADS = """
import threading
from nlp.tokenise import tokenise_raw

together = threading.Barrier(8)

def cut():
    together.wait()
    tokenise_raw("テスト")
    together.wait()
    together.wait()  # what a thread has loaded stays as long as the thread

for _ in range(7):
    threading.Thread(target=cut, daemon=True).start()
together.wait()
together.wait()
with open("/proc/self/maps") as maps:
    print(sum("system.dic" in line for line in maps))
"""


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux tells what a process has mapped")
def test_threads_that_begin_at_once_share_one_dictionary() -> None:
    run = subprocess.run([sys.executable, "-c", THREADS], capture_output=True, text=True, check=True)
    assert int(run.stdout) == 1


def test_who_serves_over_sqlite_has_nothing_that_only_setting_up_or_another_database_needs() -> None:
    serving = (
        "import app, handlers.web, handlers.serving, bot.alarms.lookout, bot.retention, handlers.alarm_ways, sys;"
        "print(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", serving], capture_output=True, text=True, check=True)
    needless = {"alembic", "scipy", "holidays", "psycopg", "redis", "sqlalchemy.dialects.postgresql", "lxml"}
    assert not needless & set(run.stdout.split())
