"""A reply as LINE messages, within LINE's limits."""

import json
import unicodedata
from typing import Any

from bot import wording
from bot.channels.buttons import feedback_data, question_data
from bot.events import Reply

# Limits of the Messaging API (developers.line.biz, "Messaging API reference" and "Flex Message elements").
_TEXT, _ALT, _BUBBLE, _LABEL, _QUICK, _QUICK_LABEL, _DATA = 5000, 1500, 30_000, 40, 13, 20, 300

Message = dict[str, Any]


def utf16_units(text: str) -> int:
    """LINE counts text in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def cut(text: str, units: int) -> str:
    """The text within so many UTF-16 units, ended with … where something was cut."""
    if utf16_units(text) <= units:
        return text
    while utf16_units(text) > units - 1:
        text = text[:-1]
    return text + "…"


def _ask(question: str) -> Message:
    """A button that asks. Not a message of the user's: in a group, where only what calls the desk is read, it would be
    lost."""
    shown = {"label": cut(question, _QUICK_LABEL), "displayText": cut(question, _DATA)}
    return {"type": "postback", "data": cut(question_data(question), _DATA), **shown}


def _quick_replies(suggestions: tuple[str, ...], more: list[Message]) -> Message:
    """Questions to ask next, and behind them other actions."""
    asked = [_ask(question) for question in suggestions[: _QUICK - len(more)]]
    items = [{"type": "action", "action": action} for action in [*asked, *more]]
    return {"quickReply": {"items": items}} if items else {}


def _feedback_actions(answer_key: str) -> list[Message]:
    """What a resident may say of an answer."""
    return [
        {"type": "postback", "label": label, "data": feedback_data(said, answer_key), "displayText": label}
        for said, label in wording.FEEDBACK_LABELS.items()
    ]


def _line(text: str, **style: Any) -> Message:
    return {"type": "text", "text": text, "wrap": True, **style}


def _dial(phone: str, label: str) -> Message:
    number = "".join(c for c in unicodedata.normalize("NFKC", phone) if c.isdigit())
    action = {"type": "uri", "label": cut(label, _LABEL), "uri": f"tel:{number}"}
    return {"type": "button", "style": "primary", "color": "#0017C1", "action": action}


def _feedback_buttons(answer_key: str) -> list[Message]:
    """A row of two quiet buttons; nothing where the answer cannot be judged."""
    if not answer_key:
        return []
    buttons = [
        {"type": "button", "style": "link", "height": "sm", "action": action}
        for action in _feedback_actions(answer_key)
    ]
    return [{"type": "box", "layout": "horizontal", "contents": buttons}]


def _bubble(reply: Reply, answer_key: str) -> Message:
    match, office = reply.decision.matches[0], reply.decision.office
    body = [
        _line(match.entry.title, weight="bold", size="lg"),
        _line(wording.plan_line(match), size="xs", color="#626264"),
    ]
    if match.entry.explanation:
        body.append(_line(match.entry.explanation, size="sm", maxLines=2))
    if note := wording.period_note(match):
        body.append(_line(note, size="sm", color="#EC0000"))
    if office:
        place = " ".join(p for p in (office.floor, office.counter and f"{office.counter}窓口") if p)
        body += [{"type": "separator", "margin": "md"}, _line(office.name, weight="bold", margin="md")]
        body += [_line(place, weight="bold", size="xxl")] if place else []
        body += [_line(line, size="sm") for line in office.hours]
    for twin in wording.twins(match, reply.decision):
        if twin.entry.office:
            body.append(_line(f"{wording.ALSO}\n{twin.entry.plan.title}\n{wording.office_lines(twin.entry.office)}",
                              size="sm", margin="md"))  # fmt: skip
    if match.entry.plan.publication:
        body.append(_line(f"出典: {match.entry.plan.publication}", size="xs", color="#626264", margin="md"))
    bubble: Message = {
        "type": "bubble",
        "body": {"type": "box", "layout": "vertical", "spacing": "sm", "contents": body},
    }
    footer = [_dial(reply.dial, f"電話 {reply.dial}")] if reply.dial else []
    footer += _feedback_buttons(answer_key)
    if footer:
        bubble["footer"] = {"type": "box", "layout": "vertical", "contents": footer}
    return bubble


def render_line(reply: Reply, answer_key: str = "") -> list[Message]:
    """The messages of one reply: a Flex bubble for an initiative, a text (with a dial button) for the rest.

    With `answer_key` the resident can say whether it helped: on the bubble, where there is one, so that it can be said
    later too. Not of an emergency, where nothing may stand beside the number to dial.
    """
    if reply.decision.intent == "emergency":
        answer_key = ""
    quick = _quick_replies(reply.suggestions, [])
    if reply.decision.intent == "initiative":
        bubble = _bubble(reply, answer_key)
        if len(json.dumps(bubble, ensure_ascii=False).encode()) <= _BUBBLE:
            card = {"type": "flex", "altText": cut(reply.text, _ALT), "contents": bubble, **quick}
            # Before the card: LINE shows the suggestions of the last message only.
            first = [text for text in (wording.notices_text(reply.notices), reply.caution) if text]
            return [*({"type": "text", "text": cut(text, _TEXT)} for text in first), card]
    text = {"type": "text", "text": cut(reply.text, _TEXT)}
    if not reply.dial:
        return [{**text, **_quick_replies(reply.suggestions, _feedback_actions(answer_key) if answer_key else [])}]
    button = {"type": "bubble", "body": {"type": "box", "layout": "vertical",
              "contents": [_dial(reply.dial, f"電話 {reply.dial}"), *_feedback_buttons(answer_key)]}}  # fmt: skip
    return [text, {"type": "flex", "altText": f"電話 {reply.dial}", "contents": button, **quick}]
