"""Where alarms come from, a process at a chosen minute, and where they go, played on loopback: a webhook and a mail
server."""

import socketserver
import threading
from contextlib import suppress
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bot.alarms.lookout import Lookout
from handlers.alarm_ways import make_ways
from handlers.commands.desk import Desk
from handlers.settings import Settings
from tests.conftest import NOW


class Hook:
    """A webhook on loopback. `statuses`: what it answers, then 200."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                status = hook.statuses.pop(0) if hook.statuses else 200
                if status == 200:
                    hook.got.append((dict(self.headers), body))
                self.send_response(status)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"


class MailServer(socketserver.ThreadingTCPServer):
    """As much of SMTP as it takes to be handed a mail."""

    daemon_threads = True

    def __init__(self) -> None:
        self.got: list[bytes] = []
        super().__init__(("127.0.0.1", 0), _Smtp)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Smtp(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        with suppress(OSError):
            self.wfile.write(b"220 here\r\n")
            for line in self.rfile:
                word = line[:4].upper().strip()
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    self.server.got.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 fine\r\n")


class Process:
    """The lookout of one process, at so many minutes after NOW."""

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self.minutes = 0.0
        ways, live, hour = make_ways(settings), desk.conversation.live, settings.digest_hour
        self.lookout = Lookout(desk.sessions, live, desk.ward.name, ways, hour, self.now)

    def now(self) -> datetime:
        return NOW + timedelta(minutes=self.minutes)

    def looks(self, minutes: float = 0) -> bool:
        self.minutes = minutes
        return self.lookout.run_if_due()
