"""Slack's Web API played on loopback: messages are checked, kept and found again, failures come as they are ordered."""

import json
import re
import threading
import time
from collections import Counter
from email.message import Message
from typing import Any
from urllib.parse import parse_qs

from tests.played_api import Answer, PlayedApi

_TOKEN = "Bearer xoxb-token"
_ARGUMENTS = {
    "channel", "text", "blocks", "thread_ts", "metadata", "client_msg_id", "unfurl_links", "unfurl_media",
}  # fmt: skip
# By the kind of a block: its properties, all required. Whatever else stands in one is refused, as Slack does.
_FORMS = {
    "header": {"type", "text"}, "section": {"type", "text"}, "context": {"type", "elements"},
    "actions": {"type", "elements"}, "divider": {"type"}, "button": {"type", "action_id", "text", "value"},
}  # fmt: skip
_LONGEST = {"header": 150, "section": 3000, "button": 75}


def _wrong_text(text: Any, kinds: tuple[str, ...], most: int) -> list[str]:
    allowed = {"type", "text", "emoji"} if text.get("type") == "plain_text" else {"type", "text"}
    wrong = [f"text {sorted(text)}"] if text.get("type") not in kinds or set(text) - allowed else []
    if not 0 < len(text["text"].encode("utf-16-le")) // 2 <= most:
        wrong.append(f"a text of {len(text['text'])}")
    if text["type"] == "mrkdwn" and wrong_mrkdwn(text["text"]):
        wrong.append("raw characters")
    return wrong


def wrong_mrkdwn(text: str) -> bool:
    """Whether something in a text calls somebody, links or is an unescaped character."""
    rest = re.sub(r"<tel:(?:[0-9]|%23)+\|[^<>|]+>", "", text)
    return bool(re.search(r"[<>]|&(?!amp;|lt;|gt;)", rest))


def wrong_blocks(blocks: list[dict[str, Any]]) -> list[str]:
    """What Slack would refuse (docs.slack.dev, Block Kit reference)."""
    wrong = [] if 1 <= len(blocks) <= 50 else [f"{len(blocks)} blocks"]
    names: Counter[str] = Counter()
    for block in blocks:
        kind = block.get("type", "")
        if set(block) != _FORMS.get(kind, set()) or kind == "button":
            wrong.append(f"form of {kind}")
        elif kind in ("header", "section"):
            kinds = ("plain_text",) if kind == "header" else ("plain_text", "mrkdwn")
            wrong += _wrong_text(block["text"], kinds, _LONGEST[kind])
        elif kind == "context":
            wrong += [] if 1 <= len(block["elements"]) <= 10 else ["context"]
            wrong += [w for part in block["elements"] for w in _wrong_text(part, ("plain_text", "mrkdwn"), 3000)]
        elif kind == "actions":
            wrong += [] if 1 <= len(block["elements"]) <= 25 else ["actions"]
            for button in block["elements"]:
                names[button["action_id"]] += 1
                wrong += _wrong_text(button["text"], ("plain_text",), _LONGEST["button"])
                if set(button) != _FORMS["button"] or len(button["value"]) > 2000 or len(button["action_id"]) > 255:
                    wrong.append("button")
    return wrong + [f"action_id {name} twice" for name, count in names.items() if count > 1]


class Slack(PlayedApi):
    """`posted`: messages that Slack took, in order, `refused`: what was wrong with others. `faults`: what to do with
    the next posts, in order: a status of HTTP, an error's name, "reset" (before acceptance), "lost" (accepted, then
    reset) or "late" (reset, and accepted half a second later). `finding`: the same for looking. `wait`: the
    Retry-After of a 429. `page`: messages on a page, whatever is asked for. `delay` of every call, in seconds."""

    def __init__(self) -> None:
        self.posted: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.faults: list[int | str] = []
        self.finding: list[int | str] = []
        self.error = ""
        self.wait = "0"
        self.page = 200
        self.delay = 0.0
        self.calls: Counter[str] = Counter()
        self._lock = threading.Lock()
        super().__init__()

    @property
    def url(self) -> str:
        return f"{super().url}/api"

    def headers_of(self, status: int) -> dict[str, str]:
        return {"retry-after": self.wait} if status == 429 else {}

    def receive(self, path: str, headers: Message, data: bytes) -> Answer:
        method = path.removeprefix("/api/")
        time.sleep(self.delay)
        with self._lock:
            self.calls[method] += 1
            if headers["authorization"] != _TOKEN:
                return 200, {"ok": False, "error": "invalid_auth"}
            if method == "chat.postMessage" and headers["content-type"].startswith("application/json"):
                return self._post(json.loads(data))
            if method in ("conversations.history", "conversations.replies"):
                return self._find(method, {name: values[0] for name, values in parse_qs(data.decode()).items()})
            self.refused.append(f"{method} {headers['content-type']}")
            return 200, {"ok": False, "error": "unknown_method"}

    def _post(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        fault = self.faults.pop(0) if self.faults else self.error or 200
        if wrong := _wrong_arguments(body):
            self.refused += wrong
            return 200, {"ok": False, "error": "invalid_blocks"}
        if fault == "late":
            threading.Timer(0.5, self._accept, (body,)).start()
        if fault in ("reset", "late"):
            return 0, {}
        if isinstance(fault, int) and fault != 200:
            return fault, {"ok": False, "error": "ratelimited" if fault == 429 else "internal_error"}
        if isinstance(fault, str) and fault != "lost":
            return 200, {"ok": False, "error": fault}
        self._accept(body)
        return (0, {}) if fault == "lost" else (200, {"ok": True, "ts": self.posted[-1]["ts"]})

    def _accept(self, body: dict[str, Any]) -> None:
        self.posted.append({**body, "ts": f"{time.time():.6f}", "bot_id": "B1"})

    def _find(self, method: str, wanted: dict[str, str]) -> tuple[int, dict[str, Any]]:
        fault = self.finding.pop(0) if self.finding else 200
        if isinstance(fault, str):
            return 200, {"ok": False, "error": fault}
        if fault != 200:
            return fault, {}
        thread = wanted.get("ts") if method == "conversations.replies" else None
        found = [
            {**message, **({} if wanted.get("include_all_metadata") == "true" else {"metadata": {}})}
            for message in self.posted
            if message["channel"] == wanted["channel"] and message.get("thread_ts") == thread
            if float(message["ts"]) >= float(wanted["oldest"])
        ]
        start = int(wanted.get("cursor", "0"))
        end = start + min(self.page, int(wanted["limit"]))
        following = str(end) if end < len(found) else ""
        page = [{"type": "message", "user": "U7", "text": "?", "ts": wanted["oldest"]}, *found[start:end]]
        return 200, {"ok": True, "messages": page, "response_metadata": {"next_cursor": following}}


def _wrong_arguments(body: dict[str, Any]) -> list[str]:
    wrong = [f"arguments {sorted(body)}"] if set(body) - _ARGUMENTS or not body.get("channel") else []
    if not body.get("text") or len(body["text"]) > 4000 or wrong_mrkdwn(body["text"]):
        wrong.append("text")
    return wrong + wrong_blocks(body.get("blocks", []))
