"""Server time of the operators' pages over a log of a million rows, on both databases, and what writing the log costs
then: `python -m tests.bench_log [ROWS] [sqlite|postgresql]`."""

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import combinations, permutations
from pathlib import Path
from urllib.parse import unquote_plus, urlencode

from flask import Flask
from sqlalchemy import func, select

from bot.alarms.looking import SURGE, add_alarm
from bot.commits import GroupCommit
from bot.judging.models import JudgedSample
from bot.judging.samples import DECLINED_RIGHTLY, RIGHT, draw_sample, judge_sample, week_of
from bot.models import QuestionLog
from bot.question_log import log_questions, log_row
from bot.record.export import stream_export
from bot.record.following import follow_log
from bot.record.terms import LogFilter
from bot.review.filing import Filer
from bot.review.models import QuestionCluster
from handlers.commands.desk import Desk
from handlers.console.questions.queue import STATES
from handlers.settings import Settings
from handlers.web import make_web
from knowledge.models import EntryRow
from knowledge.notices import NoticeRow
from tests.conftest import WARD
from tests.console import Console
from tests.log_maker import make_log, make_queue
from tests.servers import Postgres

TIMES, LIMIT, WRITTEN, DAYS = 3, 500.0, 5_000, 1_095
LOG = "/console/questions/log"
_HERE = ("questions.", "statistics.", "alarms.", "notices.")  # blueprints that are measured


def make_rest(desk: Desk) -> None:
    """What else the pages show: weeks of samples, half of them judged; notices and alarms."""
    now = desk.now().replace(tzinfo=None)
    with desk.sessions() as session:
        for week in range(52):
            draw_sample(session, week_of(now.date()) - timedelta(weeks=week))
        for sample in session.scalars(select(JudgedSample).where(JudgedSample.id % 2 == 0)).all():
            judge_sample(session, sample.id, RIGHT if sample.answered else DECLINED_RIGHTLY, "", "", now)
        for number in range(100):
            ends = now + timedelta(days=1) if number > 90 else now - timedelta(days=number)
            row = NoticeRow(title=f"断水 {number}", topics=["断水", "自転車"], text="いま調べています。")
            row.starts_at, row.ends_at = now - timedelta(days=200), ends
            session.add(row)
            figures = {"words": ["断水", "水道"], "asked": 200, "unanswered": 10}
            began = now - timedelta(hours=6 * (99 - number))
            add_alarm(session, SURGE, began, ["mail"], topic="断水", count=40, usual=0.5, figures=figures)
        session.commit()


def searches(desk: Desk, row: QuestionLog) -> list[str]:
    """The log by each filter, with what is common and what is rare, and by each two of them."""
    today = desk.now().date()
    entry = row.candidates[0][0]
    common = {
        "words": "自転車", "since": today.replace(year=today.year - 2), "until": today, "channel": "line",
        "intent": "initiative", "entry": entry, "office": row.office, "answered": "yes", "feedback": "good",
        "band": "4", "release": "3",
    }  # fmt: skip
    rare = {
        "words": "存在しない言葉", "since": today, "until": today.replace(year=today.year - 2), "channel": "cli",
        "intent": "emergency", "entry": "nothing", "office": "ない課", "answered": "no", "feedback": "wrong",
        "band": "none", "release": "99",
    }  # fmt: skip
    made = [{name: value} for values in (common, rare) for name, value in values.items()]
    made += [{one: common[one], other: common[other]} for one, other in combinations(common, 2)]
    made += [{one: common[one], other: rare[other]} for one, other in permutations(common, 2)]
    made += [common, {**common, "words": "何時"}, {"words": "何時"}, {"words": "の"}, {"words": "印鑑 登録"}]
    made += [{"before": 1_000, **values} for values in ({}, {"channel": "web"}, {"words": "自転車"}, {"words": "の"})]
    return [f"{LOG}?{urlencode(values)}" for values in made]


def paths(desk: Desk) -> list[str]:
    """What operators open: the queue, the log by every filter, one question, figures of any period, every other page
    of theirs."""
    today = desk.now().date()
    month, year, all_of_it = (today.replace(day=1), today.replace(month=1, day=1), today.replace(year=today.year - 3))
    with desk.sessions() as session:
        order = QuestionCluster.count.desc()
        cluster = session.scalars(select(QuestionCluster.id).order_by(order).limit(1)).one()
        row = session.scalars(select(QuestionLog).where(QuestionLog.office != "").limit(1)).one()
        newest = session.scalar(select(func.max(QuestionLog.id)))
        sample = session.scalar(select(func.max(JudgedSample.id)))
        notice = session.scalar(select(func.max(NoticeRow.id)))
    queue, figures = "/console/questions", "/console/statistics"
    periods = [f"since={since}&until={today}" for since in (month, year, all_of_it)]
    periods.append(f"since={all_of_it + timedelta(days=17)}&until={today - timedelta(days=17)}")
    return [
        "/console/", *(f"{queue}?state={state}" for state in STATES), f"{queue}?page=9", f"{queue}?page=40",
        f"{queue}/{cluster}", LOG, *searches(desk, row), f"{LOG}/{row.id}", f"{LOG}/{newest}", f"{LOG}/export.csv",
        f"{LOG}/export.csv?words=自転車&release=2", f"{LOG}/export.csv?feedback=wrong",
        f"{LOG}/export.xlsx", f"{queue}/samples", f"{queue}/samples/{sample}",
        *(f"{figures}{page}?{period}" for page in ("", "/report", "/table.csv", "/table.xlsx") for period in periods),
        f"{figures}/scores", "/console/alarms", "/console/notices", "/console/notices/new",
        f"/console/notices/{notice}",
    ]  # fmt: skip


