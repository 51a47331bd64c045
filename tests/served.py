"""The application with its worker, and what its inbox holds."""

import time

from sqlalchemy import select

from bot.models import InboxEvent
from handlers.commands.desk import Desk
from handlers.settings import Settings
from handlers.web import make_web


class ServedDesk:
    """The worker is not started."""

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self.desk, self.settings = desk, settings
        self.web, self.worker = make_web(settings, desk.sessions, desk.conversation)
        self.client = self.web.test_client()

    def rows(self) -> list[InboxEvent]:
        with self.desk.sessions() as session:
            return list(session.scalars(select(InboxEvent).order_by(InboxEvent.id)))

    def settled(self, seconds: float = 20.0) -> list[InboxEvent]:
        """The inbox, once nothing in it waits."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and any(row.state in ("waiting", "claimed") for row in self.rows()):
            time.sleep(0.05)
        return self.rows()
