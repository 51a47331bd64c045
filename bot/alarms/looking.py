"""What the log says of the last hour and of the day before, written down once."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bot.alarms.models import Alarm, Sending
from bot.alarms.surges import Asked, Usual, find_jump, find_surges, is_matter, names_a_person, words_of
from bot.models import QuestionLog
from bot.record.models import Figure
from bot.review.models import QuestionCluster
from knowledge.database import table_of
from knowledge.notices import list_notices

SURGE, UNANSWERED, DIGEST, TRIAL = "surge", "unanswered", "digest", "trial"
ACTIVE = timedelta(minutes=15)  # since the last look that found it
_HOUR = timedelta(hours=1)
_OVER = timedelta(hours=1)  # what is not found for so long and comes again is a new one
_MOST_LOOKED_AT = 5_000  # questions of the hour, the newest
_MOST_OF_ONE = 5  # questions of one user in the hour, where the channel knows its users
_USUAL_DAYS, _FRESH = timedelta(days=28), timedelta(days=1)  # what the usual rate is taken from, and what not
_SAMPLE, _AT_ONCE = 4_000, 500  # questions
_SHARE_DAYS = 14
_FEW = 3  # residents at least who wrote a word that is told
_MATTERS = ("initiative", "office", "hours", "unknown")
_LOG, _FIGURES = table_of(QuestionLog).c, table_of(Figure).c
_BY_INTENT = (_FIGURES.unit == "day", _FIGURES.kind == "intent")


def read_hour(session: Session, now: datetime, read: dict[int, frozenset[str]]) -> list[Asked]:
    """The questions of the last hour; `now` here and below is the ward's own time without a zone. `read`: words of
    questions by their numbers, kept from one look to the next, so that each question is read once."""
    query = select(_LOG.id, _LOG.question, _LOG.user, _LOG.answered).where(
        _LOG.asked_at > now - _HOUR, _LOG.asked_at <= now, _LOG.question != "", _LOG.intent.in_(_MATTERS)
    )
    rows = session.execute(query.order_by(_LOG.asked_at.desc()).limit(_MOST_LOOKED_AT)).all()
    by_one: Counter[str] = Counter()
    asked, kept = [], dict[int, frozenset[str]]()
    for row in rows:
        by_one[row.user] += 1
        if not row.user or by_one[row.user] <= _MOST_OF_ONE:  # one resident makes no surge
            asked.append(Asked(read.get(row.id) or words_of(row.question), row.user, row.answered))
            kept[row.id] = asked[-1].words
    read.clear()
    read.update(kept)
    return asked


def read_usual(session: Session, examples: Iterable[str], now: datetime) -> Usual:
    """What is asked usually: a sample of the four weeks up to yesterday, evenly spread."""

    def edge(found: ColumnElement[bool], newest: bool) -> int:
        order = _LOG.asked_at.desc() if newest else _LOG.asked_at
        return session.scalar(select(_LOG.id).where(found).order_by(order).limit(1)) or 0

    first, last = edge(_LOG.asked_at > now - _USUAL_DAYS, False), edge(_LOG.asked_at < now - _FRESH, True)
    numbers = range(first, last + 1, max(1, (last - first) // _SAMPLE)) if first and last else range(0)
    sample: list[str] = []
    for start in range(0, len(numbers), _AT_ONCE):
        some = select(_LOG.question).where(_LOG.id.in_(numbers[start : start + _AT_ONCE]), _LOG.question != "")
        sample += session.scalars(some.where(_LOG.intent.in_(_MATTERS)))
    return Usual(sample, examples)


def _usual_unanswered(session: Session, today: date) -> tuple[int, int]:
    since = today - timedelta(days=_SHARE_DAYS)
    query = select(_FIGURES.answered, func.sum(_FIGURES.count)).where(
        *_BY_INTENT, _FIGURES.day >= since, _FIGURES.day < today, _FIGURES.value.in_(_MATTERS)
    )
    counts = {answered: int(count) for answered, count in session.execute(query.group_by(_FIGURES.answered)).all()}
    return sum(counts.values()), counts.get(False, 0)


@dataclass(frozen=True, slots=True)
class Found:
    """What stands out in the last hour: `count` questions of `usual` ones, about `topic` or without an answer. Where
    the `figures` say that it is not `logged`, the usual count is assumed: the log has hardly begun."""

    kind: str
    topic: str
    count: int
    usual: float
    figures: dict[str, Any]

    def goes_on_from(self, alarm: Alarm) -> bool:
        """Whether an alarm is about the same: which word of a surge stands out most may change while it goes on."""
        return alarm.kind == self.kind and (alarm.topic == self.topic or alarm.topic in self.figures["words"])


def look(session: Session, usual: Usual, now: datetime, read: dict[int, frozenset[str]]) -> list[Found]:
    """What stands out in the last hour; writes nothing."""
    asked = read_hour(session, now, read)
    found = []
    for surge in find_surges(asked, usual):
        figures = {"words": list(surge.words), "unanswered": surge.unanswered, "asked": len(asked)}
        figures["logged"] = usual.logged
        found.append(Found(SURGE, surge.topic, surge.count, surge.usual, figures))
    if jump := find_jump(asked, *_usual_unanswered(session, now.date())):
        words = tell_words((question.words, question.user) for question in asked if not question.answered)
        figures = {"words": words, "asked": jump.asked, "logged": jump.logged}
        found.append(Found(UNANSWERED, "", jump.unanswered, jump.usual * jump.asked, figures))
    return found


def write_down(session: Session, found: Sequence[Found], ways: Sequence[str], now: datetime) -> list[Alarm]:
    """Lets alarms that go on go on and begins the new ones, in the caller's transaction; returns these."""
    going_on = select(Alarm).where(Alarm.kind.in_((SURGE, UNANSWERED)), Alarm.last_at > now - _OVER)
    known, fresh = list(session.scalars(going_on.order_by(Alarm.id))), []
    for new in found:
        alarm = next((alarm for alarm in known if new.goes_on_from(alarm)), None)
        if alarm is None:
            values = {"topic": new.topic, "count": new.count, "usual": new.usual, "figures": new.figures}
            fresh.append(add_alarm(session, new.kind, now, ways, **values))
            continue
        alarm.last_at = now
        if new.count > alarm.count:
            alarm.count, alarm.usual, alarm.figures = new.count, new.usual, new.figures
    return fresh


