"""Accounts: who may sign in, and as what."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from handlers.console.access import needs, visitor
from handlers.console.parts import Parts
from knowledge import KnowledgeError
from knowledge.accounts import (
    ROLES,
    change_role,
    find_account,
    invite_account,
    list_accounts,
    list_acts,
    lock_account,
    renew_link,
    unlock_account,
)
from knowledge.accounts.links import LINK_HOURS
from knowledge.database import begin_writing

_MAY = {
    "viewer": "見る・試すだけ",
    "operator": "住民の質問の確認",
    "editor": "質問の確認と下書き",
    "approver": "質問の確認と公開",
    "admin": "すべてと、アカウントの管理",
}
ROLE_NAMES = {role: f"{name}（{_MAY[role]}）" for role, name in ROLES.items()}


def account_routes(parts: Parts) -> Blueprint:
    """`/console/accounts` and a page for each account; every act is recorded with who did it."""
    routes = Blueprint("accounts", __name__)

    def show(name: str = "", role: str = "editor", error: str = "") -> str:
        with parts.sessions() as session:
            accounts, acts = list_accounts(session), list_acts(session)
        return render_template(
            "console/accounts.html", accounts=accounts, acts=acts, roles=ROLE_NAMES, name=name, role=role, error=error
        )

    def show_link(name: str, token: str) -> str:
        address = url_for("passwords.link", token=token, _external=True)
        return render_template("console/account_link.html", name=name, address=address, hours=LINK_HOURS)

    def act(account_id: int, does: Callable[[Session], Any], done: str) -> Response:
        """Does one thing to an account, and shows its page with what came of it."""
        try:
            with parts.sessions() as session:
                begin_writing(session)
                does(session)
                session.commit()
            flash(done, "done")
        except KnowledgeError as error:
            flash(str(error), "error")
        return redirect(url_for("accounts.account", account_id=account_id), 303)

    @routes.get("/console/accounts")
    @needs("manage")
    def page() -> str:
        return show()

    @routes.post("/console/accounts")
    @needs("manage")
    def add() -> str | tuple[str, int]:
        name, role = request.form.get("name", "").strip(), request.form.get("role", "")
        try:
            with parts.sessions() as session:
                begin_writing(session)
                _, token = invite_account(session, name, role, parts.now(), visitor().name)
                session.commit()
        except KnowledgeError as error:
            return show(name, role, str(error)), 422
        return show_link(name, token)

    @routes.get("/console/accounts/<int:account_id>")
    @needs("manage")
    def account(account_id: int) -> str:
        with parts.sessions() as session:
            found = find_account(session, account_id)
            acts = list_acts(session, account_id)
        return render_template("console/account.html", account=found, acts=acts, roles=ROLE_NAMES)

    @routes.post("/console/accounts/<int:account_id>/role")
    @needs("manage")
    def role(account_id: int) -> Response:
        wanted, who, now = request.form.get("role", ""), visitor().name, parts.now()
        return act(account_id, lambda s: change_role(s, account_id, wanted, now, who), "役割を変更しました。")

    @routes.post("/console/accounts/<int:account_id>/lock")
    @needs("manage")
    def lock(account_id: int) -> Response:
        who, now = visitor().name, parts.now()
        return act(account_id, lambda s: lock_account(s, account_id, now, who), "ロックしました。もう使えません。")

    @routes.post("/console/accounts/<int:account_id>/unlock")
    @needs("manage")
    def unlock(account_id: int) -> Response:
        who, now = visitor().name, parts.now()
        return act(account_id, lambda s: unlock_account(s, account_id, now, who), "ロックを解除しました。")

    @routes.post("/console/accounts/<int:account_id>/link")
    @needs("manage")
    def link(account_id: int) -> str:
        with parts.sessions() as session:
            begin_writing(session)
            token = renew_link(session, account_id, parts.now(), visitor().name)
            name = find_account(session, account_id).name
            session.commit()
        return show_link(name, token)

    return routes
