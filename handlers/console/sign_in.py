"""Signing in and out."""

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from handlers.console.access import enter, leave, needs, open_to_all
from handlers.console.parts import Parts
from knowledge.accounts.signing_in import SignInError


def _inside(target: str) -> str:
    """A page of this console to go on to; whatever else a link asks for becomes the home page."""
    parsed = urlsplit(target)
    outside = parsed.scheme or parsed.netloc or "\\" in target or not parsed.path.startswith("/console/")
    return url_for("home.page") if outside or any(ord(letter) < 33 for letter in target) else target


def sign_in_routes(parts: Parts) -> Blueprint:
    """`/console/sign-in`, `/console/sign-out`."""
    routes = Blueprint("sign_in", __name__)

    @routes.route("/console/sign-in", methods=["GET", "POST"])
    @open_to_all
    def page() -> Response | str | tuple[str, int]:
        target = _inside(request.values.get("next", ""))
        if request.method == "GET":
            if current_user.is_authenticated:
                return redirect(target, 303)
            return render_template("console/sign_in.html", target=target, name="", error="")
        name = request.form.get("name", "").strip()
        try:
            enter(parts, name, request.form.get("password", ""))
        except SignInError as error:
            return render_template("console/sign_in.html", target=target, name=name, error=str(error)), 401
        return redirect(target, 303)

    @routes.post("/console/sign-out")
    @needs("view")
    def out() -> Response:
        leave(parts)
        flash("サインアウトしました。", "done")
        return redirect(url_for("sign_in.page"), 303)

    return routes
