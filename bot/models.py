"""Tables of the conversation."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.database import Base


class InboxEvent(Base):
    """An accepted event: waiting, claimed (until `claimed_until` by `worker`), done or dead.

    Times are milliseconds since 1970. The text, user and token of a done event are purged; the row stays, so that a
    redelivery is recognised. A dead one keeps them for the operators, until it is retried or its retention ends.
    `outcome` of an open event is empty or "unsure": its reply may have arrived.
    """

    __tablename__ = "inbox_event"
    __table_args__ = (
        UniqueConstraint("channel", "event_id"),
        Index("ix_inbox_open", "state", "id"),
        Index("ix_inbox_user", "channel", "user_id", "state"),
        Index("ix_inbox_message", "message_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    event_id: Mapped[str]
    user_id: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    reply_token: Mapped[str]
    sent_at: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(default="waiting")
    outcome: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default="text")
    message_id: Mapped[str] = mapped_column(default="")
    private: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[int] = mapped_column(BigInteger, default=0)
    claimed_until: Mapped[int] = mapped_column(BigInteger, default=0)
    not_before: Mapped[int] = mapped_column(BigInteger, default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str] = mapped_column(default="")


class QuestionLog(Base):
    """One answered question, masked, under a pseudonymous user id. Kept for statistics, its texts for a shorter time
    (`bot.retention`), or until the resident takes the message back (`message_id` finds it).

    `answer_key` is what the resident's feedback refers to; `feedback`: empty, good or wrong; `meant`: what the
    resident meant instead. `review`: empty, waiting (to be filed) or filed (in `cluster_id`). `office`: the name of the
    one that an answer led to. `rephrased`: the same resident asked much the same again within minutes.
    """

    __tablename__ = "question_log"
    __table_args__ = (
        Index("ix_question_log_review", "review", "id"),
        Index("ix_question_log_cluster", "cluster_id", "asked_at"),
        Index("ix_question_log_feedback", "feedback", "asked_at", "release"),
    )
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
    message_id: Mapped[str] = mapped_column(default="", index=True)
    answer_key: Mapped[str] = mapped_column(default="", index=True)
    feedback: Mapped[str] = mapped_column(default="")
    meant: Mapped[str] = mapped_column(Text, default="")
    review: Mapped[str] = mapped_column(default="")
    cluster_id: Mapped[int | None]
    office: Mapped[str] = mapped_column(default="")
    rephrased: Mapped[bool] = mapped_column(default=False)


class Chore(Base):
    """When a chore of every day was last begun: one row a chore, kept."""

    __tablename__ = "chore"
    name: Mapped[str] = mapped_column(primary_key=True)
    ran_at: Mapped[datetime]
