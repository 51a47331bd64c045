"""What comes in, and what goes out, whatever the channel."""

from dataclasses import dataclass
from typing import NamedTuple

from intents.decision import Decision
from knowledge.notices import Notice


@dataclass(frozen=True, slots=True)
class InboundEvent:
    """One thing that a user did. `event_id` is the channel's own and unique in it; `sent_at` in ms since 1970.

    `kind`: text, other (a sticker, a picture …), call (a mention of the desk and nothing else), follow, join (the desk
    was added to a chat of several people) or postback (a button of a message; `text` is its data).
    `private`: in a chat with the user alone.
    """

    channel: str
    event_id: str
    user_id: str
    text: str
    reply_token: str
    sent_at: int
    kind: str = "text"
    message_id: str = ""
    private: bool = False


@dataclass(frozen=True, slots=True)
class MessageTakenBack:
    """The sender took a message back: it and what was derived from it must go."""

    channel: str
    message_id: str


@dataclass(frozen=True, slots=True)
class UserLeft:
    """A user blocked the channel, at `sent_at` in ms since 1970: nothing can be sent any more."""

    channel: str
    user_id: str
    sent_at: int


Inbound = InboundEvent | MessageTakenBack | UserLeft


class Reply(NamedTuple):
    """The answer before any channel gives it its form. `suggestions`: questions that the resident may ask next;
    `notices`: what staff say of the topic, which stands on top of `text` as well; `caution`: whom to call if the
    message was meant as an emergency, which stands at the end of `text` as well."""

    decision: Decision
    text: str
    suggestions: tuple[str, ...] = ()
    dial: str = ""
    notices: tuple[Notice, ...] = ()
    caution: str = ""

    @property
    def answered(self) -> bool:
        """Whether the resident is told anything but that the desk does not know."""
        return self.decision.answered or bool(self.notices)
