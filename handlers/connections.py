"""Calls over connections that are kept.

The standard library's connections: at a thousand replies a second a pool's own work on each call is a third of what a
reply costs.
"""

import http.client
import queue
import select
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_CONNECT_WITHIN = 3.0  # seconds
_KEPT = 64  # idle connections at most


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


class KeptConnections:
    """POSTs to one server (`base`: an address with a path or without); may be shared by threads."""

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        self._secure = ssl.create_default_context() if parts.scheme == "https" else None
        self._host, self._port, self._path = parts.hostname or "", parts.port, parts.path.rstrip("/")
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
            return http.client.HTTPSConnection(self._host, self._port, timeout=_CONNECT_WITHIN, context=self._secure)
        return http.client.HTTPConnection(self._host, self._port, timeout=_CONNECT_WITHIN)

    def post(self, path: str, data: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
        """Posts `data`, and waits so long for the answer. Raises OSError or HTTPException where none comes."""
        connection = self._connection()
        try:
            if connection.sock is None:
                connection.connect()
            connection.sock.settimeout(seconds)
            connection.request("POST", self._path + path, data, headers)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
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
