"""What comes in, and what goes out, whatever the channel."""

from dataclasses import dataclass

from intents.decision import Decision


@dataclass(frozen=True, slots=True)
class InboundEvent:
    """One message. `event_id` is the channel's own and unique in it; `sent_at` in milliseconds since 1970."""

    channel: str
    event_id: str
    user_id: str
    text: str
    reply_token: str
    sent_at: int


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer before any channel gives it its form. `suggestions`: questions that the resident may ask next."""

    decision: Decision
    text: str
    suggestions: tuple[str, ...] = ()
    dial: str = ""
