"""LINE's webhook: verify, convert, store, 200."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.wrappers import Request, Response

from bot.commits import GroupCommit
from handlers.deliveries import Delivery, take_events
from handlers.json_reading import read_json
from handlers.line_reading import read_events
from handlers.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = structlog.get_logger()


def line_webhook(settings: Settings, commits: GroupCommit, wake: Callable[[], None]) -> "WSGIApplication":
    """The webhook: 503 without credentials or while nothing can be stored, 400 for a wrong signature.

    It stands before Flask, whose sessions, sign-in and templates it does not need: they would cost it as much as the
    storing.
    """
    missing = settings.missing_for_line()
    if not missing:
        from linebot.v3.webhook import SignatureValidator

        validator = SignatureValidator(settings.line_channel_secret)

    @Delivery.application
    def webhook(request: Request) -> Response:
        if request.method != "POST":
            raise MethodNotAllowed(["POST"])
        if missing:
            log.warning("line_not_configured", missing=missing)
            return Response("LINE is not configured", status=503)
        try:
            text = request.get_data().decode()
            signed = validator.validate(text, request.headers.get("x-line-signature", ""))
            payload = read_json(text) if signed else None
        except ValueError:
            return Response("not JSON", status=400)
        if not signed:
            return Response("wrong signature", status=400)
        return take_events(list(read_events(payload)), commits, wake)

    return webhook
