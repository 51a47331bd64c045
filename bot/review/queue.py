"""What operators see of the clusters, and of the log behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.models import QuestionLog
from bot.review.models import ClusterWording, QuestionCluster, ReviewDecision
from knowledge.document import Entry
from knowledge.models import EntryRow, PlanRow

AT_ONCE = 30  # clusters on a page
_SHOWN = 50  # wordings, questions, decisions


@dataclass(frozen=True, slots=True)
class Waiting:
    """A cluster in the queue; `week` and `week_before`: questions of the last seven days and of the seven before; of
    these fourteen days, how many were `unanswered`, were called `wrong` and were `rephrased` at once."""

    cluster: QuestionCluster
    week: int = 0
    week_before: int = 0
    unanswered: int = 0
    wrong: int = 0
    rephrased: int = 0


def list_clusters(session: Session, state: str, page: int, now: datetime) -> tuple[list[Waiting], int]:
    """One page of the clusters in a state, the largest and newest first, and how many there are."""
    count = session.scalar(select(func.count()).where(QuestionCluster.state == state)) or 0
    order = (QuestionCluster.count.desc(), QuestionCluster.last_at.desc(), QuestionCluster.id)
    query = select(QuestionCluster).where(QuestionCluster.state == state).order_by(*order)
    clusters = session.scalars(query.limit(AT_ONCE).offset((page - 1) * AT_ONCE)).all()
    counts = _counts(session, clusters, now.replace(tzinfo=None))
    return [Waiting(cluster, *counts.get(cluster.id, ())) for cluster in clusters], count


def _counts(session: Session, clusters: Sequence[QuestionCluster], now: datetime) -> dict[int, tuple[int, ...]]:
    """The figures of `Waiting` by cluster."""

    def number(condition: ColumnElement[bool] | InstrumentedAttribute[bool]) -> ColumnElement[int]:
        return func.sum(case((condition, 1), else_=0))

    week = now - timedelta(days=7)
    sums = (
        number(QuestionLog.asked_at > week), number(QuestionLog.asked_at <= week), number(~QuestionLog.answered),
        number(QuestionLog.feedback == "wrong"), number(QuestionLog.rephrased),
    )  # fmt: skip
    query = select(QuestionLog.cluster_id, *sums).where(
        QuestionLog.cluster_id.in_([cluster.id for cluster in clusters]),
        QuestionLog.asked_at > week - timedelta(days=7), QuestionLog.asked_at <= now,
    )  # fmt: skip
    rows = session.execute(query.group_by(QuestionLog.cluster_id))
    return {row[0]: tuple(row[1:]) for row in rows if row[0]}


def find_neighbours(session: Session, cluster: QuestionCluster) -> tuple[int | None, int | None]:
    """The clusters before and behind one in the queue of its state."""
    order = (QuestionCluster.count.desc(), QuestionCluster.last_at.desc(), QuestionCluster.id)
    query = select(QuestionCluster.id).where(QuestionCluster.state.in_({"open", cluster.state})).order_by(*order)
    numbers = session.scalars(query.limit(1000)).all()
    if cluster.id not in numbers:
        return None, numbers[0] if numbers else None
    at = numbers.index(cluster.id)
    return (numbers[at - 1] if at else None), (numbers[at + 1] if at + 1 < len(numbers) else None)


def list_wordings(session: Session, cluster: int) -> list[ClusterWording]:
    """The most frequent wordings of a cluster."""
    query = select(ClusterWording).where(ClusterWording.cluster_id == cluster)
    return list(session.scalars(query.order_by(ClusterWording.count.desc(), ClusterWording.id).limit(_SHOWN)))


def list_questions(session: Session, cluster: int) -> list[QuestionLog]:
    """The newest questions of a cluster."""
    query = select(QuestionLog).where(QuestionLog.cluster_id == cluster)
    return list(session.scalars(query.order_by(QuestionLog.asked_at.desc()).limit(_SHOWN)))


def list_decisions(session: Session, cluster: int) -> list[ReviewDecision]:
    """Decisions about a cluster, newest first."""
    query = select(ReviewDecision).where(ReviewDecision.cluster_id == cluster)
    return list(session.scalars(query.order_by(ReviewDecision.id.desc()).limit(_SHOWN)))


def find_drafted(session: Session, entries: Sequence[Entry]) -> dict[str, int]:
    """Entries of a release that the draft still has: their id there → the number of the draft's row."""
    found = {}
    for entry in entries:
        query = select(EntryRow.id).join(PlanRow).where(
            PlanRow.title == entry.plan.title, EntryRow.section == entry.section, EntryRow.title == entry.title,
            EntryRow.variant == entry.variant,
        )  # fmt: skip
        if (number := session.scalar(query.limit(1))) is not None:
            found[entry.id] = number
    return found
