"""What Slack sends, signed, and the application that takes it."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from bot.models import QuestionLog
from handlers.commands.desk import Desk
from handlers.settings import Settings
from tests.served import ServedDesk
from tests.slack_server import Slack

SECRET, TOKEN, BOT = "signing-secret", "xoxb-token", "U0BOT"


def signed(body: bytes, secret: str = SECRET, age: int = 0) -> dict[str, str]:
    """The headers of a body that was signed so many seconds ago."""
    stamp = str(int(time.time()) - age)
    mac = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={mac}"}


def message(number: int, text: str = "防災訓練はいつ", user: str = "U1", **more: Any) -> dict[str, Any]:
    """A message in a direct message."""
    return {
        "type": "message", "channel": f"D{user}", "channel_type": "im", "user": user, "text": text,
        "ts": f"{time.time() - 1:.3f}{number:03}", **more,
    }  # fmt: skip


def mention(number: int, text: str = "防災訓練はいつ", user: str = "U1", **more: Any) -> dict[str, Any]:
    """A mention of the bot in a channel."""
    said = message(number, f"<@{BOT}> {text}", user, type="app_mention", channel="C1", **more)
    del said["channel_type"]
    return said


def callback(number: int, event: Any) -> dict[str, Any]:
    return {
        "type": "event_callback", "team_id": "T1", "event_id": f"Ev{number}", "event": event,
        "authorizations": [{"user_id": BOT, "is_bot": True}],
    }  # fmt: skip


def pressed(number: int, button: dict[str, Any], on: dict[str, Any], user: str = "U1") -> dict[str, Any]:
    """A button pressed on a message of the bot."""
    ts = f"{time.time() - 1:.3f}{number:03}"
    return {
        "type": "block_actions", "trigger_id": f"{number}.1", "user": {"id": user}, "team": {"id": "T1"},
        "channel": {"id": on["channel"]}, "message": {k: on[k] for k in ("ts", "thread_ts") if k in on},
        "container": {"type": "message", "message_ts": on["ts"], "channel_id": on["channel"]},
        "actions": [{**button, "block_id": "b", "action_ts": ts}],
    }  # fmt: skip


def buttons(sent: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Label → button of every button in a message."""
    actions = [block for block in sent["blocks"] if block["type"] == "actions"]
    return {button["text"]["text"]: button for block in actions for button in block["elements"]}


def words(sent: dict[str, Any]) -> str:
    """All that a message's blocks say."""
    return json.dumps(sent["blocks"], ensure_ascii=False)


class Served(ServedDesk):
    """The application with its worker."""

    def send(self, payload: Any, again: int = 0) -> int:
        """An event as Slack sends it, `again`: the how manieth time it is sent again."""
        body = json.dumps(payload).encode()
        retry = {"x-slack-retry-num": str(again), "x-slack-retry-reason": "http_timeout"} if again else {}
        headers = {**signed(body), **retry, "content-type": "application/json"}
        return self.client.post("/webhook/slack", data=body, headers=headers).status_code

    def say(self, *events: dict[str, Any], first: int = 1) -> None:
        """Events, numbered from `first`; each must be taken."""
        assert [self.send(callback(number, event)) for number, event in enumerate(events, first)] == [200] * len(events)

    def press(self, payload: Any) -> int:
        body = urlencode({"payload": json.dumps(payload)}).encode()
        headers = {**signed(body), "content-type": "application/x-www-form-urlencoded"}
        return self.client.post("/webhook/slack", data=body, headers=headers).status_code

    def logged(self) -> list[QuestionLog]:
        with self.desk.sessions() as session:
            return list(session.scalars(select(QuestionLog).order_by(QuestionLog.id)))


@pytest.fixture
def slack() -> Iterator[Slack]:
    played = Slack()
    yield played
    played.close()


@pytest.fixture
def on_slack(desk: Desk, settings: Settings, slack: Slack) -> Iterator[Served]:
    """The desk with its worker at work, connected to the played Slack (and to the played LINE)."""
    connected = replace(settings, slack_signing_secret=SECRET, slack_bot_token=TOKEN, slack_api_base=slack.url)
    application = Served(desk, connected)
    application.worker.start()
    yield application
    application.worker.stop()