def add_alarm(session: Session, kind: str, now: datetime, ways: Sequence[str], **values: Any) -> Alarm:
    """Begins an alarm that is to be sent by these ways, in the caller's transaction."""
    sendings = [Sending(way=way, state="waiting", attempts=0, not_before=now, problem="") for way in ways]
    alarm = Alarm(kind=kind, began_at=now, last_at=now, sendings=sendings, **values)
    session.add(alarm)
    session.flush()
    return alarm


def tell_words(asked: Iterable[tuple[frozenset[str], str]], most: int = 5) -> list[str]:
    """The words for matters that most residents used, none that few used or that names a person."""
    users: dict[str, set[str | int]] = {}
    for number, (words, user) in enumerate(asked):
        for word in words:
            users.setdefault(word, set()).add(user or number)
    ordered = sorted(users.items(), key=lambda row: (-len(row[1]), row[0]))
    told = (word for word, who in ordered if len(who) >= _FEW and is_matter(word) and not names_a_person(word))
    return [word for word, _ in zip(told, range(most), strict=False)]


def read_digest(session: Session, now: datetime) -> dict[str, Any]:
    """The day before in figures."""
    day = now.date() - timedelta(days=1)
    begin, end = datetime.combine(day, time()), datetime.combine(now.date(), time())
    query = select(_FIGURES.answered, _FIGURES.value, _FIGURES.count).where(*_BY_INTENT, _FIGURES.day == day)
    rows = session.execute(query).all()
    of_day = (_LOG.asked_at >= begin, _LOG.asked_at < end)
    said = select(_LOG.feedback, func.count()).where(*of_day, _LOG.feedback.in_(("good", "wrong")))
    judged = {str(feedback): int(count) for feedback, count in session.execute(said.group_by(_LOG.feedback)).all()}
    open_ones = select(_LOG.question, _LOG.user).where(*of_day, _LOG.answered.is_(False), _LOG.question != "")
    unanswered = session.execute(open_ones.order_by(_LOG.asked_at.desc()).limit(_MOST_LOOKED_AT)).all()
    alarms = session.scalars(select(Alarm).where(Alarm.kind == SURGE, Alarm.last_at >= begin, Alarm.began_at < end))
    return {
        "day": day.isoformat(),
        "asked": sum(int(count) for _, _, count in rows),
        "answered": sum(int(count) for answered, _, count in rows if answered),
        "unknown": sum(int(count) for answered, intent, count in rows if not answered and intent == "unknown"),
        "good": judged.get("good", 0),
        "wrong": judged.get("wrong", 0),
        "words": tell_words((words_of(row.question), row.user) for row in unanswered),
        "surges": [{"topic": alarm.topic, "count": alarm.count} for alarm in alarms],
        "waiting": session.scalar(select(func.count()).where(QuestionCluster.state == "open")) or 0,
        "notices": [row.title for row in list_notices(session, now) if row.starts_at <= now],
    }


def list_active(session: Session, now: datetime) -> list[Alarm]:
    """Surges and jumps that go on now, the newest first."""
    since = now.replace(tzinfo=None) - ACTIVE
    query = select(Alarm).where(Alarm.kind.in_((SURGE, UNANSWERED)), Alarm.last_at >= since)
    return list(session.scalars(query.order_by(Alarm.id.desc())))


def list_alarms(session: Session, most: int = 50) -> list[Alarm]:
    """The last alarms of every kind, the newest first."""
    return list(session.scalars(select(Alarm).order_by(Alarm.id.desc()).limit(most)))
