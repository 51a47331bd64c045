"""Alarms on their way out: each sent once by one process, tried again with back-off, given up after a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.alarms.models import Alarm, Sending
from bot.alarms.wording import body_of, is_logged, subject_of
from knowledge.database import Sessions, begin_writing, table_of

_LEASE = timedelta(minutes=5)  # a process that claimed a sending and died is not waited for longer
_FIRST_RETRY, _LONGEST_RETRY = timedelta(minutes=1), timedelta(hours=1)
_GIVEN_UP = timedelta(days=1)
_AT_ONCE = 20  # sendings in one run
_SENDING = table_of(Sending)


@dataclass(frozen=True, slots=True)
class Message:
    """What leaves the house: no text, name or number of a resident. `key` is the same at every try; `at`: when the
    alarm began, `now`: this try, both with the ward's zone."""

    key: str
    kind: str
    ward: str
    at: datetime
    now: datetime
    subject: str
    text: str
    facts: Mapping[str, Any]


class Way(Protocol):
    """A way out: a webhook, a mail server."""

    name: str
    target: str

    def send(self, message: Message) -> str:
        """Sends; an empty text where it was accepted, else what went wrong, as staff read it. Never raises."""
        ...


def message_of(alarm: Alarm, ward: str, now: datetime) -> Message:
    """An alarm as it leaves; `now` with the ward's zone."""
    usual = round(alarm.usual, 1) if is_logged(alarm) else None
    facts = {"topic": alarm.topic, "count": alarm.count, "usual": usual, **alarm.figures}
    at = alarm.began_at.replace(tzinfo=now.tzinfo)
    return Message(f"alarm-{alarm.id}", alarm.kind, ward, at, now, subject_of(alarm), body_of(alarm), facts)


def send_due(sessions: Sessions, ways: Sequence[Way], ward: str, now: datetime) -> int:
    """Sends what is due, no session open meanwhile; returns how many were accepted."""
    by_name, here, accepted = {way.name: way for way in ways}, now.replace(tzinfo=None), 0
    with sessions() as session:
        due = select(Sending.id).where(Sending.state == "waiting", Sending.not_before <= here)
        numbers = session.scalars(due.order_by(Sending.id).limit(_AT_ONCE)).all()
    for number in numbers:
        with sessions() as session:
            begin_writing(session)
            if not _claim(session, number, here):
                continue
            sending = session.get_one(Sending, number)
            message = message_of(session.get_one(Alarm, sending.alarm_id), ward, now)
            session.commit()
        way = by_name.get(sending.way)
        problem = way.send(message) if way else "送り先の設定がなくなりました"
        with sessions() as session:
            begin_writing(session)
            _end(session.get_one(Sending, number), problem, way is None or now - message.at > _GIVEN_UP, here)
            session.commit()
        accepted += not problem
    return accepted


def _claim(session: Session, number: int, here: datetime) -> bool:
    mine = update(_SENDING).where(_SENDING.c.id == number, _SENDING.c.state == "waiting", _SENDING.c.not_before <= here)
    taken = session.execute(mine.values(not_before=here + _LEASE, attempts=_SENDING.c.attempts + 1))
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def _end(sending: Sending, problem: str, hopeless: bool, here: datetime) -> None:
    sending.problem = problem
    if not problem:
        sending.state, sending.sent_at = "sent", here
        return
    sending.not_before = here + min(_LONGEST_RETRY, _FIRST_RETRY * 2 ** min(sending.attempts - 1, 10))
    if hopeless:
        sending.state = "given_up"


def count_troubled(session: Session, now: datetime) -> int:
    """Sendings that failed and are tried again, or were given up within the last day."""
    waiting = (Sending.state == "waiting") & (Sending.problem != "")
    lost = (Sending.state == "given_up") & (Sending.not_before > now.replace(tzinfo=None) - _GIVEN_UP)
    return session.scalar(select(func.count()).where(waiting | lost)) or 0
