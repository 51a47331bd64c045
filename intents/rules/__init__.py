"""The rules as data, and what applies them."""

import tomllib
from functools import cache
from pathlib import Path

from intents.rules.concepts import Concepts
from intents.rules.wordings import first_rule

_SERVICES = {"119", "110", "189", "helpline"}


@cache
def _shipped() -> tuple[Concepts, list[str]]:
    """Both files as one, emergencies first, so that a question is gone through once."""
    folder = Path(__file__).parent
    first, then = (
        tomllib.loads((folder / name).read_text(encoding="utf-8")) for name in ("emergency.toml", "rules.toml")
    )
    return Concepts(first["words"] | then["words"], first["rule"] + then["rule"]), first["wordings_unless"]


def find_meaning(text: str, reading: str) -> tuple[str | None, str | None]:
    """(service of the emergency, other intent) of a normalised text with its reading in katakana; None where none.

    Of emergencies there are two opinions, since a miss may cost a life: what the message speaks of, and how it is
    worded. The second counts less: not where the message speaks of learning, of the past or of other things that
    emergencies are not.
    """
    concepts, never_by_wording = _shipped()
    meaning = concepts.find(text, reading)
    if meaning in _SERVICES:
        return meaning, None
    rule = first_rule(text)
    if rule and not concepts.speaks_of(never_by_wording, text, reading):
        return rule.service, None
    return None, meaning
