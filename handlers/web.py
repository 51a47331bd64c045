"""The Flask application: routes, limits, errors."""

from typing import TYPE_CHECKING

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from bot.channels.carriers import Carrier, LineCarrier
from bot.channels.slack.carrier import SlackCarrier
from bot.commits import GroupCommit
from bot.conversation import Conversation
from bot.delivery import Worker
from handlers.console.numbers import RowNumber
from handlers.console.parts import Parts
from handlers.console.routes import console_routes, protect_console
from handlers.deliveries import LARGEST_BODY
from handlers.errors import map_errors
from handlers.health import health_routes
from handlers.line_api import LineApi
from handlers.line_webhook import line_webhook
from handlers.settings import Settings
from handlers.slack.api import SlackApi
from handlers.slack.webhook import slack_webhook
from handlers.web_chat import web_routes
from knowledge.database import Sessions

if TYPE_CHECKING:
    from bot.calls import Caller

_CONTENT = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"


def make_worker(
    settings: Settings, sessions: Sessions, commits: GroupCommit, conversation: Conversation, at_once: int = 64
) -> Worker:
    """A worker of the inbox, which the caller starts."""
    carriers: list[Carrier] = [LineCarrier(LineApi(settings)), SlackCarrier(SlackApi(settings))]
    return Worker(sessions, commits, conversation, carriers, settings.secret_key, at_once)


def _make_answering(
    settings: Settings, sessions: Sessions, commits: GroupCommit, conversation: Conversation
) -> "Worker | Caller":
    """What answers behind the webhooks: a worker of this process, or calls to those of others."""
    if not settings.redis_url:
        return make_worker(settings, sessions, commits, conversation)
    from bot.calls import Caller  # Redis and Dramatiq take 12 MB of every process that has them

    return Caller(settings.redis_url, commits)


def _is_feedback() -> bool:
    return (request.endpoint or "").startswith("web.feedback")


def make_web(settings: Settings, sessions: Sessions, conversation: Conversation) -> "tuple[Flask, Worker | Caller]":
    """The application and what answers behind it, which the caller starts: a worker, or calls to other processes."""
    web = Flask(__name__)
    web.url_map.converters["int"] = RowNumber
    web.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    commits = GroupCommit(sessions)
    worker = _make_answering(settings, sessions, commits, conversation)
    parts = Parts(settings, sessions, conversation, commits)
    protect_console(web, parts)
    web.extensions["chores"] = parts.chores, parts.steady_chores
    map_errors(web)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        web.wsgi_app = ProxyFix(web.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    hooks = {
        "/webhook/line": line_webhook(settings, commits, worker.wake),
        "/webhook/slack": slack_webhook(settings, commits, worker.wake),
    }
    web.wsgi_app = DispatcherMiddleware(web.wsgi_app, hooks)  # type: ignore[method-assign]
    chat = web_routes(conversation, commits, sessions, settings.secret_key)
    if settings.ask_rate_limit:
        limiter = Limiter(
            get_remote_address, app=web, storage_uri=settings.redis_url or "memory://", in_memory_fallback_enabled=True
        )
        # Questions by page and by program count together; opening the page is free, and so is feedback.
        limiter.shared_limit(settings.ask_rate_limit, "questions", methods=["POST"], exempt_when=_is_feedback)(chat)
    for routes in (chat, health_routes(conversation, sessions, worker), *console_routes(parts)):
        web.register_blueprint(routes)

    @web.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = _CONTENT
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        return response

    return web, worker
