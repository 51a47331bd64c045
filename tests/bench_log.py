"""Server time of the operators' pages over a log of a million rows, on both databases, and what writing the log costs
then: `python -m tests.bench_log [ROWS] [sqlite|postgresql]`."""

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from bot.commits import GroupCommit
from bot.models import QuestionLog
from bot.question_log import log_questions, log_row
from bot.record.export import export_csv
from bot.record.following import follow_log
from bot.record.terms import LogFilter
from bot.review.filing import Filer
from bot.review.models import QuestionCluster
from handlers.commands.desk import Desk
from handlers.settings import Settings
from handlers.web import make_web
from tests.conftest import WARD
from tests.console import Console
from tests.log_maker import make_log, make_queue
from tests.servers import Postgres

TIMES, LIMIT, WRITTEN, DAYS = 3, 500.0, 5_000, 1_095


def paths(desk: Desk) -> list[str]:
    """What operators open: the queue, the log by every filter, one question, figures of any period."""
    today = desk.now().date()
    month, year, all_of_it = (today.replace(day=1), today.replace(month=1, day=1), today.replace(year=today.year - 3))
    with desk.sessions() as session:
        cluster = session.scalars(select(QuestionCluster.id).order_by(QuestionCluster.count.desc()).limit(1)).one()
        row = session.scalars(select(QuestionLog).where(QuestionLog.office != "").limit(1)).one()
    log = "/console/questions/log"
    return [
        "/console/", "/console/questions", "/console/questions?page=9", "/console/questions?state=ignored",
        f"/console/questions/{cluster}", log, f"{log}?words=自転車", f"{log}?words=印鑑 登録", f"{log}?words=何時",
        f"{log}?words=存在しない言葉", f"{log}?words=自転車&feedback=wrong", f"{log}?since={all_of_it}&until={today}",
        f"{log}?words=水道&since={month}&until={today}&channel=line&answered=no", f"{log}?feedback=wrong",
        f"{log}?entry={row.candidates[0][0]}&feedback=good", f"{log}?office={row.office}&band=4&release=3",
        f"{log}?intent=emergency&answered=no", f"{log}?until={all_of_it.replace(year=all_of_it.year + 1)}&release=6",
        f"{log}?before=1000&channel=web", f"{log}/{row.id}", f"{log}/export.csv?words=自転車&release=2",
        f"/console/statistics?since={month}&until={today}", f"/console/statistics?since={year}&until={today}",
        f"/console/statistics?since={all_of_it}&until={today}",
        f"/console/statistics/table.csv?since={all_of_it}&until={today}",
        f"/console/statistics/table.xlsx?since={all_of_it}&until={today}",
    ]  # fmt: skip


def measure_pages(desk: Desk) -> dict[str, tuple[float, float]]:
    """Milliseconds of each page: (first, median of the next)."""
    web = make_web(desk.settings, desk.sessions, desk.conversation)[0]
    console = Console(web, desk, "admin")
    result = {}
    for path in paths(desk):
        taken = []
        for _ in range(TIMES + 1):
            started = time.perf_counter()
            answer = console.get(path, buffered=False)
            next(iter(answer.response))  # the whole page, or the first piece of what is streamed
            taken.append((time.perf_counter() - started) * 1000)
            assert answer.status_code == 200, (path, answer.status_code)
        result[path] = taken[0], statistics.median(taken[1:])
    return result


def rate_of_writing(desk: Desk) -> float:
    """Log rows a second, handed in by one thread as answers are: in groups, each with its commit."""
    commits = GroupCommit(desk.sessions)
    reply = desk.conversation.answer("防災訓練はいつ")
    started = time.perf_counter()
    waiting = [
        commits.submit(log_questions, log_row(desk.now(), "line", "u", f"防災訓練はいつ{n}", reply, 1.0, f"m{n}"))
        for n in range(WRITTEN)
    ]
    for written in waiting:
        written.result()
    rate = WRITTEN / (time.perf_counter() - started)
    commits.stop()
    return rate


def timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def compare_writing(full: Desk, empty: Desk) -> None:
    """Prints how fast the log is written, by turns into the full one and into one that was empty."""
    rates = [(rate_of_writing(full), rate_of_writing(empty)) for _ in range(5)]
    much, little = (statistics.median(rate) for rate in zip(*rates, strict=True))
    print(
        f"writing {much:.0f} rows/s into the full log, {little:.0f} into the empty: {much / little - 1:+.0%}",
        flush=True,
    )


def measure(url: str, other: str, folder: Path, rows: int) -> None:
    """Prints everything of one database; `other`: the address of an empty one, to compare with."""
    desk = Desk(Settings(folder, url, WARD, "secret"))
    desk.conversation.live.get()
    print(f"\n{desk.engine.dialect.name}", flush=True)
    made = timed(lambda: make_log(desk, rows, DAYS, wordings=3_000))
    print(f"{rows} rows made in {made:.0f} s, followed in {timed(lambda: follow_log(desk.sessions, desk.now())):.0f} s")
    compare_writing(desk, Desk(Settings(folder, other, WARD, "secret")))
    make_queue(desk, 1_500)
    filer = Filer(desk.sessions, desk.conversation.live)
    print(f"queue filed in {timed(filer.file_waiting):.0f} s", flush=True)
    for path, (first, next_ones) in measure_pages(desk).items():
        late = "  OVER THE LIMIT" if max(first, next_ones) > LIMIT else ""
        print(f"{first:7.0f} {next_ones:7.0f}  {path}{late}", flush=True)
    pieces = export_csv(desk.sessions, LogFilter(), desk.now().date())
    first = timed(lambda: next(pieces))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    spent = timed(lambda: sum(map(len, pieces)))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"CSV of everything: first piece {first * 1000:.0f} ms, all in {spent:.0f} s, memory grew {grown:.0f} MB")


def main() -> None:
    """Both databases."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    for database in sys.argv[2:] or ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as folder:
            if database == "sqlite":
                measure(*(f"sqlite:///{folder}/{name}.sqlite3" for name in ("full", "empty")), Path(folder), rows)
                continue
            servers = Postgres(), Postgres()
            try:
                measure(servers[0].url, servers[1].url, Path(folder), rows)
            finally:
                for server in servers:
                    server.close()


if __name__ == "__main__":
    main()
