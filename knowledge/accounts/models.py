"""Tables of the console's accounts."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.database import Base


def plain_name(text: str) -> str:
    """A name as it is kept and compared: one blank between its parts, however wide it was typed."""
    return " ".join(text.split())


class Account(Base):
    """A console account. `password` is an argon2 hash. Kept for ever and locked instead, so that history has names."""

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    password: Mapped[str]
    locked: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class ConsoleSession(Base):
    """One browser that is signed in. `id` is the hash of what its cookie holds; times are seconds since 1970.

    Kept until the person signs out, the account is locked or its password changes, or the idle time is over.
    """

    __tablename__ = "console_session"
    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    seen_at: Mapped[int] = mapped_column(BigInteger, index=True)


class SignInFailure(Base):
    """Failed attempts for one account name or one client address, both kept as hashes only, for all processes.

    Kept for a day after the last failure; `last_at` is in seconds since 1970.
    """

    __tablename__ = "sign_in_failure"
    id: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[int] = mapped_column(BigInteger, default=0, index=True)


class AccountLink(Base):
    """A one-time link that sets a password: of an account, or of the very first one where `account_id` is null.

    `id` is the hash of what the link holds, `expires_at` in seconds since 1970. Kept until it is used, replaced or
    expired; the next link that is made clears the expired ones away.
    """

    __tablename__ = "account_link"
    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    expires_at: Mapped[int] = mapped_column(BigInteger)


class AccountAct(Base):
    """What was done to an account, by whom, when (the ward's own time). Kept for ever."""

    __tablename__ = "account_act"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    who: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    what: Mapped[str]
