"""How Slack's answers leave."""

import uuid
from collections.abc import Callable
from typing import Any, Protocol

from bot.channels.slack.address import SlackAddress, read_address
from bot.channels.slack.blocks import render_slack
from bot.events import Reply
from bot.inbox.claiming import Claimed
from bot.inbox.state import UNSURE
from bot.sending import Sent, TokenWatch

_IDS = uuid.UUID("5f7b6c8e-6d0a-4c55-9a55-6f1f5f0c9e11")  # under which the ids of messages are made
Message = dict[str, Any]


class SlackSender(Protocol):
    """Slack's side of a conversation; its calls never raise for what Slack or the network does."""

    def post(self, message: Message) -> Sent:
        """Posts a message."""
        ...

    def find(self, address: SlackAddress) -> Sent:
        """Looks for the message that carries an event's id: `sent_before` where it is there; delivered and not
        `sent_before` where it is not; anything else where nobody knows."""
        ...


class SlackCarrier:
    """Slack takes the same message twice. So where nobody knows whether one was accepted, it is looked for first, some
    time later, and never sent again before it is known to be missing."""

    channel, label = "slack", "Slack"
    life = 3_600_000  # nothing runs out; an hour later an answer is none
    settle = 5_000  # a call that was cut off may still be at work
    show_waiting: Callable[[str], None] | None = None

    def __init__(self, sender: SlackSender) -> None:
        self._sender = sender
        self.token = TokenWatch("slack", "SLACK_BOT_TOKEN")

    def write(self, reply: Reply, answer_key: str) -> list[Message]:
        return [render_slack(reply, answer_key)]

    def send(self, event: Claimed, messages: list[Message]) -> Sent:
        address = read_address(event.reply_token)
        if event.outcome == UNSURE:
            found = self._sender.find(address)
            if found.sent_before or not found.delivered:
                return found
        return self._sender.post({**messages[0], **_envelope(address)})


def _envelope(address: SlackAddress) -> Message:
    """Where the message goes, what finds it again, and no previews of links."""
    thread = {"thread_ts": address.thread} if address.thread else {}
    return {
        "channel": address.channel, **thread, "unfurl_links": False, "unfurl_media": False,
        "metadata": {"event_type": "answer", "event_payload": {"event": address.event}},
        "client_msg_id": str(uuid.uuid5(_IDS, address.event)),
    }  # fmt: skip
