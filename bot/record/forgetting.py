"""Questions that their residents took back: they go, and with them what was made of their words."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.judging.models import JudgedSample
from bot.models import QuestionLog
from bot.record.postings import forget_words
from bot.review.models import ClusterWording, QuestionCluster
from knowledge.database import table_of

_LOG = table_of(QuestionLog)


def forget_questions(session: Session, numbers: Sequence[int]) -> None:
    """Deletes rows of the log by their ids, their words in the postings, and the wordings that only they had, in the
    caller's transaction. Figures only count and stay."""
    filed = select(_LOG.c.cluster_id, _LOG.c.question).where(_LOG.c.id.in_(numbers), _LOG.c.cluster_id.is_not(None))
    for row in session.execute(filed).all():
        _forget_wording(session, row.cluster_id, row.question, numbers)
    session.execute(delete(_LOG).where(_LOG.c.id.in_(numbers)))
    session.execute(delete(JudgedSample).where(JudgedSample.log_id.in_(numbers)))
    forget_words(session, numbers)


def _forget_wording(session: Session, number: int, question: str, gone: Sequence[int]) -> None:
    cluster = session.get(QuestionCluster, number)
    if cluster is None:
        return
    cluster.count -= 1
    same = select(func.count()).where(
        _LOG.c.cluster_id == number, _LOG.c.question == question, _LOG.c.id.not_in(gone)
    )  # fmt: skip
    if not session.scalar(same):
        session.execute(
            delete(ClusterWording).where(ClusterWording.cluster_id == number, ClusterWording.text == question)
        )
        if cluster.label == question:
            query = select(ClusterWording.text).where(ClusterWording.cluster_id == number)
            cluster.label = session.scalar(query.order_by(ClusterWording.id).limit(1)) or ""
    session.flush()
