"""The draft of the knowledge base, and its releases."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from knowledge.database import Base


class PlanRow(Base):
    """計画. Kept until staff remove it from the draft."""

    __tablename__ = "plan"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(unique=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(default="")
    precedence: Mapped[int] = mapped_column(default=0)


class OfficeRow(Base):
    """担当課 with its counter. `imported`: what the last document said of it, which tells a correction by hand from it.
    Kept until staff remove it from the draft."""

    __tablename__ = "office"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    floor: Mapped[str] = mapped_column(default="")
    counter: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    imported: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)


class EntryRow(Base):
    """施策・取組: one thing that a resident can ask about. `imported`: what its document last said of it.
    Kept until staff remove it from the draft."""

    __tablename__ = "entry"
    __table_args__ = (UniqueConstraint("plan_id", "section", "title", "source_id", "variant"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    section: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    source_id: Mapped[str | None]
    targets: Mapped[list[str]] = mapped_column(JSON, default=list)
    explanation: Mapped[str] = mapped_column(Text, default="")
    vocabulary: Mapped[list[str]] = mapped_column(JSON, default=list)
    examples: Mapped[list[str]] = mapped_column(JSON, default=list)
    url: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    variant: Mapped[str] = mapped_column(default="")
    imported: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    plan: Mapped[PlanRow] = relationship(lazy="joined")
    office: Mapped[OfficeRow | None] = relationship(lazy="joined")


class Release(Base):
    """公開版: an immutable document in the exchange format. Kept for ever; never updated, never deleted."""

    __tablename__ = "release"
    number: Mapped[int] = mapped_column(primary_key=True)
    published_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text, default="")
    document: Mapped[str] = mapped_column(Text)


class LiveRelease(Base):
    """Which release answers: a single row."""

    __tablename__ = "live_release"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(ForeignKey("release.number"))
    since: Mapped[datetime]
