"""Questions that ask for the same thing are brought together in one cluster."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.models import QuestionLog
from bot.review.grouping import Group, Wording
from bot.review.likeness import core_of
from bot.review.models import ClusterWording, QuestionCluster, ReviewDecision

_MOST_MOVED = 500  # questions of a cluster that is taken apart or joins another: residents' messages wait for them
_MOST_GROUPED = 1_200  # wordings looked at together: a tenth of a second, and 15 MB meanwhile
_LOOKED_THROUGH = 2_000  # the newest questions of a cluster: residents' messages wait meanwhile


def find_cluster(session: Session, number: int, to_decide: bool = False) -> QuestionCluster | None:
    """The cluster of a number, or the one that it was merged into; `to_decide`: locked, so that it stays as it is until
    the transaction ends."""
    cluster = session.get(QuestionCluster, number, with_for_update=to_decide or None)
    while cluster is not None and cluster.merged_into is not None:
        cluster = session.get(QuestionCluster, cluster.merged_into, with_for_update=to_decide or None)
    return cluster


def list_undecided(session: Session) -> list[Wording]:
    """The wordings of clusters that nobody ever decided on, those of the newest clusters first, as many as are looked
    at together."""
    query = select(ClusterWording.core, ClusterWording.cluster_id, ClusterWording.count).join(
        QuestionCluster, QuestionCluster.id == ClusterWording.cluster_id
    )
    undecided = QuestionCluster.state == "open", QuestionCluster.id.not_in(select(ReviewDecision.cluster_id))
    order = QuestionCluster.last_at.desc(), QuestionCluster.id, ClusterWording.id
    return [Wording(*row) for row in session.execute(query.where(*undecided).order_by(*order).limit(_MOST_GROUPED))]


def bring_together(session: Session, group: Group) -> list[tuple[int, int]]:
    """Moves the wordings of a group, with their questions, into its cluster, in the caller's transaction, which keeps
    others from filing. Returns the clusters that are gone, with the one that each was merged into.

    What was decided meanwhile stays as it is, and so do clusters of so many questions that residents would have to wait
    until they are moved.
    """
    into = None
    if group.cluster is not None and (into := _untouched(session, group.cluster)) is None:
        return []
    gone = []
    for number in sorted({wording.cluster for wording in group.wordings} - {group.cluster}):
        cluster = _untouched(session, number)
        if cluster is None or cluster.count > _MOST_MOVED:
            continue
        wordings = session.scalars(select(ClusterWording).where(ClusterWording.cluster_id == number)).all()
        cores = {wording.core for wording in group.wordings if wording.cluster == number}
        chosen = [wording for wording in wordings if wording.core in cores]
        if chosen and len(chosen) == len(wordings) and into is not None:
            merge_clusters(session, cluster, into)
            gone.append((number, into.id))
        elif chosen and len(chosen) < len(wordings):
            into = move_wordings(session, cluster, chosen, into)
    return gone


def _untouched(session: Session, number: int) -> QuestionCluster | None:
    """A cluster that nobody ever decided on, locked: an operator may be at it; None if somebody did."""
    cluster = session.get(QuestionCluster, number, with_for_update=True)
    decided = select(ReviewDecision.id).where(ReviewDecision.cluster_id == number).limit(1)
    if cluster is None or cluster.state != "open" or session.scalar(decided) is not None:
        return None
    return cluster


def merge_clusters(session: Session, gone: QuestionCluster, into: QuestionCluster) -> None:
    """Makes the questions and wordings of a cluster another's, in the caller's transaction."""
    into.count += gone.count
    into.first_at, into.last_at = min(gone.first_at, into.first_at), max(gone.last_at, into.last_at)
    into.label = into.label or gone.label  # empty where its only wordings were taken back
    gone.state, gone.merged_into, gone.count, gone.label = "merged", into.id, 0, ""
    for table in (QuestionLog, ClusterWording):
        session.execute(update(table).where(table.cluster_id == gone.id).values(cluster_id=into.id))
    session.flush()


def move_wordings(
    session: Session, cluster: QuestionCluster, chosen: Sequence[ClusterWording], into: QuestionCluster | None
) -> QuestionCluster:
    """Makes some wordings of a cluster, with their questions, another's, or a new undecided cluster, in the caller's
    transaction, which keeps others from filing. Returns where they are now."""
    cores = {wording.core for wording in chosen}
    newest = select(QuestionLog.id, QuestionLog.question, QuestionLog.asked_at).where(
        QuestionLog.cluster_id == cluster.id
    )
    rows = session.execute(newest.order_by(QuestionLog.asked_at.desc()).limit(_LOOKED_THROUGH)).all()
    moved = [row for row in rows if core_of(row.question) in cores]
    times = [row.asked_at for row in moved] or [cluster.last_at]
    if into is None:
        into = QuestionCluster(
            label=chosen[0].text, state="open", count=0, first_at=min(times), last_at=max(times), note=""
        )
        session.add(into)
        session.flush()
    into.first_at, into.last_at = min(into.first_at, *times), max(into.last_at, *times)
    count = sum(wording.count for wording in chosen)
    into.count, cluster.count = into.count + count, cluster.count - count
    session.execute(update(QuestionLog).where(QuestionLog.id.in_([row.id for row in moved])).values(cluster_id=into.id))
    # As new rows, before the old ones go: whoever files reads what is newer than what it knows.
    session.add_all(ClusterWording(cluster_id=into.id, core=one.core, text=one.text, count=one.count) for one in chosen)
    session.flush()
    for one in chosen:
        session.delete(one)
    session.flush()
    if cluster.state == "open" and cluster.label in {one.text for one in chosen}:
        left = select(ClusterWording.text).where(ClusterWording.cluster_id == cluster.id)
        cluster.label = session.scalars(left.order_by(ClusterWording.count.desc(), ClusterWording.id)).first() or ""
    return into
