"""One-time links: for the first account of all, and for an account that needs a new password."""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from knowledge import KnowledgeError
from knowledge.accounts.models import Account, AccountLink

LINK_HOURS = 24


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def make_link(session: Session, account_id: int | None, now: datetime) -> str:
    """What a new link holds, in the caller's transaction; an earlier one for the same is worth nothing from now on."""
    token, moment = secrets.token_urlsafe(32), int(now.timestamp())
    same = AccountLink.account_id.is_(None) if account_id is None else AccountLink.account_id == account_id
    session.execute(delete(AccountLink).where(or_(same, AccountLink.expires_at < moment)))
    session.add(AccountLink(id=_hash(token), account_id=account_id, expires_at=moment + LINK_HOURS * 3600))
    return token


def make_first_link(session: Session, now: datetime) -> str | None:
    """What the link for the first account holds; None where there is an account already."""
    return None if session.scalar(select(Account.id).limit(1)) else make_link(session, None, now)


def _find(session: Session, token: str, now: datetime) -> AccountLink:
    link = session.get(AccountLink, _hash(token))
    if link is None or link.expires_at < int(now.timestamp()):
        raise KnowledgeError("このリンクは使えません。期限が切れたか、もう使われています。新しいものを使ってください。")
    return link


def check_first_link(session: Session, token: str, now: datetime) -> AccountLink:
    """The link for the first account; KnowledgeError where it is used, replaced or expired, or an account exists."""
    link = _find(session, token, now)
    if link.account_id is not None or session.scalar(select(Account.id).limit(1)):
        raise KnowledgeError("はじめのアカウントはもうあります。サインインしてください。")
    return link


def check_link(session: Session, token: str, now: datetime) -> tuple[AccountLink, Account]:
    """A link and whose password it sets; KnowledgeError where it is used up or expired, or the account locked."""
    link = _find(session, token, now)
    account = session.get(Account, link.account_id) if link.account_id is not None else None
    if account is None or account.locked:
        raise KnowledgeError("このリンクは使えません。管理者に聞いてください。")
    return link, account


def use_up(session: Session, link: AccountLink) -> None:
    """Ends a link in the caller's transaction; KnowledgeError where another request was faster."""
    used = session.execute(delete(AccountLink).where(AccountLink.id == link.id).returning(AccountLink.id)).first()
    if used is None:
        raise KnowledgeError("このリンクはもう使われています。")
