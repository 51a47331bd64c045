"""LINE's webhook: verify, convert, store, 200."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import structlog
from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError
from urllib3 import BaseHTTPResponse, PoolManager, Timeout
from urllib3.exceptions import HTTPError

from bot.commits import GroupCommit
from bot.delivery import Sent
from bot.events import Inbound, InboundEvent, MessageTakenBack, UserLeft
from bot.inbox import store_deliveries
from handlers.settings import Settings

log = structlog.get_logger()
_TIMEOUT = Timeout(connect=3, read=10)  # seconds
_LOADING_TIMEOUT = Timeout(connect=1, read=1)
_CONNECTIONS = 32
_LOADING_SECONDS = 10
_STORE_WITHIN = 1.5  # seconds; LINE waits for 2
_LATEST = 2**53  # milliseconds since 1970


class LineApi:
    """Calls LINE over one reused client.

    Not the SDK's: its models of every kind of message take 100 MB, and what is sent is checked in `bot.channels.line`.
    """

    def __init__(self, settings: Settings) -> None:
        self._base = settings.line_api_base.rstrip("/")
        self._headers = {
            "Authorization": f"Bearer {settings.line_channel_access_token}", "Content-Type": "application/json",
        }  # fmt: skip
        self._client = PoolManager(maxsize=_CONNECTIONS, retries=False)

    def _post(self, path: str, body: dict[str, Any], timeout: Timeout) -> BaseHTTPResponse:
        return self._client.request(
            "POST", self._base + path, body=json.dumps(body, ensure_ascii=False).encode(), headers=self._headers,
            timeout=timeout,
        )  # fmt: skip

    def reply(self, reply_token: str, messages: list[dict[str, Any]]) -> Sent:
        """Sends messages with a reply token; never raises for what LINE or the network does."""
        try:
            answer = self._post("/v2/bot/message/reply", {"replyToken": reply_token, "messages": messages}, _TIMEOUT)
        except HTTPError as error:
            log.warning("line_unreachable", error=type(error).__name__)
            return Sent(0)
        sent = Sent(answer.status, answer.status == 400 and b"Invalid reply token" in answer.data)
        log.info("line_answered", status=sent.status, request=answer.headers.get("x-line-request-id"))
        return sent

    def show_loading(self, user_id: str) -> None:
        """Shows the loading animation in a one-to-one chat."""
        try:
            body = {"chatId": user_id, "loadingSeconds": _LOADING_SECONDS}
            self._post("/v2/bot/chat/loading/start", body, _LOADING_TIMEOUT)
        except HTTPError as error:
            log.info("loading_not_shown", error=type(error).__name__)


def _event(raw: dict[str, Any]) -> Inbound | None:
    """What the desk must know of an event; None for the others. Raises KeyError or TypeError for another form."""
    kind, source = raw["type"], raw.get("source") or {}
    if kind == "unsend":
        return MessageTakenBack("line", str(raw["unsend"]["messageId"]))
    if kind == "unfollow":
        return UserLeft("line", str(source["userId"]), _sent_at(raw))
    if kind not in ("message", "follow") or raw.get("mode") == "standby":
        return None
    message = raw["message"] if kind == "message" else {}
    return InboundEvent(
        channel="line",
        event_id=str(raw["webhookEventId"]),
        user_id=str(source.get("userId") or ""),
        text=str(message.get("text", "")),
        reply_token=str(raw["replyToken"]),
        sent_at=_sent_at(raw),
        kind="follow" if kind == "follow" else "text" if message.get("type") == "text" else "other",
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


def line_routes(settings: Settings, commits: GroupCommit, wake: Callable[[], None]) -> Blueprint:
    """The webhook's route: 503 without credentials or while nothing can be stored, 400 for a wrong signature."""
    routes = Blueprint("line", __name__)
    missing = settings.missing_for_line()
    if not missing:
        from linebot.v3.webhook import SignatureValidator

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
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
            return Response("not JSON", status=400)
        if not signed:
            return Response("wrong signature", status=400)
        events = list(_events(payload))
        try:
            if events:
                commits.run(store_deliveries, events, _STORE_WITHIN)
        except (SQLAlchemyError, TimeoutError) as error:
            # LINE sends it again; a 200 now would lose it.
            log.error("inbox_cannot_store", error=type(error).__name__)
            return Response("cannot store now", status=503)
        wake()
        return Response("OK")

    return routes
