"""What waits for LINE: slow calls beside quick ones, a refused access token, an orderly end."""

import random
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from bot.commits import GroupCommit
from bot.delivery import Worker
from bot.inbox.state import TOKEN_LIFE, now_ms
from bot.models import InboxEvent
from handlers.commands.desk import Desk
from handlers.settings import Settings
from handlers.web import make_worker
from tests.line_server import DESCRIPTION, Line, validator
from tests.test_line import Served, event


@pytest.fixture
def served(desk: Desk, settings: Settings) -> Served:
    """The application; its own worker is not started."""
    return Served(desk, settings)


@pytest.fixture
def worker(served: Served, settings: Settings) -> Iterator[Worker]:
    """A worker that replies four at a time."""
    if DESCRIPTION.exists():
        validator("ReplyMessageRequest")  # read before a test's time begins
    desk = served.desk
    made = make_worker(settings, desk.sessions, GroupCommit(desk.sessions), desk.conversation, 4)
    yield made
    made.stop()


def test_users_whose_replies_are_slow_hold_up_nobody_else(served: Served, worker: Worker, line: Line) -> None:
    slow, quick = range(20), range(20, 70)
    line.delays = {f"token-{n}": 6.0 for n in slow}
    served.post(*[event(n, "こんにちは", f"U{n}") for n in (*slow, *quick)])
    started = time.monotonic()
    worker.start()
    line.wait_for(len(quick))
    assert {sent["replyToken"] for sent in line.accepted} == {f"token-{n}" for n in quick}
    assert time.monotonic() - started < 20  # four at a time, the slow ones alone would take 30 s
    line.wait_for(70)
    assert len(line.accepted) == 70


def test_a_refused_access_token_is_one_alarm_and_no_storm(
    served: Served, worker: Worker, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sending._PROBE_EVERY", 1.0)
    line.status = 401
    with capture_logs() as logged:
        served.post(*[event(n, "こんにちは", f"U{n}") for n in range(40)])
        worker.start()
        time.sleep(3)
        calls = line.calls.total()
        assert calls <= 4 + 3  # those that were in the air, and one a second
        with served.desk.sessions() as session:
            old = update(InboxEvent).where(InboxEvent.event_id.in_(("event-5", "event-39")))
            session.execute(old.values(received_at=now_ms() - TOKEN_LIFE - 1))
            session.commit()
        time.sleep(1)
        dead = [row for row in served.rows() if row.state == "dead"]
        assert {(row.event_id, row.outcome) for row in dead} == {
            ("event-5", "時間内に返信できませんでした"), ("event-39", "時間内に返信できませんでした"),
        }  # fmt: skip
        line.status = 200
        line.wait_for(38)
    told = [entry["event"] for entry in logged]
    assert told.count("line_access_token_refused") == told.count("line_access_token_taken_again") == 1
    assert line.refused == []
    assert len(line.accepted) == 38


def test_a_backlog_is_worked_off_oldest_first_and_in_each_users_order(
    served: Served, worker: Worker, line: Line
) -> None:
    line.delay = 0.02
    numbers = list(range(120))
    random.Random(1).shuffle(numbers)  # as redeliveries come
    for start in range(0, 120, 20):
        assert served.post(*[event(n, "こんにちは", f"U{n % 8}") for n in numbers[start : start + 20]]) == 200
    worker.start()
    line.wait_for(120)
    order = [int(sent["replyToken"].removeprefix("token-")) for sent in line.accepted]
    assert sorted(order) == list(range(120))
    for user in range(8):
        mine = [n for n in order if n % 8 == user]
        assert mine == sorted(mine)
