"""LINE's API.

Not the SDK's client, whose models of every kind of message take 100 MB: what is sent is checked in `bot.channels.line`.
"""

import http.client
import json
from typing import Any

import structlog

from bot.sending import Sent
from handlers.connections import Answer, KeptConnections
from handlers.settings import Settings

log = structlog.get_logger()
_ANSWER_WITHIN, _LOADING_WITHIN = 10.0, 1.0  # seconds
_LOADING_SECONDS = 10


class LineApi:
    """Calls LINE; may be shared by threads."""

    def __init__(self, settings: Settings) -> None:
        self._line = KeptConnections(settings.line_api_base)
        self._headers = {
            "Authorization": f"Bearer {settings.line_channel_access_token}", "Content-Type": "application/json",
        }  # fmt: skip

    def _post(self, path: str, body: dict[str, Any], seconds: float) -> Answer:
        return self._line.post(path, json.dumps(body, ensure_ascii=False).encode(), self._headers, seconds)

    def reply(self, reply_token: str, messages: list[dict[str, Any]]) -> Sent:
        """Sends messages with a reply token; never raises for what LINE or the network does."""
        body = {"replyToken": reply_token, "messages": messages}
        try:
            answer = self._post("/v2/bot/message/reply", body, _ANSWER_WITHIN)
        except (OSError, http.client.HTTPException) as error:
            log.warning("line_unreachable", error=type(error).__name__)
            return Sent(0)
        log.info("line_answered", status=answer.status, request=answer.headers.get("x-line-request-id", ""))
        return Sent(answer.status, sent_before=answer.status == 400 and b"Invalid reply token" in answer.body)

    def show_loading(self, user_id: str) -> None:
        """Shows the loading animation in a one-to-one chat."""
        try:
            body = {"chatId": user_id, "loadingSeconds": _LOADING_SECONDS}
            self._post("/v2/bot/chat/loading/start", body, _LOADING_WITHIN)
        except (OSError, http.client.HTTPException) as error:
            log.info("loading_not_shown", error=type(error).__name__)
