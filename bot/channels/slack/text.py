"""Slack's own writing: what users' texts mean, and how ours must be written."""

import html
import re

_ESCAPED = {"&": 5, "<": 4, ">": 4}  # units of each once it is escaped
_MARKED = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")


def _meant(mark: re.Match[str]) -> str:
    target, label = mark[1], mark[2] or ""
    if target[:1] in ("@", "!"):  # a person, a group, everybody here; the desk itself
        return " "
    if target.startswith("#"):
        return f"#{label}" if label else " "
    return label or re.sub("^(mailto|tel):", "", target)


def read_text(text: str) -> str:
    """What a user wrote: without mentions of anybody, links as they were shown, &, < and > as themselves."""
    return html.unescape(_MARKED.sub(_meant, text)).strip()


def escape(text: str) -> str:
    """Plain text as mrkdwn: nothing in it calls anybody or links anywhere."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def fit(text: str, units: int) -> str:
    """The text as mrkdwn within so many UTF-16 units, ended with … where something was cut; what was escaped is never
    cut in the middle."""
    used = whole = 0
    for place, char in enumerate(text):
        used += _ESCAPED.get(char, 2 if char > "\uffff" else 1)
        if used < units:
            whole = place + 1
        elif used > units:
            return escape(text[:whole]) + "…"
    return escape(text)