def find_uncovered(web: Flask, asked: list[str]) -> set[str]:
    """Pages of the operators that none of these addresses opens."""
    rules = web.url_map.bind("localhost")
    opened = {rules.match(path.partition("?")[0])[0] for path in asked}
    shown = {rule.endpoint for rule in web.url_map.iter_rules() if "GET" in (rule.methods or ())}
    return {endpoint for endpoint in shown if endpoint.startswith(_HERE)} - opened


def time_previews(console: Console, cluster: int, entries: Sequence[int]) -> dict[str, tuple[float, float]]:
    """Milliseconds of looking what a wording would change, as `measure_pages` tells them: each time another wording, so
    that an index is made for it."""
    path, taken = f"/console/questions/{cluster}/preview", []
    token = console.token()
    for number, entry in enumerate(entries):
        form = {"csrf_token": token, "entry": entry, "wording": f"駅前の自転車がじゃま{number}"}
        taken.append(timed(lambda form=form: console.client.post(path, data=form)) * 1000)
    return {path: tell(path, taken[0], statistics.median(taken[1:]))}


def tell(path: str, first: float, next_ones: float) -> tuple[float, float]:
    """Prints a page's milliseconds at once, so that a run that breaks has told what it found; returns them."""
    late = "  OVER THE LIMIT" if max(first, next_ones) > LIMIT else ""
    print(f"{first:7.0f} {next_ones:7.0f}  {unquote_plus(path)}{late}", flush=True)
    return first, next_ones


def measure_pages(desk: Desk) -> dict[str, tuple[float, float]]:
    """Milliseconds of each page: (first, median of the next)."""
    web = make_web(desk.settings, desk.sessions, desk.conversation)[0]
    console = Console(web, desk, "admin")
    result = {}
    asked = paths(desk)
    assert not (missing := find_uncovered(web, asked)), missing
    for path in asked:
        taken = []
        for _ in range(TIMES + 1):
            started = time.perf_counter()
            answer = console.get(path, buffered=False)
            next(iter(answer.response))  # the whole page, or the first piece of what is streamed
            taken.append((time.perf_counter() - started) * 1000)
            assert answer.status_code == 200, (path, answer.status_code)
            answer.close()
        result[path] = tell(path, taken[0], statistics.median(taken[1:]))
    with desk.sessions() as session:
        cluster = session.scalars(select(QuestionCluster.id).order_by(QuestionCluster.count.desc()).limit(1)).one()
        drafted = session.scalars(select(EntryRow.id).order_by(EntryRow.id).limit(TIMES + 1)).all()
    return result | time_previews(console, cluster, drafted)


def rate_of_writing(desk: Desk) -> float:
    """Log rows a second, handed in by one thread as answers are: in groups, each with its commit."""
    commits = GroupCommit(desk.sessions)
    reply = desk.conversation.answer("防災訓練はいつ")
    started = time.perf_counter()
    waiting = [
        commits.submit(
            log_questions, log_row(desk.now(), "line", "u", f"防災訓練はいつ{n}", reply, 1.0, f"{time.time_ns()}")
        )
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
    rates = [(rate_of_writing(full), rate_of_writing(empty)) for _ in range(15)]
    much, little = (statistics.median(rate) for rate in zip(*rates, strict=True))
    changes = sorted(one / other - 1 for one, other in rates)
    middle, low, high = statistics.median(changes), changes[3], changes[-4]
    print(
        f"writing {much:.0f} rows/s into the full log, {little:.0f} into the empty: {middle:+.0%} by turns"
        f" (the middle half {low:+.0%} to {high:+.0%})",
        flush=True,
    )


def measure_export(desk: Desk, kind: str) -> None:
    """Prints what it takes to send the whole log."""
    pieces = stream_export(desk.sessions, kind, LogFilter(), desk.now().date())
    first = timed(lambda: next(pieces))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    spent = timed(lambda: sum(map(len, pieces)))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"all as {kind}: first piece {first * 1000:.0f} ms, all in {spent:.0f} s, memory grew {grown:.0f} MB")


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
    make_rest(desk)
    pages = measure_pages(desk)
    slowest = (max(times[number] for times in pages.values()) for number in (0, 1))
    print(f"{len(pages)} pages, slowest first request {next(slowest):.0f} ms, of the next {next(slowest):.0f} ms")
    for kind in ("csv", "xlsx"):
        measure_export(desk, kind)


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
