"""Tables of what was judged."""

from datetime import date, datetime

from sqlalchemy import Date, Text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.database import Base


class JudgedSample(Base):
    """A question drawn from the log of the week that begins on `week`, with what it was answered, and what a person
    says of that: `verdict` as in `bot.judging.samples`, empty until then; `meant`: the id of the entry that would have
    been right. What is judged is kept as a growing set of tests, masked; the rest as long as texts are
    (`bot.retention`)."""

    __tablename__ = "judged_sample"
    id: Mapped[int] = mapped_column(primary_key=True)
    week: Mapped[date] = mapped_column(Date, index=True)
    log_id: Mapped[int] = mapped_column(unique=True)
    asked_at: Mapped[datetime]
    question: Mapped[str] = mapped_column(Text)
    intent: Mapped[str]
    answered: Mapped[bool]
    entry: Mapped[str]
    office: Mapped[str]
    release: Mapped[int]
    verdict: Mapped[str] = mapped_column(default="")
    meant: Mapped[str] = mapped_column(default="")
    who: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime | None]


class ReleaseScore(Base):
    """What a release makes of a set of questions whose right answers are known: `kind` judged (samples) or tests (the
    staff's); `basis` names the state of the set. Kept for ever: a row or two a release."""

    __tablename__ = "release_score"
    release: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    basis: Mapped[str]
    right: Mapped[int]
    wrong: Mapped[int]
    declined_rightly: Mapped[int]
    declined_wrongly: Mapped[int]
    at: Mapped[datetime]
