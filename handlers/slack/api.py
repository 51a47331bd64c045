"""Slack's Web API: posting an answer, and looking for one."""

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import structlog

from bot.channels.slack.address import SlackAddress
from bot.sending import Sent
from handlers.connections import KeptConnections
from handlers.settings import Settings

log = structlog.get_logger()
_ANSWER_WITHIN = 10.0  # seconds
_PAGE, _MOST_PAGES = 200, 5  # messages looked through for one answer
_WAIT = 1.0  # seconds after a 429 that does not say how long
# What Slack says with "ok": false, beside statuses of HTTP. Whatever is not here is said of this one message.
_REFUSED_ACCESS = (
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type",
    "missing_scope",
)  # fmt: skip
_LATER = ("ratelimited", "rate_limited", "message_limit_exceeded")
_UNSURE = (
    "internal_error", "fatal_error", "service_unavailable", "request_timeout", "duplicate_message_not_found",
    "duplicate_channel_not_found",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Called:
    sent: Sent
    body: dict[str, Any]


def _read(data: bytes) -> dict[str, Any] | None:
    """The answer's JSON object; None where it is none."""
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _seconds(text: str | None) -> float:
    try:
        return min(max(float(text or _WAIT), 0.0), 600.0)
    except ValueError:
        return _WAIT


def _judge(status: int, body: dict[str, Any] | None, retry_after: str | None) -> Sent:
    """What an answer means for the message: Slack says most errors with status 200."""
    error = str((body or {}).get("error", ""))
    if status == 429 or error in _LATER:
        return Sent(429, reason=error, wait=_seconds(retry_after))
    if error in _REFUSED_ACCESS or status == 401:
        return Sent(401, reason=error)
    if status >= 500 or error in _UNSURE or (status < 300 and body is None):
        return Sent(max(status, 500), reason=error)
    if status < 300 and body and body.get("ok") is True:
        return Sent(200)
    return Sent(400, reason=error or str(status))


class SlackApi:
    """Calls Slack; may be shared by threads."""

    def __init__(self, settings: Settings) -> None:
        self._slack = KeptConnections(settings.slack_api_base)
        self._access = {"Authorization": f"Bearer {settings.slack_bot_token}"}

    def _call(self, method: str, data: bytes, kind: str) -> _Called:
        headers = {**self._access, "Content-Type": f"{kind}; charset=utf-8"}
        try:
            answer = self._slack.post(f"/{method}", data, headers, _ANSWER_WITHIN)
        except (OSError, http.client.HTTPException) as error:
            log.warning("slack_unreachable", method=method, error=type(error).__name__)
            return _Called(Sent(0), {})
        body = _read(answer.body)
        sent = _judge(answer.status, body, answer.headers.get("retry-after"))
        log.info(
            "slack_answered", method=method, status=answer.status, error=sent.reason,
            request=answer.headers.get("x-slack-req-id", ""),
        )  # fmt: skip
        return _Called(sent, body or {})

    def post(self, message: dict[str, Any]) -> Sent:
        """`chat.postMessage`; never raises for what Slack or the network does."""
        return self._call("chat.postMessage", json.dumps(message).encode(), "application/json").sent

    def find(self, address: SlackAddress) -> Sent:
        """Looks for an answer by the event in its metadata, among what was written since the user acted: in a thread
        with `conversations.replies`, elsewhere with `conversations.history`."""
        method = "conversations.replies" if address.thread else "conversations.history"
        wanted = {
            "channel": address.channel, "oldest": address.since, "inclusive": "true", "limit": str(_PAGE),
            "include_all_metadata": "true", **({"ts": address.thread} if address.thread else {}),
        }  # fmt: skip
        for _ in range(_MOST_PAGES):
            called = self._call(method, urlencode(wanted).encode(), "application/x-www-form-urlencoded")
            sent, body = called.sent, called.body
            if not sent.delivered:
                # Without the scope to look, posting works all the same: it must not stop for the others.
                refused = sent.refused_access and sent.reason != "missing_scope"
                return sent if refused or sent.may_be_retried else _cannot_tell(method, sent.reason)
            if any(_carries(message, address.event) for message in body.get("messages") or ()):
                return Sent(200, sent_before=True)
            cursor = str((body.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return Sent(200)
            wanted["cursor"] = cursor
        return _cannot_tell(method, "too_many_messages")


def _cannot_tell(method: str, reason: str) -> Sent:
    return Sent(400, reason=f"{method}: {reason}")


def _carries(message: Any, event: str) -> bool:
    try:
        return bool(message["metadata"]["event_payload"]["event"] == event)
    except (KeyError, TypeError):
        return False
