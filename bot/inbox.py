"""Accepted events: stored before they are acknowledged, and answered from there, whatever dies in between."""

import time
from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from bot.events import InboundEvent
from bot.models import InboxEvent, QuestionLog
from knowledge.database import Sessions

# How long a claim holds without being renewed: a dead worker's events are taken over within this and one look.
LEASE = 4_000  # milliseconds
# A reply token lives about a minute; what could only be answered later is not tried.
TOKEN_LIFE = 55_000  # milliseconds


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def store_events(sessions: Sessions, events: Iterable[InboundEvent]) -> None:
    """Stores events in one commit; those that were stored before (redeliveries) are left as they are."""
    rows = [
        {
            "channel": e.channel, "event_id": e.event_id, "user_id": e.user_id, "text": e.text,
            "reply_token": e.reply_token, "sent_at": e.sent_at, "kind": e.kind, "message_id": e.message_id,
            "private": e.private, "received_at": now_ms(),
        }
        for e in events
    ]  # fmt: skip
    if not rows:
        return
    with sessions() as session:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        session.execute(insert(InboxEvent).on_conflict_do_nothing(index_elements=["channel", "event_id"]), rows)
        session.commit()


def _free(event: type[InboxEvent], now: int) -> ColumnElement[bool]:
    """Waiting and due, or held by a worker that has not renewed its claim."""
    return or_(
        and_(event.state == "waiting", event.not_before <= now),
        and_(event.state == "claimed", event.claimed_until <= now),
    )


def claim_event(sessions: Sessions, worker: str) -> InboxEvent | None:
    """Takes the oldest event that may be answered now; None where there is none.

    A user's events go one after the other, in the order in which they were sent.
    """
    now = now_ms()
    other = aliased(InboxEvent)
    earlier = or_(
        other.sent_at < InboxEvent.sent_at, and_(other.sent_at == InboxEvent.sent_at, other.id < InboxEvent.id)
    )
    in_hand = and_(other.state == "claimed", other.claimed_until > now)
    blocked = exists().where(
        other.channel == InboxEvent.channel, other.user_id == InboxEvent.user_id, other.user_id != "",
        other.id != InboxEvent.id, other.state.in_(("waiting", "claimed")), or_(in_hand, earlier),
    )  # fmt: skip
    seen = select(InboxEvent.id, InboxEvent.state, InboxEvent.claimed_until, InboxEvent.attempts)
    oldest = seen.where(_free(InboxEvent, now), ~blocked).order_by(InboxEvent.sent_at, InboxEvent.id).limit(1)
    with sessions() as session:
        while True:
            row = session.execute(oldest).first()
            # The look and the claim are transactions of their own: SQLite cannot turn a reader into a writer while
            # another writes. What was seen must still hold when it is claimed.
            session.rollback()
            if row is None:
                return None
            claim = update(InboxEvent).where(
                InboxEvent.id == row.id, InboxEvent.state == row.state, InboxEvent.claimed_until == row.claimed_until,
            )  # fmt: skip
            values = {"state": "claimed", "worker": worker, "claimed_until": now + LEASE, "attempts": row.attempts + 1}
            taken = session.execute(claim.values(**values)).rowcount  # type: ignore[attr-defined]
            session.commit()
            if taken:
                event = session.get_one(InboxEvent, row.id)
                session.expunge(event)
                return event


def renew_claims(sessions: Sessions, worker: str) -> None:
    """Holds what this worker has in hand for another lease."""
    with sessions() as session:
        held = update(InboxEvent).where(InboxEvent.state == "claimed", InboxEvent.worker == worker)
        session.execute(held.values(claimed_until=now_ms() + LEASE))
        session.commit()


def finish_event(session: Session, event: InboxEvent, outcome: str) -> bool:
    """Ends an event in the caller's transaction; False where another worker has taken it over meanwhile."""
    done = {"state": "done", "outcome": outcome, "text": "", "user_id": "", "reply_token": ""}
    return _leave(session, event, done)


def bury_event(session: Session, event: InboxEvent, reason: str) -> bool:
    """Keeps an event that could not be answered for the operators."""
    return _leave(session, event, {"state": "dead", "outcome": reason})


def put_back(session: Session, event: InboxEvent, delay: int) -> bool:
    """Lets an event wait for so many milliseconds."""
    return _leave(session, event, {"state": "waiting", "not_before": now_ms() + delay})


def _leave(session: Session, event: InboxEvent, values: Mapping[str, object]) -> bool:
    mine = update(InboxEvent).where(
        InboxEvent.id == event.id, InboxEvent.worker == event.worker, InboxEvent.attempts == event.attempts,
        InboxEvent.state == "claimed",
    )  # fmt: skip
    result = session.execute(mine.values(worker="", claimed_until=0, **values))
    return bool(result.rowcount)  # type: ignore[attr-defined]


def list_dead(session: Session) -> list[InboxEvent]:
    """What could not be answered, oldest first."""
    return list(session.scalars(select(InboxEvent).where(InboxEvent.state == "dead").order_by(InboxEvent.id)))


def retry_dead(session: Session, number: int | None) -> int:
    """Lets one dead event (or all) be tried again; returns how many."""
    dead = update(InboxEvent).where(InboxEvent.state == "dead")
    if number is not None:
        dead = dead.where(InboxEvent.id == number)
    result = session.execute(dead.values(state="waiting", attempts=0, not_before=0, received_at=now_ms()))
    return int(result.rowcount)  # type: ignore[attr-defined]


def purge_message(sessions: Sessions, channel: str, message_id: str) -> None:
    """Forgets a message that its sender took back, and what was derived from it."""
    with sessions() as session:
        row = update(InboxEvent).where(InboxEvent.channel == channel, InboxEvent.message_id == message_id)
        session.execute(row.values(state="done", outcome="unsent", text="", user_id="", reply_token=""))
        session.execute(delete(QuestionLog).where(QuestionLog.channel == channel, QuestionLog.message_id == message_id))
        session.commit()
