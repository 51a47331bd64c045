"""LINE played on loopback: calls are checked, a reply token works once, failures come as they are ordered."""

import json
import threading
import time
from collections import Counter
from email.message import Message
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker

from tests.played_api import Answer, PlayedApi

DESCRIPTION = Path(__file__).resolve().parents[2] / "shared" / "line-openapi" / "messaging-api.yml"
_REQUESTS = {
    "/v2/bot/message/reply": "ReplyMessageRequest",
    "/v2/bot/chat/loading/start": "ShowLoadingAnimationRequest",
}


def _converted(node: Any) -> Any:
    """An OpenAPI schema as JSON Schema: references into $defs, `nullable` as a type."""
    if isinstance(node, list):
        return [_converted(item) for item in node]
    if not isinstance(node, dict):
        return node
    result = {
        key: _converted(value) for key, value in node.items() if key not in ("nullable", "discriminator", "example")
    }
    if isinstance(result.get("$ref"), str):
        result["$ref"] = result["$ref"].replace("#/components/schemas/", "#/$defs/")
    if node.get("nullable") and isinstance(result.get("type"), str):
        result["type"] = [result["type"], "null"]
    return result


@cache
def validator(name: str) -> Draft202012Validator:
    """Checks a body against one schema of LINE's description.

    A base with a discriminator becomes an if/then for each of its kinds; each kind is then closed, which the
    description leaves open, so that a misspelt property is found.
    """
    schemas = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))["components"]["schemas"]
    definitions: dict[str, Any] = {}
    kinds: dict[str, list[tuple[str, str, str]]] = {}
    for key, schema in schemas.items():
        discriminator = schema.get("discriminator")
        if discriminator:
            kinds[key] = [
                (discriminator["propertyName"], value, target.rsplit("/", 1)[-1])
                for value, target in discriminator.get("mapping", {}).items()
            ]
    for key, schema in schemas.items():
        definitions[key] = _converted(schema)
    for base, mapping in kinds.items():
        # A kind names its base by allOf: the base's own properties stand under another name, free of the choice.
        definitions[f"{base}.own"] = definitions[base]
        definitions[base] = {
            "type": "object",
            "required": [mapping[0][0]] if mapping else [],
            "properties": {mapping[0][0]: {"enum": [value for _, value, _ in mapping]}} if mapping else {},
            "allOf": [
                {"if": {"properties": {field: {"const": value}}}, "then": {"$ref": f"#/$defs/{target}"}}
                for field, value, target in mapping
            ],
        }
        for _, _, target in mapping:
            for part in definitions[target].get("allOf", []):
                if part.get("$ref") == f"#/$defs/{base}":
                    part["$ref"] = f"#/$defs/{base}.own"
    for key, schema in definitions.items():
        if not key.endswith(".own") and key not in kinds and schema.get("type", "object") == "object":
            schema["unevaluatedProperties"] = False
    return Draft202012Validator({"$defs": definitions, "$ref": f"#/$defs/{name}"}, format_checker=FormatChecker())


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def over_limits(node: Any) -> list[str]:
    """What of a reply is beyond the limits that the description does not state (line-facts.md)."""
    wrong: list[str] = []
    if isinstance(node, list):
        return [w for item in node for w in over_limits(item)]
    if not isinstance(node, dict):
        return wrong
    kind = node.get("type")
    if kind == "text" and _utf16(node.get("text", "")) > 5000:
        wrong.append("text")
    if kind == "flex" and (_utf16(node["altText"]) > 1500 or not node["altText"]):
        wrong.append("altText")
    if kind == "bubble" and len(json.dumps(node, ensure_ascii=False).encode()) > 30_000:
        wrong.append("bubble")
    if kind in ("uri", "message", "postback"):
        limit = 40
        if len(node.get("label", "")) > limit:
            wrong.append("label")
        if any(_utf16(str(node.get(name, ""))) > 300 for name in ("data", "displayText", "text")):
            wrong.append(kind)
        uri = node.get("uri", "tel:0")
        if len(uri) > 1000 or not uri.startswith(("https:", "http:", "line:", "tel:")):
            wrong.append("uri")
        if uri.startswith("tel:") and not (uri[4:].isdigit() or uri[4:].startswith("#")):
            wrong.append("tel")
    items = (node.get("quickReply") or {}).get("items", [])
    if len(items) > 13 or any(len(item["action"]["label"]) > 20 for item in items):
        wrong.append("quickReply")
    if kind in ("box",) and not node.get("contents"):
        wrong.append("empty box")
    if kind == "text" and not node.get("text", "x"):
        wrong.append("empty text")
    return wrong + [w for value in node.values() if isinstance(value, (dict, list)) for w in over_limits(value)]


class Line(PlayedApi):
    """`accepted`: bodies that LINE took, `refused`: what was wrong with the others. `faults`: what to do with the next
    replies, in order: a status, "reset" (before acceptance) or "lost" (accepted, then reset). `status`: what to say to
    the others. `delay` of every call, and `delays` of single reply tokens, in seconds."""

    def __init__(self) -> None:
        self.accepted: list[dict[str, Any]] = []
        self.loading: list[str] = []
        self.refused: list[str] = []
        self.faults: list[int | str] = []
        self.delay = 0.0
        self.delays: dict[str, float] = {}
        self.status = 200
        self.calls: Counter[str] = Counter()
        self._lock = threading.Lock()
        super().__init__()

    def headers_of(self, status: int) -> dict[str, str]:
        return {"x-line-request-id": "request-1"}

    def receive(self, path: str, headers: Message, data: bytes) -> Answer:
        body = json.loads(data)
        wrong = [] if path in _REQUESTS else [f"path {path}"]
        if headers["authorization"] != "Bearer token" or "x-line-retry-key" in headers:
            wrong.append("headers")
        if DESCRIPTION.exists() and not wrong:
            wrong += [error.message[:200] for error in validator(_REQUESTS[path]).iter_errors(body)]
        wrong += over_limits(body.get("messages", []))
        time.sleep(self.delays.get(body.get("replyToken", ""), self.delay))
        with self._lock:
            if wrong:
                self.refused += wrong
                return 400, {"message": "; ".join(wrong)}
            if path.endswith("/loading/start"):
                self.loading.append(body["chatId"])
                return 202, {}
            token = body["replyToken"]
            self.calls[token] += 1
            fault = self.faults.pop(0) if self.faults else self.status
            if fault == "reset":
                return 0, {}
            if isinstance(fault, int) and fault != 200:
                return fault, {"message": "ordered fault"}
            if token in [taken["replyToken"] for taken in self.accepted]:
                return 400, {"message": "Invalid reply token"}
            self.accepted.append(body)
            return (0, {}) if fault == "lost" else (200, {"sentMessages": [{"id": "1", "quoteToken": "q"}]})

    def wait_for(self, count: int, seconds: float = 20.0) -> None:
        """Until so many replies were accepted."""
        deadline = time.monotonic() + seconds
        while len(self.accepted) < count and time.monotonic() < deadline:
            time.sleep(0.02)
