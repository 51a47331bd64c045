"""A real desk over a real database, and a LINE that records what it is sent."""

import json
import threading
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from handlers.commands.desk import Desk
from handlers.settings import Settings

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
WARD = Path(__file__).resolve().parent.parent / "ward.toml"


class Line:
    """Plays the reply endpoint on loopback: a token works once, the second use gets LINE's 400."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.arrived = threading.Event()
        line = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                used = body["replyToken"] in [call["replyToken"] for call in line.calls]
                line.calls.append(body)
                answer = b'{"message": "Invalid reply token"}' if used else b'{"sentMessages": [{"id": "1"}]}'
                self.send_response(400 if used else 200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
                line.arrived.set()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def line() -> Iterator[Line]:
    played = Line()
    yield played
    played.server.shutdown()


@pytest.fixture
def settings(tmp_path: Path, line: Line) -> Settings:
    url = f"sqlite:///{tmp_path / 'desk.sqlite3'}"
    return Settings(tmp_path, url, WARD, "secret", "channel-secret", "token", line.url)


@pytest.fixture
def desk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(Desk, "now", lambda self: NOW)
    return Desk(settings)


@pytest.fixture(scope="session")
def shared() -> Path:
    path = Path(__file__).resolve().parents[2] / "shared"
    if not path.exists():
        pytest.skip("the ward's page is not beside this clone")
    return path
