"""The log of questions, for the people who improve the answers."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bot.events import Reply
from bot.models import QuestionLog
from bot.redaction import mask_personal_data
from knowledge import KnowledgeError
from knowledge.database import table_of
from knowledge.releases import read_release
from knowledge.rows import write_rows
from nlp import parameters as p
from nlp.normalise import LONGEST_QUESTION

_LITTLE = 0.05  # of the chance of being right


def pseudonym(user_id: str, secret: str) -> str:
    """A stable name for a user that leads back to nobody without the installation's secret (HMAC-SHA256)."""
    return hmac.new(secret.encode(), user_id.encode(), hashlib.sha256).hexdigest()[:16] if user_id else ""


def key_of_answer(event: int, message_id: str, secret: str) -> str:
    """The name under which feedback finds the answer to an event of the inbox: the same however often it is tried, and
    nobody can guess another's."""
    return hmac.new(secret.encode(), f"answer:{event}:{message_id}".encode(), hashlib.sha256).hexdigest()[:16]


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
        "answer_key": answer_key or secrets.token_hex(8), "feedback": "", "meant": "", "cluster_id": None,
        "review": "waiting" if _wants_review(reply) and question.strip() else "",
    }  # fmt: skip


_INSERT = insert(table_of(QuestionLog))


def log_questions(session: Session, rows: Sequence[dict[str, Any]]) -> list[None]:
    """Adds rows in the caller's transaction."""
    session.connection().execute(_INSERT, list(rows))
    return [None] * len(rows)


_COLUMNS = ("日時", "経路", "利用者", "質問", "種類", "答えた", "候補1", "候補2", "候補3", "公開版", "ミリ秒")


def export_questions(session: Session, path: Path) -> int:
    """Writes the log, oldest first, as a table with the candidates' titles; returns the number of questions."""
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise KnowledgeError(f"{path.name}: 書き出せる形は .csv と .xlsx です。名前の末尾を直してください。")
    titles: dict[int, dict[str, str]] = {}

    def cells(row: QuestionLog) -> list[str]:
        if row.release not in titles:
            titles[row.release] = {e.id: e.title for e in read_release(session, row.release).entries}
        named = [f"{titles[row.release].get(str(i), i)}（{float(str(score)):.2f}）" for i, score in row.candidates[:3]]
        return [
            row.asked_at.strftime("%Y-%m-%d %H:%M:%S"), row.channel, row.user, row.question, row.intent,
            "はい" if row.answered else "いいえ", *named, *[""] * (3 - len(named)), str(row.release),
            f"{row.milliseconds:.2f}",
        ]  # fmt: skip

    rows = [cells(row) for row in session.scalars(select(QuestionLog).order_by(QuestionLog.asked_at, QuestionLog.id))]
    write_rows(path, "質問の記録", [list(_COLUMNS), *rows])
    return len(rows)
