"""What Slack sends, as events of the desk. Whatever has another form is passed over."""

import hashlib
from collections.abc import Iterator
from typing import Any

import structlog

from bot.channels.slack.address import SlackAddress
from bot.channels.slack.blocks import ASK
from bot.channels.slack.text import read_text
from bot.events import Inbound, InboundEvent, MessageTakenBack

log = structlog.get_logger()
_WRONG_FORM = (KeyError, TypeError, AttributeError, ValueError, OverflowError)
_LATEST = 2**53  # milliseconds since 1970
# Kinds of messages that a person writes, beside the plain one: with a file, in a thread and the channel at once.
_WRITTEN = ("", "file_share", "thread_broadcast")


def _milliseconds(ts: str) -> int:
    """Of Slack's "1712345678.000100", since 1970."""
    sent = int(float(ts) * 1000)
    return sent if 0 <= sent < _LATEST else 0


def _message_id(channel: str, ts: str) -> str:
    return f"{channel}:{ts}"


def _read_event(payload: dict[str, Any]) -> Inbound | None:
    """A message in a direct message, a mention in a channel, or a message taken back; None for all else, and for what
    programs write, the desk itself among them."""
    event, kind = payload["event"], payload["event"]["type"]
    channel = str(event.get("channel") or "")
    direct = kind == "message" and event.get("channel_type") == "im"
    if direct and event.get("subtype") == "message_deleted":
        return MessageTakenBack("slack", _message_id(channel, str(event["deleted_ts"])))
    itself = {str(of.get("user_id")) for of in payload.get("authorizations") or ()}
    written = (event.get("subtype") or "") in _WRITTEN and not event.get("bot_id") and not event.get("edited")
    if not (direct or kind == "app_mention") or not written or event["user"] in itself:
        return None
    ts = str(event["ts"])
    thread = str(event.get("thread_ts") or ("" if direct else ts))
    text, event_id = read_text(str(event.get("text") or "")), str(payload["event_id"])
    return InboundEvent(
        channel="slack",
        event_id=event_id,
        user_id=str(event["user"]),
        text=text,
        reply_token=SlackAddress(channel, thread, ts, event_id).text(),
        sent_at=_milliseconds(ts),
        kind="text" if text else "other" if event.get("files") else "call",
        message_id=_message_id(channel, ts),
        private=direct,
    )


def read_event(payload: dict[str, Any]) -> Inbound | None:
    """What the desk must know of an `event_callback`."""
    try:
        return _read_event(payload)
    except _WRONG_FORM as error:
        log.warning("slack_event_passed_over", error=type(error).__name__)
        return None


def _read_actions(payload: dict[str, Any]) -> Iterator[InboundEvent]:
    container, message = payload.get("container") or {}, payload.get("message") or {}
    channel = str((payload.get("channel") or {}).get("id") or container["channel_id"])
    direct = channel.startswith("D")
    beside = "" if direct else message.get("ts") or container.get("message_ts") or ""
    thread = str(message.get("thread_ts") or container.get("thread_ts") or beside)
    for action in payload["actions"]:
        name, ts, user = str(action["action_id"]), str(action["action_ts"]), str(payload["user"]["id"])
        # Slack gives no id to what is pressed.
        pressed = f"{payload.get('trigger_id')}/{user}/{name}/{ts}"
        event_id = f"action:{hashlib.sha256(pressed.encode()).hexdigest()[:32]}"
        yield InboundEvent(
            channel="slack",
            event_id=event_id,
            user_id=user,
            text=str(action["value"]),
            reply_token=SlackAddress(channel, thread, ts, event_id).text(),
            sent_at=_milliseconds(ts),
            kind="text" if name.partition(":")[0] == ASK else "postback",
            private=direct,
        )


def read_actions(payload: dict[str, Any]) -> list[Inbound]:
    """The buttons that were pressed: a question that was offered counts as asked, feedback as a postback."""
    try:
        return list(_read_actions(payload)) if payload.get("type") == "block_actions" else []
    except _WRONG_FORM as error:
        log.warning("slack_action_passed_over", error=type(error).__name__)
        return []
