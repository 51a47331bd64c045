"""Undecided clusters that turn out to ask for the same thing become one."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.models import QuestionLog
from bot.review.clusters import Clusters
from bot.review.models import ClusterWording, QuestionCluster, ReviewDecision

_MOST_MOVED = 500  # questions: residents' messages wait for them


def find_cluster(session: Session, number: int, to_decide: bool = False) -> QuestionCluster | None:
    """The cluster of a number, or the one that it was merged into; `to_decide`: locked, so that it stays as it is until
    the transaction ends."""
    cluster = session.get(QuestionCluster, number, with_for_update=to_decide or None)
    while cluster is not None and cluster.merged_into is not None:
        cluster = session.get(QuestionCluster, cluster.merged_into, with_for_update=to_decide or None)
    return cluster


def merge_undecided(
    session: Session, clusters: Clusters, cluster: QuestionCluster, others: Sequence[int]
) -> QuestionCluster:
    """Makes a cluster one with the first of others that may be, in the caller's transaction; returns what is left.

    The larger stays where it is, and its address; what was ever decided is not touched.
    """
    if not (others and _untouched(session, cluster)):
        return cluster
    for number in others:
        other = session.get(QuestionCluster, number, with_for_update=True)  # an operator may be deciding on it
        if other is not None and _untouched(session, other):
            into, gone = sorted((cluster, other), key=lambda one: (-one.count, one.id))
            if gone.count <= _MOST_MOVED:
                merge_clusters(session, gone, into)
                clusters.merge(gone.id, into.id)
                return into
    return cluster


def _untouched(session: Session, cluster: QuestionCluster) -> bool:
    decided = select(ReviewDecision.id).where(ReviewDecision.cluster_id == cluster.id).limit(1)
    return cluster.state == "open" and session.scalar(decided) is None


def merge_clusters(session: Session, gone: QuestionCluster, into: QuestionCluster) -> None:
    """Makes the questions and wordings of a cluster another's, in the caller's transaction."""
    into.count += gone.count
    into.first_at, into.last_at = min(gone.first_at, into.first_at), max(gone.last_at, into.last_at)
    into.label = into.label or gone.label  # empty where its only wordings were taken back
    gone.state, gone.merged_into, gone.count, gone.label = "merged", into.id, 0, ""
    for table in (QuestionLog, ClusterWording):
        session.execute(update(table).where(table.cluster_id == gone.id).values(cluster_id=into.id))
    session.flush()
