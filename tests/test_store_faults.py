"""A database that is full or locked: LINE is told at once, so that it sends again; nothing acknowledged is lost."""

import sqlite3
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import event as database_events
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from structlog.testing import capture_logs

from bot.events import Reply
from handlers.commands.desk import Desk
from handlers.settings import Settings
from handlers.web import make_web
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


def test_a_fault_is_logged_by_its_kind_and_place_and_without_texts(
    desk: Desk, settings: Settings, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    web, _ = make_web(settings, desk.sessions, desk.conversation)
    secret = "防災太郎の住所"

    def fail(question: str, **_: object) -> Reply:
        with desk.sessions() as session:
            session.execute(text("INSERT INTO question_log (question) VALUES (:q)"), {"q": question})
        raise AssertionError(question)

    monkeypatch.setattr(desk.conversation, "answer", fail)
    with capture_logs() as logged:
        answer = web.test_client().post(f"/answer?token={secret}", data={"q": secret})
    assert answer.status_code == 500
    (entry,) = logged
    assert (entry["event"], entry["log_level"], entry["error"]) == (
        "request_failed",
        "error",
        "SQLITE_CONSTRAINT_NOTNULL",
    )
    assert (entry["method"], entry["route"]) == ("POST", "/answer")
    assert entry["places"][0].startswith("handlers/web_chat.py:")
    assert entry["places"][-1].startswith("tests/test_store_faults.py:")
    said = str(logged) + "".join(capfd.readouterr())
    assert secret not in said
    assert "Traceback" not in said


def test_an_error_of_the_database_does_not_tell_what_was_to_be_written(desk: Desk) -> None:
    with desk.engine.connect() as connection, pytest.raises(IntegrityError) as refused:
        connection.execute(text("INSERT INTO question_log (question) VALUES (:q)"), {"q": "防災太郎の住所"})
    assert "防災太郎の住所" not in str(refused.value)


def test_a_busy_database_is_logged_where_the_console_meets_it(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> Reply:
        raise OperationalError("SELECT 防災太郎", None, sqlite3.OperationalError("locked"))

    monkeypatch.setattr(desk.conversation, "answer", fail)
    with capture_logs() as logged:
        client = make_web(settings, desk.sessions, desk.conversation)[0].test_client()
        assert client.post("/answer", data={"q": "x"}).status_code == 503
    entry = {"event": "database_failed", "log_level": "error", "error": "OperationalError", "route": "/answer"}
    assert logged == [entry]


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
