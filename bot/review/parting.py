"""What was filed into an ignored cluster since, and the way back to the queue for what is another need."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.review.merging import move_wordings
from bot.review.models import ClusterWording, QuestionCluster, ReviewDecision
from knowledge import KnowledgeError

_SHOWN = 50  # wordings


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
    parted = move_wordings(session, cluster, chosen, None)
    parted.note = f"「{cluster.label[:40]}」に入っていたものを、別の用件として戻しました。"
    session.flush()
    return parted
