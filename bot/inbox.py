"""Accepted events: stored before they are acknowledged, and answered from there, whatever dies in between.

Statements are built once, over the tables rather than the mapped classes: at a thousand messages a second, building
them would take most of the time.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.events import Inbound, InboundEvent, MessageTakenBack, UserLeft
from bot.models import InboxEvent, QuestionLog
from bot.question_log import log_questions
from bot.record.forgetting import forget_questions
from bot.review.meanings import forget_meaning, note_meanings
from knowledge.database import Sessions, table_of

# How long a claim holds without being renewed: a dead worker's events are taken over within this and one look.
LEASE = 4_000  # milliseconds
# A reply token lives about a minute; what could only be answered later is not tried.
TOKEN_LIFE = 55_000  # milliseconds
# Outcome of an open event whose reply was perhaps accepted: the network failed, or a worker died.
UNSURE = "unsure"
TOO_LATE = "時間内に返信できませんでした"
_INBOX, _LOG = table_of(InboxEvent), table_of(QuestionLog)
_PURGED: dict[str, Any] = {"state": "done", "text": "", "user_id": "", "reply_token": ""}
_ANY_TRIES = 1_000_000
_FREED: dict[str, Any] = {"worker": "", "claimed_until": 0}


@dataclass(frozen=True, slots=True)
class Claimed:
    """An event in a worker's hand, as it was stored."""

    id: int
    channel: str
    user_id: str
    text: str
    reply_token: str
    kind: str
    message_id: str
    received_at: int
    attempts: int
    outcome: str
    worker: str


@dataclass(frozen=True, slots=True)
class Ending:
    """What becomes of a claimed event: `state` done, dead (kept for the operators) or waiting, then from `not_before`
    (ms since 1970). `log`: the row of the question log, written in the same transaction."""

    event: Claimed
    state: str
    outcome: str
    not_before: int = 0
    log: dict[str, Any] | None = None


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


_CONFLICT = ("channel", "event_id")
_STORE = {
    "sqlite": sqlite.insert(_INBOX).on_conflict_do_nothing(index_elements=_CONFLICT),
    "postgresql": postgresql.insert(_INBOX).on_conflict_do_nothing(index_elements=_CONFLICT),
}
_MARKS = select(_INBOX.c.channel, _INBOX.c.event_id).where(_INBOX.c.event_id.in_(bindparam("marks", expanding=True)))


def store_deliveries(session: Session, deliveries: Sequence[Sequence[Inbound]]) -> list[None]:
    """Stores what a channel delivered in the caller's transaction; what was stored before (redeliveries) is left.

    Messages taken back and users who left are worked off in the same transaction, behind the new messages.
    """
    found = [event for delivery in deliveries for event in delivery]
    messages = [event for event in found if isinstance(event, InboundEvent)]
    taken_back = [event for event in found if isinstance(event, MessageTakenBack)]
    rows = [_row(event) for event in messages] + [_mark(event) for event in taken_back]
    if rows:
        session.connection().execute(_STORE[session.get_bind().dialect.name], rows)
    for unsent in [*taken_back, *_taken_back_before(session, messages)]:
        _purge_message(session, unsent)
    for event in found:
        if isinstance(event, UserLeft):
            _let_go(session, event)
    return [None] * len(deliveries)


