"""Figures of any period, from sums that grow with the log: no page reads a million rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from bot.models import QuestionLog
from bot.record.models import Figure
from bot.review.models import QuestionCluster
from knowledge.database import table_of
from knowledge.document import Entry

DAYS_AT_MOST = 62  # a longer period is shown by months
_TOP = 10  # clusters
_FIGURE, _LOG = table_of(Figure).c, table_of(QuestionLog).c
GONE = "（いまはない取組）"


@dataclass(slots=True)
class Figures:
    """Figures of a period. Every table is what was counted → (questions, of these answered). `speeds`: upper bound in
    milliseconds → questions; `top`: clusters with their questions in the period, of what was not answered well."""

    since: date
    until: date
    questions: int = 0
    answered: int = 0
    declined: int = 0
    milliseconds: float = 0.0
    good: int = 0
    wrong: int = 0
    tables: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)
    speeds: dict[int, int] = field(default_factory=dict)
    top: list[tuple[QuestionCluster, int]] = field(default_factory=list)

    @property
    def mean_milliseconds(self) -> float:
        return self.milliseconds / self.questions if self.questions else 0.0

    def within(self, share: float) -> int:
        """The milliseconds within which this share of the questions was answered, rounded up to a bound; 0 for none."""
        seen = 0
        for bound, count in sorted(self.speeds.items()):
            seen += count
            if seen >= share * sum(self.speeds.values()):
                return bound
        return 0


_BY = {"時": "hour", "経路": "channel", "種類": "intent", "公開版": "release", "担当": "office", "取組": "entry"}


def _months(since: date, until: date) -> tuple[date, date] | None:
    """(first of the first, first of the last) whole month of a period."""
    first = since if since.day == 1 else (since.replace(day=1) + timedelta(days=32)).replace(day=1)
    behind = until + timedelta(days=1)
    last = (behind.replace(day=1) - timedelta(days=1)).replace(day=1)
    return (first, last) if first <= last else None


def _within(since: date, until: date) -> ColumnElement[bool]:
    """The rows that cover a period: whole months, and days at its edges."""
    months = _months(since, until)
    if months is None:
        return and_(_FIGURE.unit == "day", _FIGURE.day.between(since, until))
    behind = (months[1] + timedelta(days=32)).replace(day=1)
    edges = or_(
        _FIGURE.day.between(since, months[0] - timedelta(days=1)), _FIGURE.day.between(behind, until)
    )  # fmt: skip
    return or_(and_(_FIGURE.unit == "month", _FIGURE.day.between(*months)), and_(_FIGURE.unit == "day", edges))


def read_figures(session: Session, since: date, until: date, entries: Mapping[str, Entry]) -> Figures:
    """The figures of the days `since` to `until`; `entries`: by id, for titles and plans."""
    figures = Figures(since, until)
    counted: dict[str, dict[str, list[int]]] = {"期間ごと": {}, **{name: {} for name in (*_BY, "計画")}}

    def add(table: str, key: str, count: int, answered: bool) -> None:
        pair = counted[table].setdefault(key, [0, 0])
        pair[0] += count
        pair[1] += count if answered else 0

    for day, answered, count in _by_time(session, since, until):
        add("期間ごと", day, count, answered)
    names = {kind: label for label, kind in _BY.items()}
    total, spent = func.sum(_FIGURE.count), func.sum(_FIGURE.milliseconds)
    query = select(_FIGURE.kind, _FIGURE.value, _FIGURE.answered, total, spent).where(_within(since, until))
    grouped = query.group_by(_FIGURE.kind, _FIGURE.value, _FIGURE.answered).order_by(_FIGURE.kind, _FIGURE.value)
    for kind, value, answered, count, milliseconds in session.execute(grouped):
        if kind == "total":
            figures.questions += count
            figures.milliseconds += milliseconds
            figures.answered += count if answered else 0
        elif kind == "speed":
            figures.speeds[int(value)] = figures.speeds.get(int(value), 0) + count
        elif kind == "entry":
            entry = entries.get(value)
            add("取組", entry.title if entry else GONE, count, answered)
            add("計画", entry.plan.title if entry else GONE, count, answered)
        elif kind in names:
            add(names[kind], f"{int(value)}時" if kind == "hour" else value, count, answered)
            figures.declined += count if (kind, value, answered) == ("intent", "unknown", False) else 0
    for label, rows in counted.items():
        ordered = rows.items() if label in ("期間ごと", "時") else sorted(rows.items(), key=lambda row: -row[1][0])
        figures.tables[label] = {key: (pair[0], pair[1]) for key, pair in ordered}
    figures.good, figures.wrong = read_feedback(session, since, until)
    figures.top = _top_unanswered(session, since, until)
    return figures


def _by_time(session: Session, since: date, until: date) -> Iterator[tuple[str, bool, int]]:
    """(day or month, answered, questions), oldest first; months at the edges of a period hold only its days."""
    by_day = (until - since).days < DAYS_AT_MOST
    query = select(_FIGURE.unit, _FIGURE.day, _FIGURE.answered, _FIGURE.count).where(_FIGURE.kind == "total")
    query = query.where(_within(since, until)) if not by_day else query.where(
        _FIGURE.unit == "day", _FIGURE.day.between(since, until)
    )  # fmt: skip
    for _, day, answered, count in session.execute(query.order_by(_FIGURE.day)):
        yield (f"{day:%Y-%m-%d}" if by_day else f"{day:%Y-%m}"), answered, count


def _times(since: date, until: date) -> tuple[datetime, datetime]:
    return datetime.combine(since, time.min), datetime.combine(until + timedelta(days=1), time.min)


def read_feedback(session: Session, since: date, until: date) -> tuple[int, int]:
    """How often residents said that an answer helped, and that it was wrong."""
    first, behind = _times(since, until)
    query = select(_LOG.feedback, func.count()).where(
        _LOG.feedback.in_(("good", "wrong")), _LOG.asked_at >= first, _LOG.asked_at < behind
    )
    said = {row[0]: row[1] for row in session.execute(query.group_by(_LOG.feedback)).all()}
    return said.get("good", 0), said.get("wrong", 0)


def _top_unanswered(session: Session, since: date, until: date) -> list[tuple[QuestionCluster, int]]:
    """The undecided clusters that most questions of a period went to."""
    first, behind = _times(since, until)
    count = func.count()
    query = (
        select(QuestionCluster, count)
        .join(QuestionLog, QuestionLog.cluster_id == QuestionCluster.id)
        .where(QuestionCluster.state == "open", QuestionCluster.last_at >= first, QuestionCluster.first_at < behind)
        .where(QuestionLog.asked_at >= first, QuestionLog.asked_at < behind)
    )
    ordered = query.group_by(QuestionCluster.id).order_by(count.desc(), QuestionCluster.id)
    return [(cluster, number) for cluster, number in session.execute(ordered.limit(_TOP))]


def tables_as_rows(figures: Figures) -> Sequence[list[str]]:
    """All figures as the rows of one table, for CSV and Excel."""
    rows = [["表", "項目", "質問", "答えた", "答えた割合"]]
    whole = {f"{figures.since}〜{figures.until}": (figures.questions, figures.answered)}
    everything = {"期間": whole, **figures.tables}
    for label, table in everything.items():
        for key, (count, answered) in table.items():
            rows.append([label, key, str(count), str(answered), f"{answered / count:.3f}" if count else ""])
    rows += [["応答（ミリ秒）", f"{bound} 以下", str(n), "", ""] for bound, n in sorted(figures.speeds.items())]
    rows += [["決めていない質問", cluster.label, str(count), "", ""] for cluster, count in figures.top]
    rows += [["評価", "役に立った", str(figures.good), "", ""], ["評価", "違います", str(figures.wrong), "", ""]]
    return rows
