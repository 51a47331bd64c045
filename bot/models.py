"""Tables of the conversation."""

from datetime import datetime

from sqlalchemy import JSON, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.database import Base


class InboxEvent(Base):
    """An accepted event. Its text is purged when it is done; the row stays, so that a redelivery is recognised."""

    __tablename__ = "inbox_event"
    __table_args__ = (UniqueConstraint("channel", "event_id"), Index("ix_inbox_open", "state", "id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    event_id: Mapped[str]
    user_id: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    reply_token: Mapped[str]
    sent_at: Mapped[int]
    state: Mapped[str] = mapped_column(default="waiting")
    outcome: Mapped[str] = mapped_column(default="")


class QuestionLog(Base):
    """One answered question under a pseudonymous user id. Kept until the operators delete it."""

    __tablename__ = "question_log"
    id: Mapped[int] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(index=True)
    channel: Mapped[str]
    user: Mapped[str]
    question: Mapped[str] = mapped_column(Text)
    intent: Mapped[str]
    answered: Mapped[bool]
    candidates: Mapped[list[list[object]]] = mapped_column(JSON)
    release: Mapped[int]
    milliseconds: Mapped[float]
