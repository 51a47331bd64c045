"""Accepted events: stored before they are acknowledged, and answered from there, whatever dies in between."""

import time
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from bot.events import Inbound, InboundEvent, MessageTakenBack, UserLeft
from bot.models import InboxEvent, QuestionLog
from knowledge.database import Sessions

# How long a claim holds without being renewed: a dead worker's events are taken over within this and one look.
LEASE = 4_000  # milliseconds
# A reply token lives about a minute; what could only be answered later is not tried.
TOKEN_LIFE = 55_000  # milliseconds
# Outcome of an open event whose reply was perhaps accepted: the network failed, or a worker died.
UNSURE = "unsure"
_PURGED: dict[str, Any] = {"state": "done", "text": "", "user_id": "", "reply_token": ""}
_PLAIN = {"synchronize_session": False}  # no object of a session is ever in step with these updates


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def store_events(session: Session, events: Iterable[Inbound]) -> None:
    """Stores what a channel delivered in the caller's transaction; what was stored before (redeliveries) is left.

    Messages taken back and users who left are worked off in the same transaction, behind the new messages.
    """
    found = list(events)
    messages = [event for event in found if isinstance(event, InboundEvent)]
    taken_back = [event for event in found if isinstance(event, MessageTakenBack)]
    rows = [_row(event) for event in messages] + [_mark(event) for event in taken_back]
    if rows:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        session.execute(insert(InboxEvent).on_conflict_do_nothing(index_elements=["channel", "event_id"]), rows)
    for unsent in [*taken_back, *_taken_back_before(session, messages)]:
        _purge_message(session, unsent)
    for event in found:
        if isinstance(event, UserLeft):
            _let_go(session, event)


def _storable(text: str) -> str:
    """The text without what no database takes: half characters and NUL (PostgreSQL)."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _row(event: InboundEvent) -> dict[str, object]:
    return {
        "channel": event.channel, "event_id": event.event_id, "user_id": event.user_id, "text": _storable(event.text),
        "reply_token": event.reply_token, "sent_at": event.sent_at, "kind": event.kind,
        "message_id": event.message_id, "private": event.private, "received_at": now_ms(), "state": "waiting",
    }  # fmt: skip


def _mark_id(message_id: str) -> str:
    return f"unsend:{message_id}"


def _mark(event: MessageTakenBack) -> dict[str, object]:
    """A mark that stays: a redelivery may bring the message after the news that it was taken back."""
    nothing = InboundEvent(event.channel, _mark_id(event.message_id), "", "", "", 0, "unsend", event.message_id)
    return {**_row(nothing), "state": "done"}


def _taken_back_before(session: Session, events: list[InboundEvent]) -> list[MessageTakenBack]:
    marks = {(e.channel, _mark_id(e.message_id)): e for e in events if e.message_id}
    if not marks:
        return []
    seen = select(InboxEvent.channel, InboxEvent.event_id).where(InboxEvent.event_id.in_([key[1] for key in marks]))
    known = [marks[key] for channel, event_id in session.execute(seen) if (key := (channel, event_id)) in marks]
    return [MessageTakenBack(event.channel, event.message_id) for event in known]


def _purge_message(session: Session, event: MessageTakenBack) -> None:
    """Forgets a message that its sender took back, and what was derived from it."""
    row = update(InboxEvent).where(InboxEvent.channel == event.channel, InboxEvent.message_id == event.message_id)
    session.execute(row.values(**_PURGED, outcome="unsent"), execution_options=_PLAIN)
    log_rows = delete(QuestionLog).where(QuestionLog.channel == event.channel)
    session.execute(log_rows.where(QuestionLog.message_id == event.message_id), execution_options=_PLAIN)


def _let_go(session: Session, user: UserLeft) -> None:
    """Nothing can be sent to a user who left: what waits, or waits for the operators, is ended and purged."""
    open_rows = update(InboxEvent).where(
        InboxEvent.channel == user.channel, InboxEvent.user_id == user.user_id,
        InboxEvent.state.in_(("waiting", "dead")), InboxEvent.sent_at <= user.sent_at,
    )  # fmt: skip
    session.execute(open_rows.values(**_PURGED, outcome="unfollowed"), execution_options=_PLAIN)


def _blocked(now: int) -> ColumnElement[bool]:
    """Whether something of the same user is in hand, or open and sent earlier."""
    other = aliased(InboxEvent)
    earlier = or_(
        other.sent_at < InboxEvent.sent_at, and_(other.sent_at == InboxEvent.sent_at, other.id < InboxEvent.id)
    )
    in_hand = and_(other.state == "claimed", other.claimed_until > now)
    return exists().where(
        other.channel == InboxEvent.channel, other.user_id == InboxEvent.user_id, other.user_id != "",
        other.id != InboxEvent.id, other.state.in_(("waiting", "claimed")), or_(in_hand, earlier),
    )  # fmt: skip


def claim_events(session: Session, worker: str, limit: int) -> list[InboxEvent]:
    """Takes up to `limit` events that may be answered now, in the order of arrival, and commits.

    A user's events go one after the other, in the order in which they were sent. What a dead worker left comes first
    and is marked UNSURE: nobody knows whether its reply was sent.
    """
    now = now_ms()
    free = [
        and_(InboxEvent.state == "claimed", InboxEvent.claimed_until <= now),
        and_(InboxEvent.state == "waiting", InboxEvent.not_before <= now),
    ]
    taken: list[InboxEvent] = []
    for is_free in free:  # two looks: each reads the index on (state, id), both in one would sort the whole backlog
        look = select(InboxEvent.id).where(is_free, ~_blocked(now)).order_by(InboxEvent.id).limit(limit - len(taken))
        # SQLite knows no row locks; there the claim asks again whether the events are still free.
        numbers = list(session.scalars(look.with_for_update(skip_locked=True, of=InboxEvent)))
        if session.get_bind().dialect.name == "sqlite":
            session.rollback()  # a reader cannot turn into a writer while another writes
        if numbers:
            claim = update(InboxEvent).where(InboxEvent.id.in_(numbers), is_free).values(
                state="claimed", worker=worker, claimed_until=now + LEASE, attempts=InboxEvent.attempts + 1,
                outcome=case((InboxEvent.state == "claimed", UNSURE), else_=InboxEvent.outcome),
            )  # fmt: skip
            taken += session.scalars(claim.returning(InboxEvent), execution_options=_PLAIN)
        session.commit()
        session.expunge_all()  # the second look's rollback would make the first's events unreadable
        if len(taken) >= limit:
            break
    return sorted(taken, key=lambda event: event.id)


def renew_claims(session: Session, worker: str, numbers: Iterable[int]) -> None:
    """Holds what a worker has in hand for another lease, in the caller's transaction."""
    mine = update(InboxEvent).where(
        InboxEvent.id.in_(numbers), InboxEvent.state == "claimed", InboxEvent.worker == worker
    )
    session.execute(mine.values(claimed_until=now_ms() + LEASE), execution_options=_PLAIN)


