"""The console's pages in the order of the navigation, and what holds for all of them."""

from functools import partial
from typing import Any

from flask import Blueprint, Flask, Request, Response, request
from flask.sessions import SecureCookieSessionInterface
from flask_login import current_user
from flask_wtf import CSRFProtect

from handlers.console.access import Visitor, recognise_visitors
from handlers.console.accounts import account_routes
from handlers.console.home import draft_tasks, entry_tasks, home_routes, question_tasks
from handlers.console.knowledge.routes import knowledge_routes
from handlers.console.notices.alarms import alarm_routes, alarm_tasks
from handlers.console.notices.notices import notice_routes
from handlers.console.parts import Link, Parts, Section
from handlers.console.passwords import password_routes
from handlers.console.questions.routes import question_routes
from handlers.console.questions.samples import sample_tasks
from handlers.console.release.routes import release_routes
from handlers.console.sign_in import sign_in_routes
from handlers.console.statistics import statistics_routes

# What the home page lists as waiting, in its order; a part of the console adds the maker of its lines here.
TASKS = (alarm_tasks, question_tasks, sample_tasks, entry_tasks, draft_tasks)
# A page of the console is added here, in one line.
SECTIONS = (
    Section(partial(home_routes, makers=TASKS), (Link("ホーム", "home.page", "view"),)),
    Section(
        knowledge_routes,
        (
            Link("取組", "knowledge.entries", "view"),
            Link("担当", "knowledge.offices", "view"),
            Link("計画", "knowledge.plans", "view"),
            Link("言葉", "knowledge.words", "view"),
            Link("履歴", "knowledge.history", "view"),
        ),
    ),
    Section(question_routes, (Link("質問", "questions.waiting", "view"),)),
    Section(notice_routes, (Link("お知らせ", "notices.page", "view"),)),
    Section(alarm_routes),
    Section(statistics_routes, (Link("統計", "statistics.page", "view"),)),
    Section(
        release_routes,
        (
            Link("読み込み", "release.imports", "view"),
            Link("試す", "release.trial", "view"),
            Link("テスト質問", "release.test_questions", "view"),
            Link("公開", "release.publishing", "view"),
            Link("公開版", "release.releases", "view"),
        ),
    ),
    Section(account_routes, (Link("アカウント", "accounts.page", "manage"),)),
    Section(password_routes),
    Section(sign_in_routes),
)


def console_routes(parts: Parts) -> list[Blueprint]:
    """Every blueprint of the console."""
    return [section.make(parts) for section in SECTIONS]


def in_console(asked: Request) -> bool:
    """Whether a request is for the console, also where it has no such page."""
    return asked.path.startswith("/console/") or asked.path == "/console"


class _Cookies(SecureCookieSessionInterface):
    """Cookies that travel over https only, where the browser speaks https, directly or with a proxy before us."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure or request.headers.get("X-Forwarded-Proto", "").lower() == "https"


def protect_console(web: Flask, parts: Parts) -> None:
    """Sign-in, forgery protection, cookies, headers and what every page's frame shows."""
    web.secret_key = f"console:{parts.settings.secret_key}"
    web.session_interface = _Cookies()
    web.config.update(
        SESSION_COOKIE_NAME="console",
        SESSION_COOKIE_PATH="/console/",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_CHECK_DEFAULT=False,  # residents' pages and webhooks have no session that could be abused
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
    )
    recognise_visitors(web, parts)
    forgery = CSRFProtect(web)

    @web.before_request
    def refuse_forged() -> None:
        if in_console(request):
            forgery.protect()

    @web.after_request
    def keep_private(response: Response) -> Response:
        if in_console(request):
            response.headers["Cache-Control"] = "no-store"
            response.headers["Referrer-Policy"] = "same-origin"  # forgery protection over https looks at it
        return response

    @web.context_processor
    def frame() -> dict[str, Any]:
        if not in_console(request):
            return {}
        person = current_user if isinstance(current_user._get_current_object(), Visitor) else None
        links = [link for section in SECTIONS for link in section.links if person and person.may(link.permission)]
        beside = [link.endpoint for link in links if link.endpoint.split(".")[0] == request.blueprint]
        # Among several entries of one blueprint only the very page is current.
        current = beside[0] if len(beside) == 1 else request.endpoint
        return {"ward": parts.ward, "visitor": person, "links": links, "current": current}
