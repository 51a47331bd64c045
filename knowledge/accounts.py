"""Accounts of the people who keep the knowledge base and read what was asked."""

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from knowledge import KnowledgeError
from knowledge.database import Base

ROLES = ("viewer", "operator", "editor", "approver", "admin")
SHORTEST_PASSWORD = 12  # characters (NIST SP 800-63B asks for 8, and for 15 where a password stands alone)
_NAME = re.compile(r"[\w.@+-]{1,64}")


class Account(Base):
    """A console account. `password` is an argon2 hash. Kept for ever and locked instead, so that history has names."""

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    password: Mapped[str]
    locked: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


def add_account(session: Session, name: str, role: str, password: str, now: datetime) -> None:
    """Adds an account in the caller's transaction; KnowledgeError says what is wrong with name, role or password."""
    from argon2 import PasswordHasher

    if not _NAME.fullmatch(name):
        raise KnowledgeError("名前は 64 文字までの文字・数字と . @ + - _ で書いてください。")
    if role not in ROLES:
        raise KnowledgeError(f"役割は {'、'.join(ROLES)} のどれかにしてください。")
    if len(password) < SHORTEST_PASSWORD:
        raise KnowledgeError(f"パスワードは {SHORTEST_PASSWORD} 文字以上にしてください。")
    if session.scalar(select(Account).where(Account.name == name)):
        raise KnowledgeError(f"「{name}」という名前はもう使われています。別の名前にしてください。")
    session.add(Account(name=name, role=role, password=PasswordHasher().hash(password), created_at=now))
