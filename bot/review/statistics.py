"""Figures of what was asked, from daily sums that grow with the log: no page reads a million rows."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, Index, func, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.models import QuestionLog
from knowledge.database import Base, Sessions, begin_writing, table_of
from knowledge.document import Entry

_AT_ONCE = 5_000  # rows of the log in one transaction
_SETTLED = timedelta(seconds=5)  # rows are numbered before they are committed; later ones may be seen first
_LOCK = 7_002  # PostgreSQL's advisory lock of whoever sums up


class DailyFigure(Base):
    """Questions of one day, hour, channel, intent, outcome and entry: how many, and their milliseconds in sum. `entry`
    is the one that was answered with, or empty. Kept as long as statistics are (`bot.retention`)."""

    __tablename__ = "daily_figure"
    __table_args__ = (Index("ix_daily_figure_day", "day"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    hour: Mapped[int]
    channel: Mapped[str]
    intent: Mapped[str]
    answered: Mapped[bool]
    entry: Mapped[str]
    release: Mapped[int]
    count: Mapped[int]
    milliseconds: Mapped[float]


class SummedUp(Base):
    """How far the log was summed up: a single row."""

    __tablename__ = "summed_up"
    id: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


_LOG, _FIGURES = table_of(QuestionLog).c, table_of(DailyFigure)
_KEYS = ("day", "hour", "channel", "intent", "answered", "entry", "release")


def sum_up(sessions: Sessions, now: datetime, most: int = 20) -> int:
    """Adds new rows of the log to the daily sums, `most` transactions of them; returns how many rows."""
    done = 0
    for _ in range(most):
        with sessions() as session:
            begin_writing(session)
            if session.get_bind().dialect.name == "postgresql":
                session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            count = _sum_up_some(session, now)
            session.commit()
        done += count
        if count < _AT_ONCE:
            break
    return done


def _sum_up_some(session: Session, now: datetime) -> int:
    last = session.scalar(select(SummedUp.last)) or 0
    columns = (_LOG.id, _LOG.asked_at, _LOG.channel, _LOG.intent, _LOG.answered, _LOG.candidates, _LOG.release,
               _LOG.milliseconds)  # fmt: skip
    query = select(*columns).where(_LOG.id > last)
    if session.get_bind().dialect.name == "postgresql":
        query = query.where(_LOG.asked_at <= now.replace(tzinfo=None) - _SETTLED)
    rows = session.execute(query.order_by(_LOG.id).limit(_AT_ONCE)).all()
    if not rows:
        return 0
    counts: Counter[tuple[Any, ...]] = Counter()
    spent: dict[tuple[Any, ...], float] = defaultdict(float)
    for row in rows:
        entry = str(row.candidates[0][0]) if row.intent == "initiative" and row.candidates else ""
        key = (row.asked_at.date(), row.asked_at.hour, row.channel, row.intent, row.answered, entry, row.release)
        counts[key] += 1
        spent[key] += row.milliseconds
    known = {
        tuple(getattr(figure, name) for name in _KEYS): figure.id
        for figure in session.execute(select(_FIGURES).where(_FIGURES.c.day.in_({key[0] for key in counts})))
    }
    fresh = [
        {**dict(zip(_KEYS, key, strict=True)), "count": count, "milliseconds": spent[key]}
        for key, count in counts.items()
        if key not in known
    ]
    for key in counts.keys() & known.keys():
        if count := counts[key]:
            more = {"count": _FIGURES.c.count + count, "milliseconds": _FIGURES.c.milliseconds + spent[key]}
            session.execute(update(_FIGURES).where(_FIGURES.c.id == known[key]).values(more))
    if fresh:
        session.execute(insert(_FIGURES), fresh)
    session.execute(update(SummedUp).values(last=rows[-1].id))
    return len(rows)


@dataclass(slots=True)
class Figures:
    """Figures of a period. Every table is what was counted → (questions, of these answered)."""

    since: date
    until: date
    questions: int = 0
    answered: int = 0
    declined: int = 0
    milliseconds: float = 0.0
    good: int = 0
    wrong: int = 0
    tables: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)

    @property
    def share_answered(self) -> float:
        return self.answered / self.questions if self.questions else 0.0

    @property
    def mean_milliseconds(self) -> float:
        return self.milliseconds / self.questions if self.questions else 0.0


_BY = {"日": "day", "時": "hour", "経路": "channel", "種類": "intent", "公開版": "release", "取組": "entry"}


def read_figures(session: Session, since: date, until: date, entries: Mapping[str, Entry]) -> Figures:
    """The figures of the days `since` to `until`; `entries`: by id, for titles, plans and offices."""
    figures, within = Figures(since, until), _FIGURES.c.day.between(since, until)
    counted: dict[str, dict[str, list[int]]] = {name: {} for name in (*_BY, "計画", "担当")}

    def add(table: str, key: str, count: int, answered: bool) -> None:
        pair = counted[table].setdefault(key, [0, 0])
        pair[0] += count
        pair[1] += count if answered else 0

    total = func.sum(_FIGURES.c.count)
    for label, name in _BY.items():
        column = _FIGURES.c[name]
        query = select(column, _FIGURES.c.answered, total).where(within).group_by(column, _FIGURES.c.answered)
        for value, answered, count in session.execute(query.order_by(column)):
            if label != "取組":
                add(label, f"{value}時" if label == "時" else str(value), count, answered)
            elif value:
                entry = entries.get(value)
                add("取組", entry.title if entry else "（いまはない取組）", count, answered)
                add("計画", entry.plan.title if entry else "（いまはない取組）", count, answered)
                add("担当", entry.office.name if entry and entry.office else "（担当なし）", count, answered)
    for intent, answered, count, spent in session.execute(
        select(_FIGURES.c.intent, _FIGURES.c.answered, total, func.sum(_FIGURES.c.milliseconds)).where(within)
        .group_by(_FIGURES.c.intent, _FIGURES.c.answered)
    ):  # fmt: skip
        figures.questions += count
        figures.milliseconds += spent
        figures.answered += count if answered else 0
        figures.declined += count if intent == "unknown" and not answered else 0
    first, last = datetime(since.year, since.month, since.day), datetime(until.year, until.month, until.day)
    said = select(_LOG.feedback, func.count()).where(
        _LOG.feedback.in_(("good", "wrong")), _LOG.asked_at >= first, _LOG.asked_at < last + timedelta(days=1)
    )
    judged = {row[0]: row[1] for row in session.execute(said.group_by(_LOG.feedback)).all()}
    figures.good, figures.wrong = judged.get("good", 0), judged.get("wrong", 0)
    for label, rows in counted.items():
        ordered = rows.items() if label in ("日", "時") else sorted(rows.items(), key=lambda row: -row[1][0])
        figures.tables[label] = {key: (pair[0], pair[1]) for key, pair in ordered}
    return figures


def tables_as_rows(figures: Figures) -> list[list[str]]:
    """All figures as the rows of one table, for CSV and Excel."""
    rows = [["表", "項目", "質問", "答えた", "答えた割合"]]
    whole = {f"{figures.since}〜{figures.until}": (figures.questions, figures.answered)}
    everything = {"期間": whole, **figures.tables}
    for label, table in everything.items():
        for key, (count, answered) in table.items():
            rows.append([label, key, str(count), str(answered), f"{answered / count:.3f}" if count else ""])
    rows += [["評価", "役に立った", str(figures.good), "", ""], ["評価", "違います", str(figures.wrong), "", ""]]
    return rows
