"""Block Kit's limits (docs.slack.dev, "Block Kit" reference): Slack refuses the whole message for one of them."""

from collections.abc import Iterator
from typing import Any

from bot.channels.line import utf16_units

BLOCKS, HEADER, SECTION, CONTEXT, BUTTON, VALUE, ACTIONS = 50, 150, 3000, 10, 75, 2000, 25
ACTION_ID, TEXT = 255, 4000  # the text beside blocks is shown in notifications; Slack advises 4,000 at most


def _too_long(part: dict[str, Any], most: int) -> bool:
    return not 1 <= utf16_units(str(part["text"])) <= most


def _of_block(block: dict[str, Any]) -> Iterator[str]:
    match block["type"]:
        case "header" if _too_long(block["text"], HEADER):
            yield "header"
        case "section" if _too_long(block["text"], SECTION):
            yield "section"
        case "context":
            parts = block["elements"]
            if not 1 <= len(parts) <= CONTEXT or any(_too_long(part, SECTION) for part in parts):
                yield "context"
        case "actions":
            buttons = block["elements"]
            if not 1 <= len(buttons) <= ACTIONS:
                yield "actions"
            for button in buttons:
                if _too_long(button["text"], BUTTON) or utf16_units(button["value"]) > VALUE:
                    yield "button"


def find_beyond_limits(blocks: list[dict[str, Any]]) -> list[str]:
    """The kinds of what Slack would refuse; empty for blocks that it takes."""
    names = [button["action_id"] for block in blocks for button in block.get("elements", ()) if "action_id" in button]
    beyond = [kind for block in blocks for kind in _of_block(block)]
    if not 1 <= len(blocks) <= BLOCKS:
        beyond.append("blocks")
    if len(names) != len(set(names)) or any(len(name) > ACTION_ID for name in names):
        beyond.append("action_id")
    return beyond