def _storable(text: str) -> str:
    """The text without what no database takes: half characters and NUL (PostgreSQL)."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _row(event: InboundEvent) -> dict[str, object]:
    return {
        "channel": event.channel, "event_id": event.event_id, "user_id": event.user_id, "text": _storable(event.text),
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
    marks = {(e.channel, _mark_id(e.message_id)): e for e in events if e.message_id}
    if not marks:
        return []
    seen = session.connection().execute(_MARKS, {"marks": [mark for _, mark in marks]})
    known = [marks[key] for channel, mark in seen if (key := (channel, mark)) in marks]
    return [MessageTakenBack(event.channel, event.message_id) for event in known]


def _purge_message(session: Session, event: MessageTakenBack) -> None:
    """Forgets a message that its sender took back, and what was derived from it."""
    row = update(_INBOX).where(_INBOX.c.channel == event.channel, _INBOX.c.message_id == event.message_id)
    session.execute(row.values(**_PURGED, outcome="unsent"))
    forget_meaning(session, event.channel, event.message_id)
    logged = select(_LOG.c.id).where(_LOG.c.channel == event.channel, _LOG.c.message_id == event.message_id)
    if numbers := session.scalars(logged).all():
        forget_questions(session, numbers)


def _let_go(session: Session, user: UserLeft) -> None:
    """Nothing can be sent to a user who left: what waits, or waits for the operators, is ended and purged."""
    open_rows = update(_INBOX).where(
        _INBOX.c.channel == user.channel, _INBOX.c.user_id == user.user_id,
        _INBOX.c.state.in_(("waiting", "dead")), _INBOX.c.sent_at <= user.sent_at,
    )  # fmt: skip
    session.execute(open_rows.values(**_PURGED, outcome="unfollowed"))


_NOW: Any = bindparam("now")


def _blocked() -> ColumnElement[bool]:
    """Whether something of the same user is in hand, or open and sent earlier."""
    mine, other = _INBOX.c, _INBOX.alias().c
    earlier = or_(other.sent_at < mine.sent_at, and_(other.sent_at == mine.sent_at, other.id < mine.id))
    in_hand = and_(other.state == "claimed", other.claimed_until > _NOW)
    return exists().where(
        other.channel == mine.channel, other.user_id == mine.user_id, other.user_id != "", other.id != mine.id,
        other.state.in_(("waiting", "claimed")), or_(in_hand, earlier),
    )  # fmt: skip


def _look_and_claim(is_free: ColumnElement[bool]) -> tuple[Any, Any]:
    """A look that locks what it finds (SQLite, which knows no row locks, has one writer at a time), and the claim."""
    look = select(_INBOX.c.id).where(is_free, ~_blocked()).order_by(_INBOX.c.id).limit(bindparam("room"))
    claim = update(_INBOX).where(_INBOX.c.id.in_(bindparam("numbers", expanding=True))).values(
        state="claimed", worker=bindparam("by"), claimed_until=_NOW + LEASE, attempts=_INBOX.c.attempts + 1,
        outcome=case((_INBOX.c.state == "claimed", UNSURE), else_=_INBOX.c.outcome),
    )  # fmt: skip
    return look.with_for_update(skip_locked=True), claim.returning(*(_INBOX.c[f] for f in Claimed.__slots__))


# Two looks: each reads the index on (state, id), whereas both in one would sort the whole backlog at every claim.
_FREE = (
    _look_and_claim(and_(_INBOX.c.state == "claimed", _INBOX.c.claimed_until <= _NOW)),
    _look_and_claim(
        and_(_INBOX.c.state == "waiting", _INBOX.c.not_before <= _NOW, _INBOX.c.attempts <= bindparam("tries"))
    ),
)


@dataclass(frozen=True, slots=True)
class Room:
    """What a worker can take: `events` at most; `left_over`: also of what dead workers left; `tried`: also what was
    tried before."""

    worker: str
    events: int
    left_over: bool
    tried: bool


def claim_events(session: Session, rooms: Sequence[Room]) -> list[list[Claimed]]:
    """Takes events that may be answered now, in the order of arrival and in the caller's transaction, for each room.

    A user's events go one after the other, in the order in which they were sent. What a dead worker left comes first
    and is marked UNSURE: nobody knows whether its reply was sent. On SQLite the transaction must be a writing one.
    """
    return [_claim(session, room) for room in rooms]


def _claim(session: Session, room: Room) -> list[Claimed]:
    now, connection = now_ms(), session.connection()
    taken: list[Claimed] = []
    for look, claim in _FREE if room.left_over else _FREE[1:]:
        wanted = {"now": now, "room": room.events - len(taken), "tries": _ANY_TRIES if room.tried else 0}
        numbers = connection.scalars(look, wanted).all()
        if numbers:
            taken += [
                Claimed(*row) for row in connection.execute(claim, {"now": now, "numbers": numbers, "by": room.worker})
            ]
    return sorted(taken, key=lambda event: event.id)


def _of_worker(**values: Any) -> Any:
    """Changes events that a worker still holds."""
    held = update(_INBOX).where(
        _INBOX.c.id.in_(bindparam("numbers", expanding=True)), _INBOX.c.state == "claimed",
        _INBOX.c.worker == bindparam("by"),
    )  # fmt: skip
    return held.values(**values)


_RENEW = _of_worker(claimed_until=_NOW + LEASE)
_GIVE_BACK = _of_worker(**_FREED, state="waiting", attempts=_INBOX.c.attempts - 1)
_OUTCOME: Any = bindparam("said")
_END = {
    "done": _of_worker(**_FREED, **_PURGED, outcome=_OUTCOME).returning(_INBOX.c.id),
    "dead": _of_worker(**_FREED, state="dead", outcome=_OUTCOME).returning(_INBOX.c.id),
    "waiting": _of_worker(**_FREED, state="waiting", outcome=_OUTCOME, not_before=_NOW).returning(_INBOX.c.id),
}


def renew_claims(session: Session, held: Sequence[tuple[str, list[int]]]) -> list[None]:
    """Holds what workers have in hand for another lease, in the caller's transaction."""
    for worker, numbers in held:
        session.connection().execute(_RENEW, {"numbers": numbers, "by": worker, "now": now_ms()})
    return [None] * len(held)


