"""A reply as a Slack message in Block Kit."""

import unicodedata
from typing import Any

from bot import wording
from bot.channels.buttons import feedback_data
from bot.channels.line import cut
from bot.channels.slack.limits import BUTTON, HEADER, SECTION, TEXT, VALUE, find_beyond_limits
from bot.channels.slack.text import escape, fit
from bot.events import Reply
from intents.decision import Decision
from knowledge.document import Office
from knowledge.snapshot import Match

Block = dict[str, Any]
ASK = "ask"  # names buttons whose value is the next question; those of feedback are named after what is said
_MOST_ASKED = 5
_LABELLED = ("initiative", "unknown", "greeting", "help")
_SENT_ON = ("office", "unknown", "human", "complaint")  # intents answered with whom to ask


def _section(text: str) -> Block:
    """`text` is mrkdwn already."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _said(text: str) -> list[Block]:
    """Plain text as a section; nothing for an empty one."""
    return [_section(fit(text, SECTION))] if text else []


def _small(text: str) -> list[Block]:
    return [{"type": "context", "elements": [{"type": "mrkdwn", "text": fit(text, SECTION)}]}] if text else []


def _plain(text: str, most: int) -> Block:
    return {"type": "plain_text", "text": cut(text, most), "emoji": False}


def _dial(phone: str) -> str:
    """A number that dials where it is touched; "#" of a short number would end the address."""
    number = "".join(c for c in unicodedata.normalize("NFKC", phone) if c.isdigit() or c == "#").replace("#", "%23")
    return f"<tel:{number}|{escape(phone)}>"


def _bold(text: str) -> str:
    # Whatever would end the bold or the line is not in a name or a place.
    return f"*{escape(' '.join(text.replace('*', '＊').split()))}*"


def _office(office: Office) -> list[Block]:
    """Name, floor and counter, number, hours of its own."""
    place = " ".join(part for part in (office.floor, office.counter and f"{office.counter}窓口") if part)
    lines = [_bold(office.name), place and _bold(place), office.phone and f"電話 {_dial(office.phone)}"]
    text = "\n".join(line for line in (*lines, *map(escape, office.hours)) if line)
    return [_section(text)] if len(text) <= SECTION else _said(wording.office_lines(office))


def _entry(match: Match, office: Office | None, decision: Decision) -> list[Block]:
    entry = match.entry
    blocks: list[Block] = [{"type": "header", "text": _plain(entry.title, HEADER)}]
    blocks += _small(wording.plan_line(match))
    blocks += _said(entry.explanation) + _said(wording.period_note(match))
    blocks += _office(office) if office else []
    for twin in wording.twins(match, decision):
        if twin.entry.office:
            blocks += _small(f"{wording.ALSO}\n{twin.entry.plan.title}") + _office(twin.entry.office)
    blocks += _said(entry.url)
    return blocks + _small(f"出典: {entry.plan.publication}" if entry.plan.publication else "")


def _answer(reply: Reply) -> list[Block]:
    decision = reply.decision
    if decision.intent == "initiative":
        best = _entry(decision.matches[0], decision.office, decision)
        if not (also := decision.also):
            return best
        return [*_said(wording.TWO_CONCERNS), *best, {"type": "divider"}, *_entry(also, also.entry.office, decision)]
    if decision.intent in _SENT_ON and decision.office:
        return [*_said("\n".join(wording.lead_lines(decision, reply.notices))), *_office(decision.office)]
    blocks = _said(wording.own_text(reply.text, reply.notices, reply.caution))
    return blocks + ([_section(f"*電話 {_dial(reply.dial)}*")] if reply.dial else [])


def _button(name: str, label: str, value: str) -> Block:
    return {"type": "button", "action_id": name, "text": _plain(label, BUTTON), "value": cut(value, VALUE)}


def _suggestions(reply: Reply) -> list[Block]:
    asked = [
        _button(f"{ASK}:{number}", title, title)
        for number, title in enumerate(reply.suggestions[:_MOST_ASKED])
        if title
    ]
    if not asked:
        return []
    # The other replies say in their text what the buttons are.
    label = wording.suggestion_label(reply.decision) if reply.decision.intent in _LABELLED else ""
    return [*_small(label), {"type": "actions", "elements": asked}]


def _feedback(answer_key: str) -> list[Block]:
    buttons = [_button(said, label, feedback_data(said, answer_key)) for said, label in wording.FEEDBACK_LABELS.items()]
    return [{"type": "actions", "elements": buttons}] if answer_key else []


def render_slack(reply: Reply, answer_key: str = "") -> Block:
    """`text` (for notifications) and `blocks` of one message.

    On top what may not be overlooked: the caution, then the notices. With `answer_key` the resident can say whether it
    helped; not of an emergency, where nothing may stand beside the number to dial.
    """
    first = _said(reply.caution) + _said(wording.notices_text(reply.notices))
    last = [] if reply.decision.intent == "emergency" else _suggestions(reply) + _feedback(answer_key)
    blocks = [*first, *_answer(reply), *last]
    if find_beyond_limits(blocks):
        blocks = [*first, *_said(wording.own_text(reply.text, reply.notices, reply.caution)), *last]
    return {"text": fit(reply.text, TEXT), "blocks": blocks}
