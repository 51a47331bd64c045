"""Who may do what in the console."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from flask import Flask, abort, redirect, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from handlers.console.parts import Parts, Permission
from knowledge.accounts.models import Account
from knowledge.accounts.signing_in import end_session, find_signed_in, sign_in

_OF_ROLES: dict[str, set[Permission]] = {
    "viewer": {"view"},
    "operator": {"view", "operate"},
    "editor": {"view", "operate", "draft"},
    "approver": {"view", "operate", "publish"},
    "admin": {"view", "operate", "draft", "publish", "manage"},
}
P = ParamSpec("P")
R = TypeVar("R")


def permissions_of(role: str, one_person_may_do_both: bool) -> set[Permission]:
    """What a role may do; in a small ward, who drafts may publish and the other way round."""
    permissions = _OF_ROLES.get(role, set())
    if one_person_may_do_both and permissions & {"draft", "publish"}:
        return permissions | {"draft", "publish"}
    return permissions


class Visitor:
    """The person who is signed in, as of this request. `name` is what histories and releases are signed with."""

    is_authenticated, is_active, is_anonymous = True, True, False

    def __init__(self, account: Account, token: str, permissions: set[Permission]) -> None:
        self.account_id, self.name, self.role, self.token = account.id, account.name, account.role, token
        self.permissions = permissions

    def get_id(self) -> str:
        return self.token

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions


def visitor() -> Visitor:
    """Who is signed in; only behind `needs`."""
    person = current_user._get_current_object()
    assert isinstance(person, Visitor)
    return person


def needs(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """A page for those who have the permission: others get 403, nobody signed in is sent to sign in.

    Stands under the route's decorator: `@routes.get("/console/…")`, then `@needs("view")`.
    """

    def protect(view: Callable[P, R]) -> Callable[P, R | Response]:
        @functools.wraps(view)
        def asked(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            if not current_user.is_authenticated:
                # A form cannot be sent again after signing in; its page can be opened again.
                path = request.full_path.rstrip("?") if request.method == "GET" else "/console/"
                return redirect(url_for("sign_in.page", next=path), 303)
            if not visitor().may(permission):
                abort(403)
            return view(*args, **kwargs)

        asked.permission = permission  # type: ignore[attr-defined]
        return asked

    return protect


def open_to_all(view: Callable[P, R]) -> Callable[P, R]:
    """Marks one of the few pages of the console that are there before signing in."""
    view.permission = None  # type: ignore[attr-defined]
    return view


def enter(parts: Parts, name: str, password: str) -> None:
    """Signs the browser of this request in; SignInError where it is refused."""
    now = int(parts.now().timestamp())
    account, token = sign_in(parts.sessions, name, password, request.remote_addr or "", now)
    keep_signed_in(parts, account, token)


def keep_signed_in(parts: Parts, account: Account, token: str) -> None:
    """Puts a begun session into the browser's cookie; what the cookie held before is forgotten."""
    session.clear()
    login_user(Visitor(account, token, permissions_of(account.role, parts.ward.one_person_may_do_both)))


def leave(parts: Parts) -> None:
    """Signs the browser of this request out."""
    end_session(parts.sessions, visitor().token)
    logout_user()
    session.clear()


def recognise_visitors(web: Flask, parts: Parts) -> None:
    """Lets Flask-Login find who a cookie belongs to, in the database at each request: a lock counts at once."""
    manager = LoginManager(web)

    @manager.user_loader  # type: ignore[untyped-decorator]
    def find(token: str) -> Visitor | None:
        idle = parts.settings.console_idle_minutes * 60
        account = find_signed_in(parts.sessions, token, int(parts.now().timestamp()), idle)
        if account is None:
            return None
        return Visitor(account, token, permissions_of(account.role, parts.ward.one_person_may_do_both))
