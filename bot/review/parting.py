"""What was filed into an ignored cluster since, and the way back to the queue for what is another need."""

from collections.abc import Collection

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.models import QuestionLog
from bot.review.likeness import core_of
from bot.review.models import ClusterWording, QuestionCluster, ReviewDecision
from knowledge import KnowledgeError

_SHOWN = 50  # wordings
_LOOKED_THROUGH = 2_000  # the newest questions of a cluster: residents' messages wait meanwhile


def list_hidden(session: Session, cluster: int) -> list[ClusterWording]:
    """The wordings that came into a cluster since it was ignored, the newest first."""
    decided = select(ReviewDecision).where(
        ReviewDecision.cluster_id == cluster, ReviewDecision.kind == "ignored", ReviewDecision.undone_at.is_(None)
    )
    last = session.scalars(decided.order_by(ReviewDecision.id.desc()).limit(1)).first()
    seen = last.changed.get("seen", 0) if last else 0  # older decisions do not tell: then all of them
    query = select(ClusterWording).where(
        ClusterWording.cluster_id == cluster, ClusterWording.id > seen, ClusterWording.text != ""
    )
    return list(session.scalars(query.order_by(ClusterWording.id.desc()).limit(_SHOWN)))


def part_wordings(session: Session, cluster: QuestionCluster, numbers: Collection[int]) -> QuestionCluster:
    """Makes some wordings of a cluster, with their questions, an undecided cluster of their own, in the caller's
    transaction, which keeps others from filing.

    Raises KnowledgeError where none of them is there, or where nothing would be left.
    """
    wordings = session.scalars(select(ClusterWording).where(ClusterWording.cluster_id == cluster.id)).all()
    chosen = [wording for wording in wordings if wording.id in numbers]
    if not chosen:
        raise KnowledgeError("別の用件の言い方を選んでください。")
    if len(chosen) == len(wordings):
        raise KnowledgeError("すべての言い方は戻せません。まとまりごと戻すには、決定を取り消してください。")
    cores = {wording.core for wording in chosen}
    newest = select(QuestionLog.id, QuestionLog.question, QuestionLog.asked_at).where(
        QuestionLog.cluster_id == cluster.id
    )
    rows = session.execute(newest.order_by(QuestionLog.asked_at.desc()).limit(_LOOKED_THROUGH)).all()
    moved = [row for row in rows if core_of(row.question) in cores]
    times = [row.asked_at for row in moved] or [cluster.last_at]
    count = sum(wording.count for wording in chosen)
    parted = QuestionCluster(
        label=chosen[0].text, state="open", count=count, first_at=min(times), last_at=max(times),
        note=f"「{cluster.label[:40]}」に入っていたものを、別の用件として戻しました。",
    )  # fmt: skip
    session.add(parted)
    session.flush()
    cluster.count -= count
    session.execute(
        update(QuestionLog).where(QuestionLog.id.in_([row.id for row in moved])).values(cluster_id=parted.id)
    )
    # As new rows, before the old ones go: whoever files reads what is newer than what it knows.
    session.add_all(
        ClusterWording(cluster_id=parted.id, core=one.core, text=one.text, count=one.count) for one in chosen
    )
    session.flush()
    for one in chosen:
        session.delete(one)
    session.flush()
    return parted
