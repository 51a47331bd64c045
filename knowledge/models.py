"""The draft of the knowledge base, and its releases."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Select, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from knowledge.database import Base
from knowledge.history import Recorded


class PlanRow(Recorded, Base):
    """計画. Kept until staff remove it from the draft."""

    __tablename__ = "plan"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(unique=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(default="")
    precedence: Mapped[int] = mapped_column(default=0)

    @classmethod
    def facts(cls) -> Select[*tuple[Any, ...]]:
        return select(cls.id, cls.title, cls.valid_from, cls.valid_to, cls.source, cls.precedence)


class OfficeRow(Recorded, Base):
    """担当課 with its counter. `imported`: what the last document said of it, which tells a correction by hand from it.
    Kept until staff remove it from the draft."""

    __tablename__ = "office"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    floor: Mapped[str] = mapped_column(default="")
    counter: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    hours: Mapped[list[str]] = mapped_column(JSON, default=list)
    imported: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)

    @classmethod
    def facts(cls) -> Select[*tuple[Any, ...]]:
        return select(cls.id, cls.name, cls.floor, cls.counter, cls.phone, cls.hours)


class EntryRow(Recorded, Base):
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
    owner: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    page: Mapped[str] = mapped_column(default="")
    review_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(Text, default="")
    imported: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    plan: Mapped[PlanRow] = relationship(lazy="joined")
    office: Mapped[OfficeRow | None] = relationship(lazy="joined")

    @classmethod
    def facts(cls) -> Select[*tuple[Any, ...]]:
        return (
            select(
                cls.id, cls.plan_id, PlanRow.title.label("plan"), cls.section, cls.title, cls.variant, cls.source_id,
                cls.office_id, OfficeRow.name.label("office"), cls.explanation, cls.targets, cls.vocabulary,
                cls.examples, cls.url, cls.valid_from, cls.valid_to, cls.owner, cls.source, cls.page, cls.review_on,
                cls.state, cls.note,
            )
            .join(PlanRow, cls.plan_id == PlanRow.id)
            .join(OfficeRow, cls.office_id == OfficeRow.id, isouter=True)
        )  # fmt: skip


class WordRow(Recorded, Base):
    """A residents' word and the official word that stands for it in the ward's texts. Kept until staff remove it from
    the draft."""

    __tablename__ = "word"
    __table_args__ = (UniqueConstraint("word", "official"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str]
    official: Mapped[str]

    @classmethod
    def facts(cls) -> Select[*tuple[Any, ...]]:
        return select(cls.id, cls.word, cls.official)


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
