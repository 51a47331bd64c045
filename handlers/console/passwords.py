"""Passwords: one's own, those set by a one-time link, and the first account of all."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from handlers.console.access import keep_signed_in, needs, open_to_all, visitor
from handlers.console.parts import Parts
from knowledge import KnowledgeError
from knowledge.accounts import add_account, find_account, set_password
from knowledge.accounts.links import check_first_link, check_link, use_up
from knowledge.accounts.models import Account
from knowledge.accounts.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD
from knowledge.accounts.signing_in import SignInError, check_password, open_session
from knowledge.database import begin_writing


def _new_password() -> str:
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        raise KnowledgeError("二つの新しいパスワードが違います。同じものを入れてください。")
    return password


def password_routes(parts: Parts) -> Blueprint:
    """`/console/password`, `/console/link/TOKEN`, `/console/first/TOKEN`."""
    routes = Blueprint("passwords", __name__)

    def show(title: str, asks: str, name: str = "", error: str = "") -> tuple[str, int]:
        lengths = {"minlength": SHORTEST_PASSWORD, "maxlength": LONGEST_PASSWORD}
        page = render_template("console/password.html", title=title, asks=asks, name=name, error=error, lengths=lengths)
        return page, 422 if error else 200

    def welcome(account: Account, token: str, said: str) -> Response:
        keep_signed_in(parts, account, token)
        flash(said, "done")
        return redirect(url_for("home.page"), 303)

    def renew(account: Account, old: str, password: str) -> str:
        """Sets the password of who is signed in; returns what the cookie of this browser holds from now on."""
        now = parts.now()
        check_password(parts.sessions, account.name, old, request.remote_addr or "", int(now.timestamp()))
        with parts.sessions() as session:
            begin_writing(session)
            set_password(session, find_account(session, account.id), password, now, account.name)
            token = open_session(session, account.id, int(now.timestamp()))
            session.commit()
        return token

    @routes.route("/console/password", methods=["GET", "POST"])
    @needs("view")
    def own() -> Response | tuple[str, int]:
        title, name = "パスワードの変更", visitor().name
        if request.method == "GET":
            return show(title, "old", name)
        with parts.sessions() as session:
            account = find_account(session, visitor().account_id)
        try:
            token = renew(account, request.form.get("old", ""), _new_password())
        except SignInError as error:
            said = str(error).replace("名前かパスワードが違います", "いまのパスワードが違います")
            return show(title, "old", name, said)
        except KnowledgeError as error:
            return show(title, "old", name, str(error))
        return welcome(account, token, "パスワードを変更しました。ほかの端末ではサインアウトしました。")

    @routes.route("/console/link/<token>", methods=["GET", "POST"])
    @open_to_all
    def link(token: str) -> Response | tuple[str, int]:
        now = parts.now()
        with parts.sessions() as session:
            if request.method == "POST":
                begin_writing(session)
            found, account = check_link(session, token, now)
            if request.method == "GET":
                return show("パスワードの設定", "", account.name)
            try:
                set_password(session, account, _new_password(), now, account.name)
            except KnowledgeError as error:
                return show("パスワードの設定", "", account.name, str(error))
            use_up(session, found)
            opened = open_session(session, account.id, int(now.timestamp()))
            session.commit()
        return welcome(account, opened, "パスワードを設定しました。")

    @routes.route("/console/first/<token>", methods=["GET", "POST"])
    @open_to_all
    def first(token: str) -> Response | tuple[str, int]:
        now, name = parts.now(), request.form.get("name", "").strip()
        with parts.sessions() as session:
            if request.method == "POST":
                begin_writing(session)
            found = check_first_link(session, token, now)
            if request.method == "GET":
                return show("はじめの管理者", "name")
            try:
                account = add_account(session, name, "admin", _new_password(), now, name)
            except KnowledgeError as error:
                return show("はじめの管理者", "name", name, str(error))
            use_up(session, found)
            opened = open_session(session, account.id, int(now.timestamp()))
            session.commit()
        return welcome(account, opened, "管理者のアカウントを作りました。ほかの職員は「アカウント」で追加できます。")

    return routes
