"""Tables of what staff are told in time."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from knowledge.database import Base


class Alarm(Base):
    """One surge, one jump of the unanswered share, one digest or one trial. It goes on while the look of every minute
    finds it (`last_at`); `count` is the most questions in an hour so far, `usual` what an hour usually has
    (assumed, where the `figures` say that it is not `logged`). `figures` hold nothing that a resident wrote but words
    that many wrote. Kept as long as statistics are (`bot.retention`)."""

    __tablename__ = "alarm"
    __table_args__ = (Index("ix_alarm_kind", "kind", "last_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    topic: Mapped[str] = mapped_column(default="")
    began_at: Mapped[datetime]
    last_at: Mapped[datetime]
    count: Mapped[int] = mapped_column(default=0)
    usual: Mapped[float] = mapped_column(default=0.0)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    sendings: Mapped[list["Sending"]] = relationship(lazy="selectin", order_by="Sending.id")


class Sending(Base):
    """An alarm on its way out by webhook or mail: waiting (to be tried from `not_before`, the ward's own time), sent
    or given_up; `problem`: what went wrong last. Kept as long as its alarm."""

    __tablename__ = "alarm_sending"
    __table_args__ = (Index("ix_alarm_sending_state", "state", "not_before"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    alarm_id: Mapped[int] = mapped_column(ForeignKey("alarm.id"), index=True)
    way: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    problem: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None]
