"""A channel's API on loopback: what it is sent, and how it answers, says who plays it."""

import contextlib
import json
import threading
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, Any]]


class PlayedApi:
    """Begins to listen when it is made; whoever plays sets itself up before."""

    def __init__(self) -> None:
        played = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                data = self.rfile.read(int(self.headers["content-length"]))
                status, answer = played.receive(self.path, self.headers, data)
                if status == 0:
                    self.connection.close()
                    self.close_connection = True
                    return
                said = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(said)))
                for name, value in played.headers_of(status).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *args: object) -> None:
                pass

            def handle(self) -> None:
                # The other side is gone, or "reset" closed the connection.
                with contextlib.suppress(OSError, ValueError):
                    super().handle()

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def receive(self, path: str, headers: Message, data: bytes) -> Answer:
        """(status, answer) of one call; status 0 closes the connection without an answer."""
        raise NotImplementedError

    def headers_of(self, status: int) -> dict[str, str]:
        """What else stands in the head of an answer."""
        return {}

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
