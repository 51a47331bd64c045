"""What becomes of events: answered, to be tried again, or kept for the operators."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, case, or_, select, update
from sqlalchemy.orm import Session

from bot.inbox.claiming import Claimed, of_worker
from bot.inbox.state import FREED, INBOX, NOW, OF_CHANNEL, PURGED, TOO_LATE, UNSURE, now_ms
from bot.models import InboxEvent
from bot.question_log import log_questions
from bot.review.meanings import note_meanings

_OUTCOME: Any = bindparam("said")
_END = {
    "done": of_worker(**FREED, **PURGED, outcome=_OUTCOME).returning(INBOX.c.id),
    "dead": of_worker(**FREED, state="dead", outcome=_OUTCOME).returning(INBOX.c.id),
    "waiting": of_worker(**FREED, state="waiting", outcome=_OUTCOME, not_before=NOW).returning(INBOX.c.id),
}


@dataclass(frozen=True, slots=True)
class Ending:
    """What becomes of a claimed event: `state` done, dead (kept for the operators) or waiting, then from `not_before`
    (ms since 1970). `log`: the row of the question log, written in the same transaction."""

    event: Claimed
    state: str
    outcome: str
    not_before: int = 0
    log: dict[str, Any] | None = None


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


_LEFT_WAITING = or_(INBOX.c.state == "waiting", and_(INBOX.c.state == "claimed", INBOX.c.claimed_until <= NOW))
_OUTDATED = (
    update(INBOX)
    .where(_LEFT_WAITING, bindparam("there") == OF_CHANNEL, INBOX.c.received_at < bindparam("since"))
    .values(**FREED, state="dead", outcome=TOO_LATE)
)


def end_outdated(session: Session, asked: Sequence[tuple[str, int]]) -> list[None]:
    """Keeps for the operators whatever waits in a channel and can no longer be answered, in the caller's transaction.
    `asked`: channels, each with how many milliseconds an event lives in it."""
    for channel, life in asked:
        session.connection().execute(_OUTDATED, {"there": channel, "now": now_ms(), "since": now_ms() - life})
    return [None] * len(asked)


def list_dead(session: Session) -> list[InboxEvent]:
    """What could not be answered, oldest first."""
    return list(session.scalars(select(InboxEvent).where(InboxEvent.state == "dead").order_by(InboxEvent.id)))


def retry_dead(session: Session, number: int | None) -> int:
    """Lets one dead event (or all) be tried again; returns how many.

    On LINE it helps while the reply token is still taken, about a minute after the message; later it comes back as
    dead. On Slack it always does, and whether the answer had arrived all the same is looked up first.
    """
    dead = update(InboxEvent).where(InboxEvent.state == "dead")
    if number is not None:
        dead = dead.where(InboxEvent.id == number)
    outcome = case((InboxEvent.channel == "slack", UNSURE), else_="")
    again = dead.values(state="waiting", attempts=0, not_before=0, received_at=now_ms(), outcome=outcome)
    result = session.execute(again)
    return int(result.rowcount)  # type: ignore[attr-defined]
