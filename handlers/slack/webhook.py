"""Slack's webhook: verify, convert, store, 200."""

import hashlib
import hmac
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import structlog
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.wrappers import Request, Response

from bot.commits import GroupCommit
from bot.events import Inbound
from handlers.deliveries import Delivery, take_events
from handlers.json_reading import read_json
from handlers.settings import Settings
from handlers.slack.reading import read_actions, read_event

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = structlog.get_logger()
_OLDEST = 300  # seconds: what was signed earlier may be somebody's copy
_FORM = "application/x-www-form-urlencoded"


def is_signed(secret: str, body: bytes, timestamp: str, signature: str, now: float) -> bool:
    """Whether Slack signed the raw bytes with the signing secret, within five minutes of `now` (seconds since 1970).
    The formula: v0= and HMAC-SHA256 of "v0:timestamp:body" (docs.slack.dev, "Verifying requests from Slack")."""
    if not timestamp.isascii() or not timestamp.isdigit() or abs(now - int(timestamp[:20])) > _OLDEST:
        return False
    mac = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    return hmac.compare_digest(f"v0={mac.hexdigest()}".encode(), signature.encode())


def _payload(request: Request, body: bytes) -> dict[str, Any]:
    """The JSON object of a body, which interactivity wraps in a form. Raises ValueError for none."""
    text = body.decode()
    if request.mimetype == _FORM:
        text = parse_qs(text, strict_parsing=True, max_num_fields=10).get("payload", [""])[0]
    payload = read_json(text)
    if not isinstance(payload, dict):
        raise ValueError
    return payload


def _events(payload: dict[str, Any]) -> list[Inbound]:
    if payload.get("type") != "event_callback":
        return read_actions(payload)
    event = read_event(payload)
    return [event] if event else []


def slack_webhook(settings: Settings, commits: GroupCommit, wake: Callable[[], None]) -> "WSGIApplication":
    """The webhook: 503 without credentials or while nothing can be stored, 401 for a wrong or an old signature."""
    missing, secret = settings.missing_for_slack(), settings.slack_signing_secret

    @Delivery.application
    def webhook(request: Request) -> Response:
        if request.method != "POST":
            raise MethodNotAllowed(["POST"])
        if missing:
            log.warning("slack_not_configured", missing=missing)
            return Response("Slack is not configured", status=503)
        body, said = request.get_data(), request.headers
        stamp, signature = said.get("x-slack-request-timestamp", ""), said.get("x-slack-signature", "")
        if not is_signed(secret, body, stamp, signature, time.time()):
            return Response("wrong signature", status=401)
        try:
            payload = _payload(request, body)
        except ValueError:
            return Response("not JSON", status=400)
        if payload.get("type") == "url_verification":
            return Response(str(payload.get("challenge", "")), content_type="text/plain")
        return take_events(_events(payload), commits, wake)

    return webhook
