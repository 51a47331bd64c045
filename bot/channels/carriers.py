"""How the answers of each channel leave: one carrier a channel, all behind the same inbox and the same workers."""

from collections.abc import Callable
from typing import Any, Protocol

from bot.channels.line import render_line
from bot.events import Reply
from bot.inbox.claiming import Claimed
from bot.inbox.state import TOKEN_LIFE
from bot.sending import LineSender, Sent, TokenWatch

Message = dict[str, Any]


class Carrier(Protocol):
    """Writes and sends one channel's answers.

    `channel`: as events name it; `label`: as people do. `life`: milliseconds after its arrival within which an event is
    answered. `settle`: milliseconds that pass at least after a call of which nobody knows whether it was accepted.
    `show_waiting`: shows a user that an answer is coming; None where a channel has no such thing.
    """

    channel: str
    label: str
    life: int
    settle: int
    token: TokenWatch
    show_waiting: Callable[[str], None] | None

    def write(self, reply: Reply, answer_key: str) -> list[Message]:
        """The messages of a reply; with `answer_key` the resident can judge it."""
        ...

    def send(self, event: Claimed, messages: list[Message]) -> Sent:
        """Sends them; never raises for what the channel or the network does."""
        ...


class LineCarrier:
    """LINE: a reply token works once, so that whatever is tried again is never answered twice."""

    channel, label, life, settle = "line", "LINE", TOKEN_LIFE, 0

    def __init__(self, sender: LineSender) -> None:
        self._sender = sender
        self.token = TokenWatch("line", "LINE_CHANNEL_ACCESS_TOKEN")
        self.show_waiting: Callable[[str], None] | None = sender.show_loading

    def write(self, reply: Reply, answer_key: str) -> list[Message]:
        return render_line(reply, answer_key)

    def send(self, event: Claimed, messages: list[Message]) -> Sent:
        return self._sender.reply(event.reply_token, messages)