def give_back(session: Session, worker: str, numbers: Iterable[int]) -> None:
    """Lets others take what a worker claimed and did not begin, in the caller's transaction."""
    session.connection().execute(_GIVE_BACK, {"numbers": list(numbers), "by": worker})


def end_events(session: Session, endings: Sequence[Ending]) -> list[bool]:
    """Writes what becomes of claimed events, in the caller's transaction; False for each that another worker has taken
    over meanwhile, which is left to it."""
    alike: dict[tuple[str, str, str, int], list[int]] = {}
    for ending in endings:
        key = (ending.state, ending.event.worker, ending.outcome, ending.not_before)
        alike.setdefault(key, []).append(ending.event.id)
    ended: set[int] = set()
    for (state, worker, outcome, not_before), numbers in alike.items():
        values: dict[str, Any] = {"numbers": numbers, "by": worker, "said": outcome}
        if state == "waiting":
            values["now"] = not_before
        ended.update(session.connection().scalars(_END[state], values))
    rows = [ending.log for ending in endings if ending.log and ending.event.id in ended]
    if rows:
        log_questions(session, rows)
        note_meanings(session, rows)
    return [ending.event.id in ended for ending in endings]


_LEFT_WAITING = or_(_INBOX.c.state == "waiting", and_(_INBOX.c.state == "claimed", _INBOX.c.claimed_until <= _NOW))
_OUTDATED = update(_INBOX).where(_LEFT_WAITING, _INBOX.c.received_at < _NOW - TOKEN_LIFE)


def end_outdated(session: Session, asked: Sequence[None]) -> list[None]:
    """Keeps for the operators whatever waits and can no longer be answered, in the caller's transaction."""
    dead = _OUTDATED.values(**_FREED, state="dead", outcome=TOO_LATE)
    session.connection().execute(dead, {"now": now_ms()})
    return [None] * len(asked)


def find_waiting_long(sessions: Sessions, milliseconds: int, limit: int) -> list[tuple[int, str]]:
    """(event, user) of what waits in chats with one user, longer than so many milliseconds, oldest first."""
    received = now_ms() - milliseconds
    waiting = select(_INBOX.c.id, _INBOX.c.user_id).where(
        _INBOX.c.state == "waiting", _INBOX.c.private, _INBOX.c.received_at <= received,
        _INBOX.c.received_at > received - TOKEN_LIFE,
    )  # fmt: skip
    with sessions() as session:
        return [(number, user) for number, user in session.execute(waiting.order_by(_INBOX.c.id).limit(limit))]


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
