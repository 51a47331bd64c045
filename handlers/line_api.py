"""LINE's API, called over connections that are kept.

Not the SDK's client, whose models of every kind of message take 100 MB (what is sent is checked in
`bot.channels.line`), and the standard library's connections: at a thousand replies a second a pool's own work on each
call is a third of what a reply costs.
"""

import http.client
import json
import queue
import select
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import structlog

from bot.sending import Sent
from handlers.settings import Settings

log = structlog.get_logger()
_CONNECT_WITHIN, _ANSWER_WITHIN, _LOADING_WITHIN = 3.0, 10.0, 1.0  # seconds
_LOADING_SECONDS = 10
_KEPT = 64  # idle connections at most


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    request_id: str
    body: bytes


class LineApi:
    """Calls LINE; may be shared by threads."""

    def __init__(self, settings: Settings) -> None:
        base = urlsplit(settings.line_api_base)
        self._secure = ssl.create_default_context() if base.scheme == "https" else None
        self._host, self._port, self._path = base.hostname or "", base.port, base.path.rstrip("/")
        self._headers = {
            "Authorization": f"Bearer {settings.line_channel_access_token}", "Content-Type": "application/json",
        }  # fmt: skip
        self._idle: queue.LifoQueue[http.client.HTTPConnection] = queue.LifoQueue(_KEPT)

    def _connection(self) -> http.client.HTTPConnection:
        """A kept connection that the other side has not closed meanwhile, or a new one."""
        while True:
            try:
                kept = self._idle.get_nowait()
            except queue.Empty:
                break
            watch = select.poll()
            watch.register(kept.sock, select.POLLIN)
            if not watch.poll(0):
                return kept
            kept.close()
        if self._secure:
            return http.client.HTTPSConnection(
                self._host, self._port, timeout=_CONNECT_WITHIN, context=self._secure
            )  # fmt: skip
        return http.client.HTTPConnection(self._host, self._port, timeout=_CONNECT_WITHIN)

    def _post(self, path: str, body: dict[str, Any], seconds: float) -> _Answer:
        connection = self._connection()
        try:
            if connection.sock is None:
                connection.connect()
            connection.sock.settimeout(seconds)
            data = json.dumps(body, ensure_ascii=False).encode()
            connection.request("POST", self._path + path, data, self._headers)
            response = connection.getresponse()
            answer = _Answer(response.status, response.headers.get("x-line-request-id", ""), response.read())
        except BaseException:
            connection.close()
            raise
        try:
            if connection.sock is None:
                return answer
            self._idle.put_nowait(connection)
        except queue.Full:
            connection.close()
        return answer

    def reply(self, reply_token: str, messages: list[dict[str, Any]]) -> Sent:
        """Sends messages with a reply token; never raises for what LINE or the network does."""
        body = {"replyToken": reply_token, "messages": messages}
        try:
            answer = self._post("/v2/bot/message/reply", body, _ANSWER_WITHIN)
        except (OSError, http.client.HTTPException) as error:
            log.warning("line_unreachable", error=type(error).__name__)
            return Sent(0)
        log.info("line_answered", status=answer.status, request=answer.request_id)
        return Sent(answer.status, sent_before=answer.status == 400 and b"Invalid reply token" in answer.body)

    def show_loading(self, user_id: str) -> None:
        """Shows the loading animation in a one-to-one chat."""
        try:
            body = {"chatId": user_id, "loadingSeconds": _LOADING_SECONDS}
            self._post("/v2/bot/chat/loading/start", body, _LOADING_WITHIN)
        except (OSError, http.client.HTTPException) as error:
            log.info("loading_not_shown", error=type(error).__name__)
