"""Server time of every page of the console with 2,000 entries: `python -m tests.bench_console`."""

import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from handlers.commands.desk import Desk
from handlers.settings import Settings
from handlers.web import make_web
from knowledge.draft import read_draft
from knowledge.exchange import shipped_document
from knowledge.merging.comparing import merge_into_draft
from knowledge.models import EntryRow, WordRow
from knowledge.releases import publish_release
from tests.conftest import WARD
from tests.console import Console
from tests.test_console_routes import addresses_of, console_rules

ENTRIES, TIMES, LIMIT = 2_000, 5, 300.0


def fill(desk: Desk) -> int:
    """A published knowledge base of 2,000 entries, and a draft that differs from it; returns their number."""
    shipped = shipped_document()
    copies = -(-ENTRIES // len(shipped.entries))
    entries = [replace(entry, title=f"{entry.title}{n}") for n in range(copies) for entry in shipped.entries][:ENTRIES]
    with desk.sessions() as session:
        merge_into_draft(session, replace(shipped, entries=entries), by_hand=True)
        publish_release(session, desk.now(), "測定")
        for row in session.query(EntryRow).limit(300):
            row.note = "書きかえた"
        session.add(WordRow(word="ちゃりんこ", official="自転車"))
        session.commit()
        return len(read_draft(session).entries)


def measure() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder), f"sqlite:///{folder}/desk.sqlite3", WARD, "secret")
        desk = Desk(settings)
        print(
            f"{fill(desk)} entries. Milliseconds: median of {TIMES} and first request; of the processor alone, the same"
        )
        web = make_web(settings, desk.sessions, desk.conversation)[0]
        console = Console(web, desk, "admin")
        for rule in console_rules(web):
            if "GET" not in (rule.methods or set()):
                continue
            for path in addresses_of(web, rule):
                taken, used = [], []
                for _ in range(TIMES + 1):
                    started, worked = time.perf_counter(), time.thread_time()
                    answer = console.get(path)
                    size = len(answer.get_data())
                    taken.append((time.perf_counter() - started) * 1000)
                    used.append((time.thread_time() - worked) * 1000)
                median, cpu = statistics.median(taken[1:]), statistics.median(used[1:])
                late = "  over the limit" if median > LIMIT else ""
                print(f"{median:6.0f} {taken[0]:6.0f} {cpu:6.0f} {used[0]:6.0f}  {size:8d} B  {path}{late}", flush=True)


if __name__ == "__main__":
    measure()
