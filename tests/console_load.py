"""How long the pages on the log take with many rows: python -m tests.console_load [ROWS] [DATABASE_URL]"""

import random
import sys
import tempfile
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select

from bot.models import QuestionLog
from bot.question_log import log_row
from bot.review.models import QuestionCluster
from bot.review.statistics import sum_up
from handlers.commands.desk import Desk
from handlers.settings import Settings
from handlers.web import make_web
from tests.conftest import WARD
from tests.console import Console
from tests.questions.made import make_questions

PAGES = (
    "/console/questions",
    "/console/questions/1",
    "/console/questions/log",
    "/console/questions/log?words=パスポート",
    "/console/questions/log?words=どこにもない言葉",
    "/console/questions/log?feedback=wrong",
    "/console/questions/log?channel=line&answered=no&since=2026-01-01&until=2026-01-31",
    "/console/questions/log/1",
    "/console/statistics",
    "/console/statistics?since=2024-01-01&until=2026-11-24",
)


def fill(desk: Desk, rows: int) -> None:
    """A log of three years: the made questions, their answers as they are given now."""
    chance, now = random.Random(1), datetime(2026, 11, 24, 10)
    ready = [log_row(now, "web", "", q, desk.conversation.answer(q), 1.0) for q, _ in make_questions()]
    for start in range(0, rows, 10_000):
        some = []
        for number in range(start, min(rows, start + 10_000)):
            row = dict(chance.choice(ready))
            row["asked_at"] = now - timedelta(minutes=(rows - number) * 1_500_000 / rows)
            row["channel"] = chance.choice(("web", "line"))
            row["answer_key"] = f"{number:016x}"
            row["feedback"] = chance.choices(("", "good", "wrong"), (90, 7, 3))[0]
            row["review"] = "waiting" if number > rows - 1_000 else ""
            some.append(row)
        with desk.sessions() as session:
            session.execute(insert(QuestionLog), some)
            session.commit()


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    folder = Path(tempfile.mkdtemp())
    url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{folder / 'desk.sqlite3'}"
    settings = replace(Settings(folder, url, WARD, "secret"), data_dir=folder)
    desk = Desk(settings)
    fill(desk, rows)
    started = time.perf_counter()
    sum_up(desk.sessions, desk.now(), most=1_000_000)
    print(f"summed up {rows} rows in {time.perf_counter() - started:.1f} s")
    console = Console(make_web(settings, desk.sessions, desk.conversation)[0], desk, "viewer")
    started = time.perf_counter()
    console.text("/console/questions")
    print(f"filed the waiting questions in {time.perf_counter() - started:.1f} s")
    with desk.sessions() as session:
        print(f"clusters: {len(session.scalars(select(QuestionCluster.id)).all())}")
    for page in PAGES:
        times = []
        for _ in range(3):
            started = time.perf_counter()
            console.text(page)
            times.append((time.perf_counter() - started) * 1000)
        print(f"{min(times):8.0f} – {max(times):.0f} ms  {page}")


if __name__ == "__main__":
    main()
