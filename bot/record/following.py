"""New rows of the log go into figures and postings, soon after they were written and never in their transaction."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from bot.models import QuestionLog
from bot.record.models import Figure, LogProgress
from bot.record.postings import add_postings
from bot.record.terms import entry_of_row, terms_of
from knowledge.database import Sessions, begin_writing, insert_of, table_of

_AT_ONCE = 2_000  # rows in one transaction, so that residents' messages never wait long
_SETTLED = timedelta(seconds=5)  # rows are numbered before they are committed; later ones may be seen first
_LOCK = 7_002  # PostgreSQL's advisory lock of whoever follows
# Upper bounds of what an answer took, in milliseconds; what took longer is in the last.
SPEEDS = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000)
_LOG, _FIGURE = table_of(QuestionLog), table_of(Figure)
FOLLOWED = (
    _LOG.c.id, _LOG.c.asked_at, _LOG.c.channel, _LOG.c.question, _LOG.c.intent, _LOG.c.answered, _LOG.c.candidates,
    _LOG.c.release, _LOG.c.office, _LOG.c.milliseconds,
)  # fmt: skip
_Key = tuple[str, str, date, str, bool]


@cache
def _more_figures(dialect: str) -> Any:
    """Adds to the figure that is there: an upsert."""
    new = insert_of(dialect)(_FIGURE)
    more = {n: _FIGURE.c[n] + new.excluded[n] for n in ("count", "milliseconds")}
    return new.on_conflict_do_update(index_elements=list(_FIGURE.primary_key), set_=more)


def followed_up_to(session: Session) -> int:
    """The id of the last row that figures and postings hold."""
    return session.scalar(select(LogProgress.last)) or 0


def follow_log(sessions: Sessions, now: datetime, most: int = 1_000_000) -> int:
    """Takes new rows of the log into figures and postings, in at most `most` transactions; returns how many rows."""
    done = 0
    for _ in range(most):
        count = _follow_some(sessions, now)
        done += count
        if count < _AT_ONCE:
            break
    return done


def _follow_some(sessions: Sessions, now: datetime) -> int:
    with sessions() as session:
        postgres = session.get_bind().dialect.name == "postgresql"
        last = followed_up_to(session)
        query = select(*FOLLOWED).where(_LOG.c.id > last)
        if postgres:
            late = _LOG.c.asked_at > now.replace(tzinfo=None) - _SETTLED
            if (unsettled := session.scalar(select(func.min(_LOG.c.id)).where(late, _LOG.c.id > last))) is not None:
                query = query.where(_LOG.c.id < unsettled)
        rows = session.execute(query.order_by(_LOG.c.id).limit(_AT_ONCE)).all()
    if not rows:
        return 0
    # Before the lock of the database: cutting texts takes longer than writing.
    figures, postings = _figures_of(rows), _postings_of(rows)
    with sessions() as session:
        begin_writing(session)
        if postgres:
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        if followed_up_to(session) != last:  # another process was here
            return _AT_ONCE
        session.connection().execute(_more_figures(session.get_bind().dialect.name), figures)
        add_postings(session, postings)
        session.execute(update(LogProgress).values(last=rows[-1].id))
        session.commit()
    return len(rows)


def _postings_of(rows: Sequence[Any]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        for term in terms_of(row):
            found[term].append(row.id)
    return found


def _speed(milliseconds: float) -> str:
    return str(next((bound for bound in SPEEDS if milliseconds <= bound), SPEEDS[-1]))


def _figures_of(rows: Sequence[Any]) -> list[dict[str, Any]]:
    counts: Counter[_Key] = Counter()
    spent: dict[_Key, float] = defaultdict(float)
    for row in rows:
        values = {
            "total": "", "hour": f"{row.asked_at.hour:02}", "channel": row.channel, "intent": row.intent,
            "release": str(row.release), "speed": _speed(row.milliseconds),
        }  # fmt: skip
        if entry := entry_of_row(row):
            values["entry"] = entry
        if row.office:
            values["office"] = row.office
        day = row.asked_at.date()
        for unit, first in (("day", day), ("month", day.replace(day=1))):
            for kind, value in values.items():
                key = (unit, kind, first, value, row.answered)
                counts[key] += 1
                spent[key] += row.milliseconds
    return [
        {"unit": key[0], "kind": key[1], "day": key[2], "value": key[3], "answered": key[4], "count": count,
         "milliseconds": spent[key]}
        for key, count in sorted(counts.items())
    ]  # fmt: skip
