"""Tables of publishing."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.database import Base


class ReleaseAct(Base):
    """One publishing or going back: who made release `number` answer instead of `before`, when (the ward's own time)
    and why. `problems`: what the checks had said, where they were overridden with the reason `override`. The counts
    compare with what answered before. Kept for ever; never updated, never deleted.
    """

    __tablename__ = "release_act"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    who: Mapped[str]
    action: Mapped[str]
    number: Mapped[int] = mapped_column(ForeignKey("release.number"))
    before: Mapped[int | None]
    why: Mapped[str] = mapped_column(Text, default="")
    override: Mapped[str] = mapped_column(Text, default="")
    problems: Mapped[list[str]] = mapped_column(JSON, default=list)
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    removed: Mapped[int] = mapped_column(default=0)


class TestQuestion(Base):
    """A question of staff with what must come of it: the draft's entry `entry` first (by its row's id, so that it may
    be renamed; `expected` is how it read when it was chosen), or, where that is empty, no answer.
    Kept until staff remove it.
    """

    __test__ = False  # no test of pytest's
    __tablename__ = "test_question"
    id: Mapped[int] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(Text, unique=True)
    entry: Mapped[int | None]
    expected: Mapped[str] = mapped_column(Text, default="")
    who: Mapped[str]
    at: Mapped[datetime]
