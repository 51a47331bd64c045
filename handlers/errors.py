"""The only place that turns what goes wrong into status codes and pages."""

import traceback
from pathlib import Path
from types import TracebackType

import structlog
from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from handlers.console.routes import in_console
from knowledge import KnowledgeError
from knowledge.database import error_kind
from nlp import NlpError

log = structlog.get_logger()
_HERE = Path(__file__).resolve().parent.parent
_SAYINGS = {
    400: ("送られた内容を受け取れません", "前の画面にもどって、もう一度お試しください。"),
    403: ("この画面を使う権限がありません", "必要なときは、管理者に役割の変更を頼んでください。"),
    404: ("このページはありません", "アドレスを確かめてください。"),
    405: ("この操作はできません", "前の画面にもどって、もう一度お試しください。"),
    413: ("送られたものが大きすぎます", "ファイルを小さくするか、分けて送ってください。"),
    429: ("続けて使われたため、少しお待ちいただいています", "しばらくたってからもう一度お試しください。"),
    500: ("うまくいきませんでした", "変更は保存されていません。もう一度試し、続くときは管理者に知らせてください。"),
    503: ("いま混み合っています", "変更は保存されていません。少し待ってからもう一度お試しください。"),
}


def _answer(status: int, title: str, text: str) -> ResponseReturnValue:
    if request.path.startswith("/api/"):
        return jsonify(error=f"{title}。{text}"), status
    template = "console/error.html" if in_console(request) else "error.html"
    return render_template(template, title=title, text=text), status


def _log_fault(exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]) -> None:
    """Logs a fault by its kind, and by the lines of this project that led to it. Neither its message nor the address:
    they may hold what somebody wrote, or the token of a link."""
    _, error, trace = exc_info
    own = (frame for frame in traceback.extract_tb(trace) if Path(frame.filename).is_relative_to(_HERE))
    places = [f"{Path(frame.filename).relative_to(_HERE)}:{frame.lineno}" for frame in own]
    log.error(
        "request_failed", error=error_kind(error) if error else "", method=request.method, route=_route(),
        places=[place for place in places if not place.startswith(".venv/")],
    )  # fmt: skip


def _route() -> str:
    return request.url_rule.rule if request.url_rule else ""


def map_errors(web: Flask) -> None:
    """Registers the answers, and how faults are logged; a page of the console shows them in its own frame."""
    web.log_exception = _log_fault  # type: ignore[method-assign]  # Flask's own prints the message and the address

    @web.errorhandler(HTTPException)
    def answer_http(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if status < 400 or error.response is not None:
            return error.get_response()
        return _answer(status, *_SAYINGS.get(status, _SAYINGS[400 if status < 500 else 500]))

    @web.errorhandler(CSRFError)
    def answer_forged(_: CSRFError) -> ResponseReturnValue:
        return _answer(
            400, "画面の有効期限が切れました", "変更は保存されていません。画面を開き直して、もう一度送ってください。"
        )

    @web.errorhandler(KnowledgeError)
    @web.errorhandler(NlpError)
    def answer_refused(error: KnowledgeError | NlpError) -> ResponseReturnValue:
        return _answer(422, "この内容では進められません", str(error))

    @web.errorhandler(OperationalError)
    def answer_busy(error: OperationalError) -> ResponseReturnValue:
        log.error("database_failed", error=error_kind(error), route=_route())
        return _answer(503, *_SAYINGS[503])
