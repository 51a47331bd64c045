"""JSON from outside, in letters that the dictionary and every database take."""

import json
import re
from typing import Any

# JSON can write what is no letter: half of a pair of UTF-16 units, which no encoding has (RFC 8259, 8.2), and NUL,
# which PostgreSQL does not store.
_NO_LETTER = re.compile("[\0\ud800-\udfff]")
# Where no escape can mean one of them, nothing is walked through: deliveries come at a thousand a second.
_MAY_BRING = re.compile(r"\\u(?:d[89a-f]|0000)", re.IGNORECASE)


def _readable(value: Any) -> Any:
    if isinstance(value, str):
        return _NO_LETTER.sub("\N{REPLACEMENT CHARACTER}", value)  # as long as before: mentions are told by places
    if isinstance(value, list):
        return [_readable(one) for one in value]
    if isinstance(value, dict):
        return {_readable(name): _readable(one) for name, one in value.items()}
    return value


def read_json(body: bytes | str) -> Any:
    """The value of a JSON text (UTF-8), each half character and NUL in it replaced by U+FFFD. ValueError for what is no
    JSON or is nested too deeply."""
    text = body.decode() if isinstance(body, bytes) else body
    try:
        value = json.loads(text)
        return _readable(value) if _MAY_BRING.search(text) else value
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
