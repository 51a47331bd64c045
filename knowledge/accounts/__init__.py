"""Accounts of the people who keep the knowledge base and read what was asked."""

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import KnowledgeError
from knowledge.accounts.models import Account
from knowledge.accounts.passwords import hash_password

ROLES = ("viewer", "operator", "editor", "approver", "admin")
_NAME = re.compile(r"[\w.@+-]{1,64}")


def add_account(session: Session, name: str, role: str, password: str, now: datetime) -> None:
    """Adds an account in the caller's transaction; KnowledgeError says what is wrong with name, role or password."""
    if not _NAME.fullmatch(name):
        raise KnowledgeError("名前は 64 文字までの文字・数字と . @ + - _ で書いてください。")
    if role not in ROLES:
        raise KnowledgeError(f"役割は {'、'.join(ROLES)} のどれかにしてください。")
    hashed = hash_password(password)
    if session.scalar(select(Account).where(Account.name == name)):
        raise KnowledgeError(f"「{name}」という名前はもう使われています。別の名前にしてください。")
    session.add(Account(name=name, role=role, password=hashed, created_at=now))
