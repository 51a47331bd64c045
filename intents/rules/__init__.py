"""What a message wants by rules as data, and what applies them."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from intents.rules.concepts import Concepts
from intents.rules.likeness import CLASSES, emergency_chances
from nlp.tokenise import Analysis

_SERVICES = set(CLASSES[1:])
# Chances of being an emergency, by likeness (`python -m tests.fit_emergencies` prints what each bound finds and what it
# mistakes, of authors who did not teach the model). From the first on, a message is answered as an emergency; from the
# second on, if the desk also has an answer of its own. From the third on, that answer says whom to call in danger. What
# the rules take for an emergency is no more than that below the fourth: they see words, not that a nurse's costume is
# bloody.
_ALARMING = 0.31
_ALARMING_WITH_ANSWER = 0.85
_WORRYING = 0.10
_DISBELIEVED = 0.03


@dataclass(frozen=True, slots=True)
class Meaning:
    """`service`: of the emergency that the message tells; `perhaps`: of one that it may tell; `intent`: any other that
    the rules know."""

    service: str | None = None
    perhaps: str | None = None
    intent: str | None = None


@cache
def _shipped() -> Concepts:
    """Both files as one, emergencies first, so that a question is gone through once."""
    folder = Path(__file__).parent
    first, then = (
        tomllib.loads((folder / name).read_text(encoding="utf-8")) for name in ("emergency.toml", "rules.toml")
    )
    return Concepts(first["words"] | then["words"], first["rule"] + then["rule"])


def find_by_rules(text: str, analysis: Analysis) -> str | None:
    """The service of the emergency or the intent that the rules see in a normalised text."""
    return _shipped().find(text, analysis.reading)


def find_meaning(text: str, analysis: Analysis, answerable: bool) -> Meaning:
    """The meaning of a normalised text; `answerable`: whether the knowledge base has an answer to it.

    Of emergencies there are two opinions, since a miss may cost a life: the rules', which people can read and mend, and
    that of the likeness to what others wrote in need.
    """
    by_rule = find_by_rules(text, analysis)
    none, *chances = emergency_chances(text, analysis)
    danger, likest = 1 - none, CLASSES[1 + chances.index(max(chances))]
    if by_rule in _SERVICES:
        return Meaning(service=by_rule) if danger > _DISBELIEVED else Meaning(perhaps=by_rule)
    if danger >= (_ALARMING_WITH_ANSWER if answerable else _ALARMING):
        return Meaning(service=likest)
    return Meaning(perhaps=likest if danger >= _WORRYING else None, intent=by_rule)
