"""Storing what channels deliver, before it is acknowledged.

Statements are built once, over the tables rather than the mapped classes: at a thousand messages a second, building
them would take most of the time. So are those beside this file.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from bot.events import Inbound, InboundEvent, MessageTakenBack, UserLeft
from bot.inbox.state import INBOX, PURGED, now_ms
from bot.models import QuestionLog
from bot.record.forgetting import forget_questions
from bot.review.meanings import forget_meaning
from knowledge.database import insert_of, table_of

_LOG = table_of(QuestionLog)
_CONFLICT = ("channel", "event_id")
# By channel as well: without it no index serves, and every delivery would be looked for in all that ever came.
_MARKS = select(INBOX.c.event_id).where(
    INBOX.c.channel == bindparam("there"), INBOX.c.event_id.in_(bindparam("marks", expanding=True))
)


@cache
def _store(dialect: str) -> Any:
    return insert_of(dialect)(INBOX).on_conflict_do_nothing(index_elements=_CONFLICT)


def store_deliveries(session: Session, deliveries: Sequence[Sequence[Inbound]]) -> list[None]:
    """Stores what a channel delivered in the caller's transaction; what was stored before (redeliveries) is left.

    Messages taken back and users who left are worked off in the same transaction, behind the new messages.
    """
    found = [event for delivery in deliveries for event in delivery]
    messages = [event for event in found if isinstance(event, InboundEvent)]
    taken_back = [event for event in found if isinstance(event, MessageTakenBack)]
    rows = [_row(event) for event in messages] + [_mark(event) for event in taken_back]
    if rows:
        session.connection().execute(_store(session.get_bind().dialect.name), rows)
    for unsent in [*taken_back, *_taken_back_before(session, messages)]:
        _purge_message(session, unsent)
    for event in found:
        if isinstance(event, UserLeft):
            _let_go(session, event)
    return [None] * len(deliveries)


def _row(event: InboundEvent) -> dict[str, object]:
    return {
        "channel": event.channel, "event_id": event.event_id, "user_id": event.user_id, "text": event.text,
        "reply_token": event.reply_token, "sent_at": event.sent_at, "kind": event.kind,
        "message_id": event.message_id, "private": event.private, "received_at": now_ms(), "state": "waiting",
        "outcome": "", "claimed_until": 0, "not_before": 0, "attempts": 0, "worker": "",
    }  # fmt: skip


def _mark_id(message_id: str) -> str:
    return f"unsend:{message_id}"


def _mark(event: MessageTakenBack) -> dict[str, object]:
    """A mark that stays: a redelivery may bring the message after the news that it was taken back."""
    nothing = InboundEvent(event.channel, _mark_id(event.message_id), "", "", "", 0, "unsend", event.message_id)
    return {**_row(nothing), "state": "done"}


def _taken_back_before(session: Session, events: list[InboundEvent]) -> list[MessageTakenBack]:
    marks: dict[str, dict[str, str]] = {}  # of each channel: mark → message
    for event in events:
        if event.message_id:
            marks.setdefault(event.channel, {})[_mark_id(event.message_id)] = event.message_id
    return [
        MessageTakenBack(channel, messages[mark])
        for channel, messages in marks.items()
        for mark in session.connection().scalars(_MARKS, {"there": channel, "marks": list(messages)})
    ]


def _purge_message(session: Session, event: MessageTakenBack) -> None:
    """Forgets a message that its sender took back, and what was derived from it."""
    row = update(INBOX).where(INBOX.c.channel == event.channel, INBOX.c.message_id == event.message_id)
    session.execute(row.values(**PURGED, outcome="unsent"))
    forget_meaning(session, event.channel, event.message_id)
    logged = select(_LOG.c.id).where(_LOG.c.channel == event.channel, _LOG.c.message_id == event.message_id)
    if numbers := session.scalars(logged).all():
        forget_questions(session, numbers)


def _let_go(session: Session, user: UserLeft) -> None:
    """Nothing can be sent to a user who left: what waits, or waits for the operators, is ended and purged."""
    open_rows = update(INBOX).where(
        INBOX.c.channel == user.channel, INBOX.c.user_id == user.user_id,
        INBOX.c.state.in_(("waiting", "dead")), INBOX.c.sent_at <= user.sent_at,
    )  # fmt: skip
    session.execute(open_rows.values(**PURGED, outcome="unfollowed"))
