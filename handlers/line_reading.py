"""What LINE sends, as events of the desk. Whatever has another form is passed over."""

from collections.abc import Iterator
from typing import Any

import structlog

from bot.channels.buttons import read_question_data
from bot.events import Inbound, InboundEvent, MessageTakenBack, UserLeft

log = structlog.get_logger()
_LATEST = 2**53  # milliseconds since 1970
_KINDS = ("message", "follow", "join", "postback")
_SHARED = ("group", "room")  # chats where people talk among themselves


def _read_event(raw: dict[str, Any]) -> Inbound | None:
    """What the desk must know of an event; None for the others. Raises KeyError or TypeError for another form."""
    kind, source = raw["type"], raw.get("source") or {}
    if kind == "unsend":
        return MessageTakenBack("line", str(raw["unsend"]["messageId"]))
    if kind == "unfollow":
        return UserLeft("line", str(source["userId"]), _sent_at(raw))
    if kind not in _KINDS or raw.get("mode") == "standby":
        return None
    message = raw["message"] if kind == "message" else {}
    if message and source.get("type") in _SHARED and not _calls_the_desk(message):
        return None
    if kind == "postback":
        kind, text = _read_pressed(str(raw["postback"]["data"]))
    else:
        kind, text = _read_said(message) if message else (kind, "")
    return InboundEvent(
        channel="line",
        event_id=str(raw["webhookEventId"]),
        user_id=str(source.get("userId") or ""),
        text=text,
        reply_token=str(raw["replyToken"]),
        sent_at=_sent_at(raw),
        kind=kind,
        message_id=str(message.get("id", "")),
        private=source.get("type") == "user" and bool(source.get("userId")),
    )


def _mentions(message: dict[str, Any]) -> list[dict[str, Any]]:
    mentioned: list[dict[str, Any]] = (message.get("mention") or {}).get("mentionees") or []
    return mentioned


def _calls_the_desk(message: dict[str, Any]) -> bool:
    """Whether a message is a text that mentions the desk itself; a mention of everybody is none."""
    return message.get("type") == "text" and any(of.get("isSelf") is True for of in _mentions(message))


def _read_said(message: dict[str, Any]) -> tuple[str, str]:
    """(kind, text) of a message."""
    if message.get("type") != "text":
        return "other", ""
    written, mentions = str(message.get("text", "")), _mentions(message)
    text = _without(mentions, written)
    return ("text" if text or not mentions else "call"), text


def _without(mentions: list[dict[str, Any]], text: str) -> str:
    """A text without its mentions, whosoever: they are names, and ask nothing. LINE counts in UTF-16 code units."""
    units = text.encode("utf-16-le")
    for of in sorted(mentions, key=lambda of: -int(of["index"])):
        begin, end = 2 * int(of["index"]), 2 * (int(of["index"]) + int(of["length"]))
        if 0 <= begin < end:
            units = units[:begin] + " ".encode("utf-16-le") + units[end:]
    read = units.decode("utf-16-le", "replace")
    return read.strip() if mentions else read


def _read_pressed(data: str) -> tuple[str, str]:
    """(kind, text) of a button: a question that was offered counts as asked."""
    question = read_question_data(data)
    return ("text", question) if question else ("postback", data)


def _sent_at(raw: dict[str, Any]) -> int:
    """Milliseconds since 1970; 0 where the event does not say, or says what no clock does."""
    sent = int(raw.get("timestamp") or 0)
    return sent if 0 <= sent < _LATEST else 0


def read_events(payload: Any) -> Iterator[Inbound]:
    """The events of a delivery that matter."""
    raw_events = payload.get("events") if isinstance(payload, dict) else None
    for raw in raw_events if isinstance(raw_events, list) else []:
        try:
            if event := _read_event(raw):
                yield event
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
            log.warning("line_event_passed_over", error=type(error).__name__)
