"""The log of questions, for the people who improve the answers."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bot.events import Reply
from bot.models import QuestionLog
from bot.redaction import mask_personal_data
from knowledge.database import table_of
from nlp import parameters as p
from nlp.normalise import LONGEST_QUESTION

_LITTLE = 0.05  # of the chance of being right
_LEADING = ("initiative", "office")  # intents whose answer is an office


def pseudonym(user_id: str, secret: str) -> str:
    """A stable name for a user that leads back to nobody without the installation's secret (HMAC-SHA256)."""
    return hmac.new(secret.encode(), user_id.encode(), hashlib.sha256).hexdigest()[:16] if user_id else ""


def _timed(seconds: float, secret: str) -> str:
    # The time first: new keys stand together at the end of their index. Keys by chance alone would each touch a page of
    # their own of a large log, which made writing it 18% slower.
    return f"{int(seconds):08x}{secret}"


def key_of_answer(received_at: int, event: int, message_id: str, secret: str) -> str:
    """The name under which feedback finds the answer to an event of the inbox (`received_at`: milliseconds since 1970):
    the same however often it is tried, and nobody can guess another's."""
    named = hmac.new(secret.encode(), f"answer:{event}:{message_id}".encode(), hashlib.sha256).hexdigest()
    return _timed(received_at / 1000, named[:16])


def _wants_review(reply: Reply) -> bool:
    """Whether a person should look: not answered, or answered with little to spare and no notice above it."""
    decision = reply.decision
    if reply.notices:
        return False
    best = decision.matches[0].score if decision.matches else 0.0
    return not decision.answered or (decision.intent == "initiative" and best < p.ANSWER_THRESHOLD + _LITTLE)


def log_row(
    now: datetime,
    channel: str,
    user: str,
    question: str,
    reply: Reply,
    milliseconds: float,
    message_id: str = "",
    ward_address: str = "",
    answer_key: str = "",
) -> dict[str, Any]:
    """The row of one answered question, personal data masked; `user` is a pseudonym. Without an `answer_key` it gets
    one of its own."""
    decision = reply.decision
    offices = [decision.office, *(m.entry.office for m in decision.matches)]
    question = mask_personal_data(question[:LONGEST_QUESTION], [o.phone for o in offices if o], ward_address)
    return {
        # Without its zone: PostgreSQL would turn it into the zone of the server.
        "asked_at": now.replace(tzinfo=None), "channel": channel, "user": user, "question": question,
        "intent": decision.intent, "answered": reply.answered, "release": decision.release,
        "candidates": [[m.entry.id, round(m.score, 4)] for m in decision.matches],
        "milliseconds": milliseconds, "message_id": message_id,
        "answer_key": answer_key or _timed(now.timestamp(), secrets.token_hex(8)), "feedback": "", "meant": "",
        "cluster_id": None, "rephrased": False,
        "office": decision.office.name if decision.office and reply.answered and decision.intent in _LEADING else "",
        "review": "waiting" if _wants_review(reply) and question.strip() else "",
    }  # fmt: skip


_INSERT = insert(table_of(QuestionLog))


def log_questions(session: Session, rows: Sequence[dict[str, Any]]) -> list[None]:
    """Adds rows in the caller's transaction."""
    session.connection().execute(_INSERT, list(rows))
    return [None] * len(rows)
