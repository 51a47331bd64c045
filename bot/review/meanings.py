"""What a resident meant whose answer was wrong: in a conversation, the next message."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.models import QuestionLog
from knowledge.database import Base, table_of

_WITHIN = timedelta(minutes=10)  # a message later than this is a new matter
_MATTERS = frozenset(("initiative", "office", "hours", "unknown"))  # other messages say nothing of what was meant


class MeaningAsked(Base):
    """A user, by pseudonym, who said that an answer was wrong and was asked what was meant. Kept until the next
    message, or for a day (`bot.retention`)."""

    __tablename__ = "meaning_asked"
    user: Mapped[str] = mapped_column(primary_key=True)
    answer_key: Mapped[str]
    at: Mapped[datetime]


_ASKED, _LOG = table_of(MeaningAsked), table_of(QuestionLog)
# Few wait at a time: to read them all costs less than to look for each user of a batch of messages.
_WAITING = select(_ASKED).where(_ASKED.c.at >= bindparam("since"))


def ask_meaning(session: Session, user: str, answer_key: str, now: datetime) -> None:
    """Takes the user's next message for what was meant, in the caller's transaction."""
    stop_asking(session, user)
    session.execute(insert(_ASKED).values(user=user, answer_key=answer_key, at=now.replace(tzinfo=None)))


def stop_asking(session: Session, user: str) -> None:
    """Takes the user's next message for nothing but itself, in the caller's transaction."""
    session.execute(delete(_ASKED).where(_ASKED.c.user == user))


def note_meanings(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Writes rows of the log that were just added, masked as they are, beside the wrong answers they follow, in the
    caller's transaction."""
    since = min(row["asked_at"] for row in rows).replace(tzinfo=None) - _WITHIN
    asked = {wait.user: wait for wait in session.connection().execute(_WAITING, {"since": since})}
    for row in rows if asked else ():
        if (wait := asked.pop(row["user"], None)) is None:
            continue
        stop_asking(session, wait.user)
        if row["intent"] in _MATTERS:
            wrong = update(_LOG).where(_LOG.c.answer_key == wait.answer_key, _LOG.c.feedback == "wrong")
            session.execute(wrong.values(meant=row["question"]))


def forget_meaning(session: Session, channel: str, message_id: str) -> None:
    """Forgets what a message that is taken back had said of an earlier one, in the caller's transaction."""
    taken = select(_LOG.c.user, _LOG.c.question).where(_LOG.c.channel == channel, _LOG.c.message_id == message_id)
    for row in session.execute(taken).all():
        if row.user and row.question:
            told = update(_LOG).where(_LOG.c.feedback == "wrong", _LOG.c.user == row.user, _LOG.c.meant == row.question)
            session.execute(told.values(meant=""))