def find_waiting_long(sessions: Sessions, milliseconds: int, limit: int) -> list[tuple[int, str]]:
    """(event, user) of what waits in chats with one user, longer than so many milliseconds, oldest first."""
    received = now_ms() - milliseconds
    waiting = select(InboxEvent.id, InboxEvent.user_id).where(
        InboxEvent.state == "waiting", InboxEvent.private, InboxEvent.received_at <= received,
        InboxEvent.received_at > received - TOKEN_LIFE,
    )  # fmt: skip
    with sessions() as session:
        return [(number, user) for number, user in session.execute(waiting.order_by(InboxEvent.id).limit(limit))]


def finish_event(session: Session, event: InboxEvent, outcome: str) -> bool:
    """Ends an event in the caller's transaction; False where another worker has taken it over meanwhile."""
    return _leave(session, event, {**_PURGED, "outcome": outcome})


def bury_event(session: Session, event: InboxEvent, outcome: str) -> bool:
    """Keeps an event that could not be answered for the operators."""
    return _leave(session, event, {"state": "dead", "outcome": outcome})


def put_back(session: Session, event: InboxEvent, delay: int, unsure: bool) -> bool:
    """Lets an event wait for so many milliseconds; `unsure` where its reply may have arrived all the same."""
    outcome = UNSURE if unsure or event.outcome == UNSURE else ""
    return _leave(session, event, {"state": "waiting", "not_before": now_ms() + delay, "outcome": outcome})


def give_back(session: Session, worker: str, numbers: Iterable[int]) -> None:
    """Lets others take what a worker claimed and did not begin."""
    mine = update(InboxEvent).where(
        InboxEvent.id.in_(numbers), InboxEvent.state == "claimed", InboxEvent.worker == worker
    )
    free = {"state": "waiting", "claimed_until": 0, "worker": "", "attempts": InboxEvent.attempts - 1}
    session.execute(mine.values(**free), execution_options=_PLAIN)


def _leave(session: Session, event: InboxEvent, values: Mapping[str, object]) -> bool:
    mine = update(InboxEvent).where(
        InboxEvent.id == event.id, InboxEvent.worker == event.worker, InboxEvent.attempts == event.attempts,
        InboxEvent.state == "claimed",
    )  # fmt: skip
    result = session.execute(mine.values(worker="", claimed_until=0, **values), execution_options=_PLAIN)
    return bool(result.rowcount)  # type: ignore[attr-defined]


def list_dead(session: Session) -> list[InboxEvent]:
    """What could not be answered, oldest first."""
    return list(session.scalars(select(InboxEvent).where(InboxEvent.state == "dead").order_by(InboxEvent.id)))


def retry_dead(session: Session, number: int | None) -> int:
    """Lets one dead event (or all) be tried again; returns how many.

    It helps while LINE still takes the reply token, about a minute after the message; later it comes back as dead.
    """
    dead = update(InboxEvent).where(InboxEvent.state == "dead")
    if number is not None:
        dead = dead.where(InboxEvent.id == number)
    result = session.execute(dead.values(state="waiting", attempts=0, not_before=0, received_at=now_ms(), outcome=""))
    return int(result.rowcount)  # type: ignore[attr-defined]
