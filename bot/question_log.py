"""The log of questions, for the people who improve the answers."""

import hashlib
import hmac
from datetime import datetime

from sqlalchemy.orm import Session

from bot.events import Reply
from bot.models import QuestionLog


def pseudonym(user_id: str, secret: str) -> str:
    """A stable name for a user that leads back to nobody without the installation's secret (HMAC-SHA256)."""
    return hmac.new(secret.encode(), user_id.encode(), hashlib.sha256).hexdigest()[:16] if user_id else ""


def log_question(
    session: Session, now: datetime, channel: str, user: str, question: str, reply: Reply, milliseconds: float
) -> None:
    """Adds one row in the caller's transaction; `user` is a pseudonym."""
    decision = reply.decision
    session.add(
        QuestionLog(
            asked_at=now, channel=channel, user=user, question=question[:1000], intent=decision.intent,
            answered=decision.answered, candidates=[[m.entry.id, round(m.score, 4)] for m in decision.matches],
            release=decision.release, milliseconds=milliseconds,
        )
    )  # fmt: skip
