"""Tables beside the log, which make it quick to search and to count."""

from datetime import date

from sqlalchemy import Date, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.database import Base


class Figure(Base):
    """Questions of one day (`unit` day) or month (`unit` month, `day` its first) that have a `value` of a `kind`: how
    many, and their milliseconds in sum. Every kind counts every question at most once. Kept as long as statistics are
    (`bot.retention`), and so longer than the texts."""

    __tablename__ = "figure"
    unit: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    answered: Mapped[bool] = mapped_column(primary_key=True)
    count: Mapped[int]
    milliseconds: Mapped[float]


class LogPosting(Base):
    """Which questions of a block of the log have a term (`bot.record.terms`): `numbers` are their ids less the block's
    first, two bytes each, ascending. Kept as long as the log's rows, those of words as long as its texts."""

    __tablename__ = "log_posting"
    __table_args__ = (Index("ix_log_posting_block", "block"),)
    term: Mapped[str] = mapped_column(primary_key=True)
    block: Mapped[int] = mapped_column(primary_key=True)
    numbers: Mapped[bytes] = mapped_column(LargeBinary)


class LogProgress(Base):
    """How far the log was followed: the id of the last row in figures and postings, and of the last that was looked at
    for questions asked again in other words. A single row."""

    __tablename__ = "log_progress"
    id: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)
    compared: Mapped[int] = mapped_column(default=0)
