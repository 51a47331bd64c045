"""Workers take events and hold them, in a user's order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, or_, select, update
from sqlalchemy.orm import Session

from bot.inbox.state import FREED, INBOX, LEASE, NOW, OF_CHANNEL, UNSURE, now_ms
from knowledge.database import Sessions

_ANY_TRIES = 1_000_000


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


def _blocked() -> ColumnElement[bool]:
    """Whether something of the same user is in hand, or open and sent earlier."""
    mine, other = INBOX.c, INBOX.alias().c
    earlier = or_(other.sent_at < mine.sent_at, and_(other.sent_at == mine.sent_at, other.id < mine.id))
    in_hand = and_(other.state == "claimed", other.claimed_until > NOW)
    return exists().where(
        other.channel == mine.channel, other.user_id == mine.user_id, other.user_id != "", other.id != mine.id,
        other.state.in_(("waiting", "claimed")), or_(in_hand, earlier),
    )  # fmt: skip


def _look_and_claim(is_free: ColumnElement[bool]) -> tuple[Any, Any]:
    """A look that locks what it finds (SQLite, which knows no row locks, has one writer at a time), and the claim."""
    look = select(INBOX.c.id).where(is_free, ~_blocked()).order_by(INBOX.c.id).limit(bindparam("room"))
    claim = update(INBOX).where(INBOX.c.id.in_(bindparam("numbers", expanding=True))).values(
        state="claimed", worker=bindparam("by"), claimed_until=NOW + LEASE, attempts=INBOX.c.attempts + 1,
        outcome=case((INBOX.c.state == "claimed", UNSURE), else_=INBOX.c.outcome),
    )  # fmt: skip
    return look.with_for_update(skip_locked=True), claim.returning(*(INBOX.c[f] for f in Claimed.__slots__))


# Two looks: each reads the index on (state, id), whereas both in one would sort the whole backlog at every claim.
def _free(*of: ColumnElement[bool]) -> tuple[tuple[Any, Any], ...]:
    untried = INBOX.c.attempts <= bindparam("tries")
    return (
        _look_and_claim(and_(INBOX.c.state == "claimed", INBOX.c.claimed_until <= NOW, *of)),
        _look_and_claim(and_(INBOX.c.state == "waiting", INBOX.c.not_before <= NOW, untried, *of)),
    )


_FREE, _FREE_THERE = _free(), _free(OF_CHANNEL.in_(bindparam("channels", expanding=True)))


@dataclass(frozen=True, slots=True)
class Room:
    """What a worker can take: `events` at most; `left_over`: also of what dead workers left; `tried`: also what was
    tried before; `channels`: of these alone, where any are named."""

    worker: str
    events: int
    left_over: bool
    tried: bool
    channels: tuple[str, ...] = ()


def claim_events(session: Session, rooms: Sequence[Room]) -> list[list[Claimed]]:
    """Takes events that may be answered now, in the order of arrival and in the caller's transaction, for each room.

    A user's events go one after the other, in the order in which they were sent. What a dead worker left comes first
    and is marked UNSURE: nobody knows whether its reply was sent. On SQLite the transaction must be a writing one.
    """
    return [_claim(session, room) for room in rooms]


def _claim(session: Session, room: Room) -> list[Claimed]:
    now, connection = now_ms(), session.connection()
    taken: list[Claimed] = []
    free = _FREE_THERE if room.channels else _FREE
    for look, claim in free if room.left_over else free[1:]:
        wanted: dict[str, Any] = {
            "now": now, "room": room.events - len(taken), "tries": _ANY_TRIES if room.tried else 0,
        }  # fmt: skip
        if room.channels:
            wanted["channels"] = room.channels
        numbers = connection.scalars(look, wanted).all()
        if numbers:
            taken += [
                Claimed(*row) for row in connection.execute(claim, {"now": now, "numbers": numbers, "by": room.worker})
            ]
    return sorted(taken, key=lambda event: event.id)


def of_worker(**values: Any) -> Any:
    """Changes events that a worker still holds."""
    held = update(INBOX).where(
        INBOX.c.id.in_(bindparam("numbers", expanding=True)), INBOX.c.state == "claimed",
        INBOX.c.worker == bindparam("by"),
    )  # fmt: skip
    return held.values(**values)


_RENEW = of_worker(claimed_until=NOW + LEASE)
_GIVE_BACK = of_worker(**FREED, state="waiting", attempts=INBOX.c.attempts - 1)


def renew_claims(session: Session, held: Sequence[tuple[str, list[int]]]) -> list[None]:
    """Holds what workers have in hand for another lease, in the caller's transaction."""
    for worker, numbers in held:
        session.connection().execute(_RENEW, {"numbers": numbers, "by": worker, "now": now_ms()})
    return [None] * len(held)


def give_back(session: Session, worker: str, numbers: Iterable[int]) -> None:
    """Lets others take what a worker claimed and did not begin, in the caller's transaction."""
    session.connection().execute(_GIVE_BACK, {"numbers": list(numbers), "by": worker})


def find_waiting_long(
    sessions: Sessions, channel: str, milliseconds: int, life: int, limit: int
) -> list[tuple[int, str]]:
    """(event, user) of what waits in a channel's chats with one user, longer than so many milliseconds, oldest first;
    not of what is too old to be answered (`life`, in milliseconds)."""
    received = now_ms() - milliseconds
    waiting = select(INBOX.c.id, INBOX.c.user_id).where(
        INBOX.c.state == "waiting", channel == OF_CHANNEL, INBOX.c.private, INBOX.c.received_at <= received,
        INBOX.c.received_at > received - life,
    )  # fmt: skip
    with sessions() as session:
        return [(number, user) for number, user in session.execute(waiting.order_by(INBOX.c.id).limit(limit))]
