"""Signing in: slowed after failures, the same for a wrong name as for a wrong password; sessions that end."""

import hashlib
import secrets

from sqlalchemy import Insert, delete, select, update
from sqlalchemy.orm import Session

from knowledge import KnowledgeError
from knowledge.accounts.models import Account, ConsoleSession, SignInFailure, plain_name
from knowledge.accounts.passwords import hash_is_outdated, hash_password, password_fits
from knowledge.database import Sessions, begin_writing, insert_of, table_of

FREE_FOR_ACCOUNT, FREE_FOR_ADDRESS = 5, 20  # failures before the waiting begins
_FIRST_WAIT, _LONGEST_WAIT, _FORGOTTEN = 15, 900, 86_400  # seconds
_WRONG = "名前かパスワードが違います。もう一度確かめてください。"
_SEEN_EVERY = 60  # seconds: how exactly the idle time is counted


class SignInError(KnowledgeError):
    """An attempt that did not succeed; says neither whether the name exists nor whether it is locked."""


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def waiting_time(failures: int, free: int) -> int:
    """Seconds to wait after so many failures: none, then 15, 30, 60 … up to 15 minutes."""
    return 0 if failures < free else min(_FIRST_WAIT * 2 ** min(failures - free, 10), _LONGEST_WAIT)


def _locked_row(session: Session, key: str) -> SignInFailure:
    make = insert_of(session.get_bind().dialect.name)
    insert: Insert = make(table_of(SignInFailure)).values(id=key, failures=0, last_at=0).on_conflict_do_nothing()
    session.execute(insert)
    return session.scalars(select(SignInFailure).where(SignInFailure.id == key).with_for_update()).one()


def _count_attempt(session: Session, keys: dict[str, int], now: int) -> None:
    """Counts an attempt as failed before its password is looked at, so that attempts side by side count too."""
    begin_writing(session)
    session.execute(delete(SignInFailure).where(SignInFailure.last_at < now - _FORGOTTEN))
    rows = [(_locked_row(session, key), free) for key, free in sorted(keys.items())]
    wait = max(row.last_at + waiting_time(row.failures, free) - now for row, free in rows)
    if wait > 0:
        session.rollback()
        span = f"{-(-wait // 60)} 分" if wait > 60 else f"{wait} 秒"
        raise SignInError(
            f"サインインの失敗が続いたため、少しお待ちいただいています。{span}ほどたってからもう一度お試しください。"
        )
    for row, _ in rows:
        row.failures, row.last_at = row.failures + 1, now
    session.commit()


def check_password(sessions: Sessions, name: str, password: str, address: str, now: int) -> Account:
    """Whose name and password these are; SignInError where they do not fit, or after too many that did not."""
    name = plain_name(name)
    account_key, address_key = _hash(f"account:{name}"), _hash(f"address:{address}")
    with sessions() as session:
        _count_attempt(session, {account_key: FREE_FOR_ACCOUNT, address_key: FREE_FOR_ADDRESS}, now)
    with sessions() as session:
        account = session.scalar(select(Account).where(Account.name == name))
    if not password_fits(account.password if account else "", password) or account is None or account.locked:
        raise SignInError(_WRONG)
    with sessions() as session:
        begin_writing(session)
        rows = {key: _locked_row(session, key) for key in sorted((account_key, address_key))}
        rows[address_key].failures = max(0, rows[address_key].failures - 1)
        session.delete(rows[account_key])
        session.commit()
    return account


def sign_in(sessions: Sessions, name: str, password: str, address: str, now: int) -> tuple[Account, str]:
    """The account and what the browser's cookie shall hold; SignInError where it is refused. `now`: epoch seconds."""
    account = check_password(sessions, name, password, address, now)
    renewed = hash_password(password) if hash_is_outdated(account.password) else ""
    with sessions() as session:
        begin_writing(session)
        current = session.get_one(Account, account.id, with_for_update=True)
        if current.locked or current.password != account.password:  # changed since it was looked at
            raise SignInError(_WRONG)
        current.password = renewed or current.password
        token = open_session(session, account.id, now)
        session.commit()
    return account, token


def open_session(session: Session, account_id: int, now: int) -> str:
    """Begins a browser's session in the caller's transaction; returns what its cookie shall hold."""
    token = secrets.token_urlsafe(32)
    session.add(ConsoleSession(id=_hash(token), account_id=account_id, seen_at=now))
    return token


def find_signed_in(sessions: Sessions, token: str, now: int, idle: int) -> Account | None:
    """Whose session a cookie holds; None where it ended. `idle`: seconds without a request after which it ends."""
    with sessions() as session:
        row = session.get(ConsoleSession, _hash(token))
        if row is None or row.seen_at < now - idle:
            return None
        account = session.get_one(Account, row.account_id)
        if account.locked:
            return None
    if row.seen_at < now - min(_SEEN_EVERY, idle // 4):
        with sessions() as session:
            begin_writing(session)
            session.execute(delete(ConsoleSession).where(ConsoleSession.seen_at < now - idle))
            session.execute(update(ConsoleSession).where(ConsoleSession.id == row.id).values(seen_at=now))
            session.commit()
    return account


def end_session(sessions: Sessions, token: str) -> None:
    """Signs one browser out; a copy of its cookie is worth nothing from now on."""
    with sessions() as session:
        begin_writing(session)
        session.execute(delete(ConsoleSession).where(ConsoleSession.id == _hash(token)))
        session.commit()


def end_sessions(session: Session, account_id: int) -> None:
    """Signs an account out everywhere, in the caller's transaction."""
    session.execute(delete(ConsoleSession).where(ConsoleSession.account_id == account_id))
