"""The Flask application: routes, limits, errors."""

from flask import Flask, Response
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import parse_many

from bot.commits import GroupCommit
from bot.conversation import Conversation
from bot.delivery import Worker
from handlers.health import health_routes
from handlers.line_webhook import LineApi, line_routes
from handlers.settings import Settings, SettingsError
from handlers.web_chat import web_routes
from knowledge.database import Sessions

_LARGEST_BODY = 1_000_000  # bytes


def make_worker(
    settings: Settings, sessions: Sessions, commits: GroupCommit, conversation: Conversation, threads: int = 16
) -> Worker:
    """A worker of the inbox, which the caller starts."""
    return Worker(sessions, commits, conversation, LineApi(settings), settings.secret_key, threads)


def make_web(settings: Settings, sessions: Sessions, conversation: Conversation) -> tuple[Flask, Worker]:
    """The application and its worker, which the caller starts."""
    web = Flask(__name__)
    web.config["MAX_CONTENT_LENGTH"] = _LARGEST_BODY
    commits = GroupCommit(sessions)
    worker = make_worker(settings, sessions, commits, conversation)
    chat = web_routes(conversation, commits)
    if settings.ask_rate_limit:
        try:
            parse_many(settings.ask_rate_limit)
        except ValueError as error:
            raise SettingsError("ASK_RATE_LIMIT は「30 per minute」のように書いてください。") from error
        Limiter(get_remote_address, app=web, storage_uri="memory://").limit(settings.ask_rate_limit)(chat)
    for routes in (chat, line_routes(settings, commits, worker.wake), health_routes(conversation, sessions, worker)):
        web.register_blueprint(routes)

    @web.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = "default-src 'self'; frame-ancestors 'none'"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return web, worker
