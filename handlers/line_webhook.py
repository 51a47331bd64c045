"""LINE's webhook: verify, convert, store, 200."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import structlog
from flask import Blueprint, Response, request
from linebot.v3.messaging import ApiClient, ApiException, Configuration, MessagingApi, ReplyMessageRequest
from linebot.v3.webhook import SignatureValidator
from urllib3.exceptions import HTTPError

from bot.delivery import LineSender
from bot.events import InboundEvent
from bot.inbox import store_event
from handlers.settings import Settings
from knowledge.database import Sessions

log = structlog.get_logger()
_TIMEOUT = (3, 10)  # seconds to connect and to read


def line_sender(settings: Settings) -> LineSender:
    """A sender over one reused client."""
    configuration = Configuration(host=settings.line_api_base, access_token=settings.line_channel_access_token)
    api = MessagingApi(ApiClient(configuration))

    def send(reply_token: str, messages: list[dict[str, Any]]) -> int:
        body = ReplyMessageRequest.from_dict({"replyToken": reply_token, "messages": messages})
        try:
            answer = api.reply_message_with_http_info(body, _request_timeout=_TIMEOUT)
        except ApiException as error:
            log.warning("line_refused", status=error.status, request=(error.headers or {}).get("x-line-request-id"))
            return int(error.status or 0)
        except HTTPError as error:
            log.warning("line_unreachable", error=type(error).__name__)
            return 0
        return int(answer.status_code)

    return send


def _events(payload: Any) -> Iterator[InboundEvent]:
    """The text messages of a payload that want an answer; whatever has another form is passed over."""
    raw = payload.get("events") if isinstance(payload, dict) else None
    for event in raw if isinstance(raw, list) else []:
        try:
            if event["type"] != "message" or event.get("mode") == "standby":
                continue
            message = event["message"]
            text = message.get("text", "") if message.get("type") == "text" else ""
            user = (event.get("source") or {}).get("userId") or ""
            yield InboundEvent("line", event["webhookEventId"], user, str(text), event["replyToken"],
                               int(event.get("timestamp") or 0))  # fmt: skip
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            log.warning("line_event_passed_over", error=type(error).__name__)


def line_routes(settings: Settings, sessions: Sessions, wake: Callable[[], None]) -> Blueprint:
    """The webhook's route; 503 without credentials, 400 for a wrong signature."""
    routes = Blueprint("line", __name__)
    missing = [
        name
        for name, value in (
            ("LINE_CHANNEL_SECRET", settings.line_channel_secret),
            ("LINE_CHANNEL_ACCESS_TOKEN", settings.line_channel_access_token),
        )
        if not value
    ]
    validator = SignatureValidator(settings.line_channel_secret)

    @routes.post("/webhook/line")
    def webhook() -> Response:
        if missing:
            log.warning("line_not_configured", missing=missing)
            return Response("LINE is not configured", status=503)
        body = request.get_data()
        try:
            text = body.decode()
            signed = validator.validate(text, request.headers.get("x-line-signature", ""))
            payload = json.loads(text) if signed else None
        except (UnicodeDecodeError, json.JSONDecodeError):
            return Response("not JSON", status=400)
        if not signed:
            return Response("wrong signature", status=400)
        for event in _events(payload):
            store_event(sessions, event)
        wake()
        return Response("OK")

    return routes
