"""LINE's webhook: verify, convert, store, 200."""

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import structlog
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.wrappers import Request, Response

from bot.commits import GroupCommit
from bot.events import Inbound, InboundEvent, MessageTakenBack, UserLeft
from handlers.deliveries import Delivery, take_events
from handlers.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = structlog.get_logger()
_LATEST = 2**53  # milliseconds since 1970
_KINDS = ("message", "follow", "postback")


def _event(raw: dict[str, Any]) -> Inbound | None:
    """What the desk must know of an event; None for the others. Raises KeyError or TypeError for another form."""
    kind, source = raw["type"], raw.get("source") or {}
    if kind == "unsend":
        return MessageTakenBack("line", str(raw["unsend"]["messageId"]))
    if kind == "unfollow":
        return UserLeft("line", str(source["userId"]), _sent_at(raw))
    if kind not in _KINDS or raw.get("mode") == "standby":
        return None
    message = raw["message"] if kind == "message" else {}
    text = raw["postback"]["data"] if kind == "postback" else message.get("text", "")
    return InboundEvent(
        channel="line",
        event_id=str(raw["webhookEventId"]),
        user_id=str(source.get("userId") or ""),
        text=str(text),
        reply_token=str(raw["replyToken"]),
        sent_at=_sent_at(raw),
        kind=kind if kind != "message" else "text" if message.get("type") == "text" else "other",
        message_id=str(message.get("id", "")),
        private=source.get("type") == "user" and bool(source.get("userId")),
    )


def _sent_at(raw: dict[str, Any]) -> int:
    """Milliseconds since 1970; 0 where the event does not say, or says what no clock does."""
    sent = int(raw.get("timestamp") or 0)
    return sent if 0 <= sent < _LATEST else 0


def _events(payload: Any) -> Iterator[Inbound]:
    """The events that matter; whatever has another form is passed over."""
    raw_events = payload.get("events") if isinstance(payload, dict) else None
    for raw in raw_events if isinstance(raw_events, list) else []:
        try:
            if event := _event(raw):
                yield event
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
            log.warning("line_event_passed_over", error=type(error).__name__)


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
        body = request.get_data()
        try:
            text = body.decode()
            signed = validator.validate(text, request.headers.get("x-line-signature", ""))
            payload = json.loads(text) if signed else None
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
            return Response("not JSON", status=400)
        if not signed:
            return Response("wrong signature", status=400)
        return take_events(list(_events(payload)), commits, wake)

    return webhook
