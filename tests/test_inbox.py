"""What the inbox asks of the database costs the same however much went through it."""

import re
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event as database_events

from bot.events import InboundEvent, MessageTakenBack, Reply
from bot.inbox.claiming import Room, claim_events, find_waiting_long, renew_claims
from bot.inbox.ending import Ending, end_events, end_outdated
from bot.inbox.storing import store_deliveries
from bot.question_log import log_row
from handlers.commands.desk import Desk
from intents.decision import Decision
from knowledge.database import begin_writing
from tests.conftest import NOW

_LARGE = ("inbox_event", "question_log")
# No index, or one of all that ever came in a channel or is done.
_THROUGH_ALL = re.compile(rf"SCAN ({'|'.join(_LARGE)})|({'|'.join(_LARGE)})\S* USING .*\(channel=\?\)")


@pytest.fixture
def plans(desk: Desk) -> Iterator[list[str]]:
    """How SQLite finds the rows of each statement from here on."""
    found: list[str] = []

    def explain(connection: Any, _cursor: object, statement: str, values: Any, _context: object, many: bool) -> None:
        driver: sqlite3.Connection = connection.connection.driver_connection
        rows = driver.execute(f"EXPLAIN QUERY PLAN {statement}", values[0] if many else values)
        found.extend(f"{row[3]} ← {statement}" for row in rows)

    database_events.listen(desk.engine, "before_cursor_execute", explain)
    yield found
    database_events.remove(desk.engine, "before_cursor_execute", explain)


def _write(desk: Desk, write: Any, items: list[Any]) -> Any:
    with desk.sessions() as session:
        begin_writing(session)
        results = write(session, items)
        session.commit()
    return results


def test_no_statement_goes_through_all_that_ever_came(desk: Desk, plans: list[str]) -> None:
    events = [InboundEvent("line", f"e{n}", f"U{n}", "こんにちは", f"t{n}", n, "text", f"m{n}") for n in range(9)]
    _write(desk, store_deliveries, [events, [MessageTakenBack("line", "m8")]])
    (taken,) = _write(desk, claim_events, [Room("w", 4, True, True)])
    (there,) = _write(desk, claim_events, [Room("w", 2, True, True, ("line",))])
    assert (len(taken), len(there)) == (4, 2)
    _write(desk, renew_claims, [("w", [event.id for event in taken])])
    reply = Reply(Decision("greeting", True), "こんにちは。")
    rows = [log_row(NOW, "line", event.user_id, event.text, reply, 1.0, event.message_id) for event in taken]
    states = ("done", "done", "dead", "waiting")
    ends = [Ending(event, state, "", log=row) for event, state, row in zip(taken, states, rows, strict=True)]
    assert _write(desk, end_events, ends) == [True] * 4
    _write(desk, end_outdated, [("line", 1_000)])
    find_waiting_long(desk.sessions, "line", 0, 1_000, 20)
    assert [plan for plan in plans if _THROUGH_ALL.search(plan)] == []
    assert any("inbox_event USING INDEX" in plan for plan in plans)
