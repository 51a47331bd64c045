"""Tables of the review of questions."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.database import Base


class QuestionCluster(Base):
    """Questions that ask for the same thing. `state`: open, example, new, elsewhere, ignored, later, or merged: its
    questions are those of the cluster `merged_into` now; `label` is its first wording, `count` the questions that came.
    A decided one is kept for ever, an open or merged one as long as texts (`bot.retention`)."""

    __tablename__ = "question_cluster"
    __table_args__ = (Index("ix_cluster_queue", "state", "count", "last_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(default="open")
    count: Mapped[int] = mapped_column(default=0)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    assigned: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(Text, default="")
    merged_into: Mapped[int | None]


class ClusterWording(Base):
    """One way in which a cluster's question was put, masked; `core` is what the next ones are compared with. Kept as
    long as its cluster, so that variants of what was decided do not come back."""

    __tablename__ = "cluster_wording"
    id: Mapped[int] = mapped_column(primary_key=True)
    cluster_id: Mapped[int] = mapped_column(ForeignKey("question_cluster.id"), index=True)
    core: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    count: Mapped[int] = mapped_column(default=0)


class ReviewDecision(Base):
    """One decision about a cluster: who, when, what it changed, and what stood before, for undoing. Kept for ever."""

    __tablename__ = "review_decision"
    id: Mapped[int] = mapped_column(primary_key=True)
    cluster_id: Mapped[int] = mapped_column(ForeignKey("question_cluster.id"), index=True)
    kind: Mapped[str]
    at: Mapped[datetime]
    who: Mapped[str]
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed: Mapped[dict[str, Any]] = mapped_column(JSON)
    undone_by: Mapped[str] = mapped_column(default="")
    undone_at: Mapped[datetime | None]
