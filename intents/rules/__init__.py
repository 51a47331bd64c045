"""What a message wants by rules as data, and what applies them."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from intents.rules.concepts import MAYBE, Concepts
from intents.rules.likeness import INTENTS, SERVICES, class_chances
from nlp.tokenise import Analysis, analyse

# Chances of being an emergency, by likeness (`python -m tests.fit_likeness` prints what each bound finds and what it
# mistakes, of authors who did not teach the model). From the first on, a message is answered as an emergency; from the
# second on, if the desk also has an answer of its own. From the third on, that answer says whom to call in danger. What
# the rules take for an emergency is no more than that below the fourth: they see words, not that a nurse's costume is
# bloody. What may be a matter for the police that can wait only ever adds a line to an answer.
_ALARMING = 0.46
_ALARMING_WITH_ANSWER = 0.95
_WORRYING = 0.10
_DISBELIEVED = 0.03
# Chances of any other intent by likeness, from which on it is believed where the rules see none: alone, and against an
# answer of the desk's own.
_MEANT = 0.40
_MEANT_WITH_ANSWER = 0.90
# What follows a greeting is a matter of its own if it is so long (letters), and so little like small talk. Of the
# messages in tests/questions/intents*.tsv greetings go on with 0.3 and more (but for one), matters with 0.02 and less.
_SHORTEST_MATTER, _STILL_TALK = 5, 0.20
# What the rules call a disaster that happens now: the plans have drills and no help for it.
_DISASTER, _RESCUE = "disaster", "119"
_OTHER_SUBJECT = "別の主題"  # in rules.toml
_PAUSE = re.compile(r"[。!、\n ]+")


class Meaning(NamedTuple):
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
    """The service of the emergency or the intent that the rules see in a normalised text, or behind MAYBE whom to name
    beside the answer."""
    return _shipped().find(text, analysis.reading)


def find_meaning(text: str, analysis: Analysis, answerable: bool) -> Meaning:
    """The meaning of a normalised text; `answerable`: whether the knowledge base has an answer to it.

    Of emergencies there are two opinions, since a miss may cost a life: the rules', which people can read and mend, and
    that of the likeness to what others wrote in need.
    """
    by_rule = find_by_rules(text, analysis)
    chances = class_chances(text, analysis)
    for_the_police, by_service = chances[1], chances[2 : 2 + len(SERVICES)]
    danger, likest = sum(by_service), SERVICES[by_service.index(max(by_service))]
    named = by_rule[len(MAYBE) :] if by_rule and by_rule.startswith(MAYBE) else None
    if by_rule == _DISASTER:
        likest = _RESCUE
    if by_rule in SERVICES:
        return Meaning(service=by_rule) if danger > _DISBELIEVED else Meaning(perhaps=by_rule)
    if danger >= (_ALARMING_WITH_ANSWER if answerable else _ALARMING):
        return Meaning(service=likest)
    if by_rule == _DISASTER:
        return Meaning(perhaps=_RESCUE, intent="unknown")
    intent = by_rule if by_rule in INTENTS else _likest_intent(chances[-len(INTENTS) :], answerable)
    if intent == "greeting" and _goes_on_with_a_matter(text):
        intent = None
    if intent == "hours" and _shipped().speaks_of(_OTHER_SUBJECT, text, analysis.reading):
        intent = None  # an event's hours, which are like the office's but for their subject
    if named or danger + for_the_police < _WORRYING:
        return Meaning(perhaps=named, intent=intent)
    return Meaning(perhaps="#9110" if for_the_police > danger else likest, intent=intent)


def _goes_on_with_a_matter(greeting: str) -> bool:
    """Whether what follows the first pause is what the resident came for."""
    _, *behind = _PAUSE.split(greeting, maxsplit=1)
    if not behind or len(behind[0]) < _SHORTEST_MATTER:
        return False
    return sum(class_chances(behind[0], analyse(behind[0]))[-len(INTENTS) :]) < _STILL_TALK


def _likest_intent(chances: list[float], answerable: bool) -> str | None:
    surest = max(chances)
    return INTENTS[chances.index(surest)] if surest >= (_MEANT_WITH_ANSWER if answerable else _MEANT) else None
