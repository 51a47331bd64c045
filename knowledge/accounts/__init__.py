"""Accounts of the people who keep the knowledge base and read what was asked: added, changed, locked, never deleted."""

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import KnowledgeError
from knowledge.accounts.links import make_link
from knowledge.accounts.models import Account, AccountAct, plain_name
from knowledge.accounts.passwords import hash_password
from knowledge.accounts.signing_in import end_sessions
from knowledge.history import COMMAND

# As staff read them, where the command line says viewer, operator …
ROLES = {"viewer": "閲覧", "operator": "質問対応", "editor": "編集", "approver": "承認", "admin": "管理者"}
_NAME = re.compile(r"(?=.{1,64}$)[\w.@+-]+(?: [\w.@+-]+)*")


def add_account(session: Session, name: str, role: str, password: str, now: datetime, who: str = COMMAND) -> Account:
    """Adds an account in the caller's transaction; KnowledgeError says what is wrong with name, role or password."""
    name = _checked_name(name)
    _check_role(role)
    hashed = hash_password(password)
    return _insert(session, name, role, hashed, now, who)


def invite_account(session: Session, name: str, role: str, now: datetime, who: str) -> tuple[Account, str]:
    """Adds an account whose owner sets the password; returns it and what the one-time link for that holds."""
    name = _checked_name(name)
    _check_role(role)
    account = _insert(session, name, role, "", now, who)
    return account, make_link(session, account.id, now)


def _checked_name(name: str) -> str:
    plain = plain_name(name)
    if not _NAME.fullmatch(plain):
        strange = "".join(dict.fromkeys(re.sub(r"[\w.@+ -]", "", plain)))[:10]
        blamed = f"「{strange}」は使えません。" if strange else ""
        raise KnowledgeError(f"名前は 64 文字までの文字・数字・空白と . @ + - _ で書いてください。{blamed}")
    return plain


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise KnowledgeError(f"役割は {'、'.join(ROLES)} のどれかにしてください。")


def _insert(session: Session, name: str, role: str, hashed: str, now: datetime, who: str) -> Account:
    if session.scalar(select(Account).where(Account.name == name)):
        raise KnowledgeError(f"「{name}」という名前はもう使われています。別の名前にしてください。")
    account = Account(name=name, role=role, password=hashed, created_at=now.replace(tzinfo=None))
    session.add(account)
    session.flush()
    record_act(session, account.id, f"追加（{ROLES[role]}）", now, who)
    return account


def record_act(session: Session, account_id: int, what: str, now: datetime, who: str) -> None:
    """Writes down what was done to an account, in the transaction that does it."""
    session.add(AccountAct(at=now.replace(tzinfo=None), who=who, account_id=account_id, what=what))


def find_account(session: Session, account_id: int) -> Account:
    """An account by its number; KnowledgeError where there is none."""
    account = session.get(Account, account_id)
    if account is None:
        raise KnowledgeError("このアカウントはありません。一覧から選び直してください。")
    return account


def _keep_an_admin(session: Session, account: Account) -> None:
    """Refuses what would leave nobody who can manage accounts. Locks the rows: two admins may act on each other."""
    admins = session.scalars(select(Account).where(Account.role == "admin").with_for_update()).all()
    others = [admin for admin in admins if admin.id != account.id and not admin.locked and admin.password]
    if account.role == "admin" and not account.locked and not others:
        raise KnowledgeError("使える管理者がほかにいません。先に別の管理者を用意してください。")


def change_role(session: Session, account_id: int, role: str, now: datetime, who: str) -> None:
    """Gives an account another role, in the caller's transaction, begun for writing. It counts from the next page."""
    _check_role(role)
    account = find_account(session, account_id)
    if account.role == role:
        return
    _keep_an_admin(session, account)
    record_act(session, account.id, f"役割を {ROLES[account.role]} から {ROLES[role]} に変更", now, who)
    account.role = role


def lock_account(session: Session, account_id: int, now: datetime, who: str) -> None:
    """Locks an account and signs it out everywhere, in the caller's transaction, begun for writing."""
    account = find_account(session, account_id)
    if not account.locked:
        _keep_an_admin(session, account)
        account.locked = True
        end_sessions(session, account.id)
        record_act(session, account.id, "ロック", now, who)


def unlock_account(session: Session, account_id: int, now: datetime, who: str) -> None:
    """Lets a locked account sign in again, with the password that it had."""
    account = find_account(session, account_id)
    if account.locked:
        account.locked = False
        record_act(session, account.id, "ロックを解除", now, who)


def renew_link(session: Session, account_id: int, now: datetime, who: str) -> str:
    """A one-time link with which the owner sets a new password; the one before it is worth nothing any more."""
    account = find_account(session, account_id)
    if account.locked:
        raise KnowledgeError("ロック中のアカウントです。先にロックを解除してください。")
    record_act(session, account.id, "パスワード設定のリンクを発行", now, who)
    return make_link(session, account.id, now)


def list_accounts(session: Session) -> list[Account]:
    """All accounts by name, the locked ones last."""
    return list(session.scalars(select(Account).order_by(Account.locked, Account.name)))


def list_acts(session: Session, account_id: int | None = None, most: int = 50) -> list[tuple[AccountAct, str]]:
    """What was done to one account or to all, newest first, each with the account's name."""
    query = select(AccountAct, Account.name).join(Account).order_by(AccountAct.id.desc()).limit(most)
    if account_id is not None:
        query = query.where(AccountAct.account_id == account_id)
    return [(act, name) for act, name in session.execute(query)]


def set_password(session: Session, account: Account, password: str, now: datetime, who: str) -> None:
    """Gives an account a new password and signs it out everywhere, in the caller's transaction."""
    account.password = hash_password(password)
    end_sessions(session, account.id)
    record_act(session, account.id, "パスワードを設定", now, who)
