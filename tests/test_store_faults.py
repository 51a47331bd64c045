"""A database that is full or locked: LINE is told at once, so that it sends again; nothing acknowledged is lost."""

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import event as database_events
from sqlalchemy import text
from structlog.testing import capture_logs

from handlers.commands.desk import Desk
from handlers.settings import Settings
from tests.line_server import Line
from tests.test_line import Served, event


@pytest.fixture
def served(desk: Desk, settings: Settings) -> Iterator[Served]:
    application = Served(desk, settings)
    yield application
    application.worker.stop()


def test_a_full_disk_is_a_503_and_what_was_acknowledged_is_answered(served: Served, line: Line) -> None:
    engine, full = served.desk.engine, [True]

    @database_events.listens_for(engine, "checkout")
    def _limit(connection: object, *_: object) -> None:
        driver: object = getattr(connection, "cursor")()  # noqa: B009
        pages = driver.execute("PRAGMA page_count").fetchone()[0]  # type: ignore[attr-defined]
        driver.execute(f"PRAGMA max_page_count={pages if full[0] else 10**9}")  # type: ignore[attr-defined]

    with capture_logs() as logged:
        taken = [n for n in range(60) if served.post(event(n, "住民票" * 300, f"U{n}")) == 200]
    assert len(taken) < 60  # SQLite uses up what is left of its last pages first
    refused = [entry for entry in logged if entry["event"] == "inbox_cannot_store"]
    assert len(refused) == 60 - len(taken)
    assert {entry["error"] for entry in refused} == {"SQLITE_FULL"}
    full[0] = False
    again = [n for n in range(60) if n not in taken]
    assert [served.post(event(n, "住民票", f"U{n}")) for n in again] == [200] * len(again)
    served.worker.start()
    line.wait_for(60)
    assert sorted(sent["replyToken"] for sent in line.accepted) == sorted(f"token-{n}" for n in range(60))


def test_a_locked_database_is_a_503_before_line_gives_up(served: Served, line: Line) -> None:
    with served.desk.engine.connect() as other, capture_logs() as logged:
        other.execute(text("BEGIN IMMEDIATE"))
        waited = []
        while not waited or (min(waited) >= 2 and len(waited) < 3):  # a busy machine may stand still in one of them
            started = time.monotonic()
            assert served.post(event(1)) == 503
            waited.append(time.monotonic() - started)
        assert min(waited) < 2  # LINE waits for two seconds
        other.rollback()
    refused = [entry["error"] for entry in logged if entry["event"] == "inbox_cannot_store"]
    assert refused == ["TimeoutError"] * len(waited)
    served.worker.start()
    assert served.post(event(1, deliveryContext={"isRedelivery": True})) == 200
    served.settled()
    assert [sent["replyToken"] for sent in line.accepted] == ["token-1"]
    assert [row.event_id for row in served.rows()] == ["event-1"]
