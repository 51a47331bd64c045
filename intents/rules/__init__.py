"""What a message wants by rules as data, and what applies them."""

import math
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from intents.rules.concepts import MAYBE, Concepts
from intents.rules.likeness import INTENTS, SERVICES, class_chances
from nlp import parameters as p
from nlp.tokenise import Analysis, analyse

# Three things tell whether a message is answered as an emergency: the chance by likeness, as log odds; the rules, which
# add to them if they see an emergency, and to the odds of the service that they see, the more if the message is so
# short (letters) that nothing else in it can turn their words' sense; and the desk's own answer, which takes from them
# what its log odds exceed those of the least sure answer by, times a share. Chosen by what they find and mistake of
# authors who did not teach the model (docs/decisions/emergencies.md).
_ALARMING = math.log(0.45 / 0.55)
_SURE = math.log(p.ANSWER_THRESHOLD / (1 - p.ANSWER_THRESHOLD))
_RULES_ADD, _RULES_ADD_TO_SHORT, _SHORT = 1.2, 3.0, 12
_ANSWER_TAKES = 0.57
# From this chance by likeness on, an answer says whom to call in danger. What may be a matter for the police that can
# wait only ever adds a line to an answer.
_WORRYING = 0.10
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


def find_meaning(text: str, analysis: Analysis, sureness: float) -> Meaning:
    """The meaning of a normalised text; `sureness`: the chance that the knowledge base's best answer is right, 0 where
    it has none.

    Of emergencies there are two opinions, since a miss may cost a life: the rules', which people can read and mend, and
    that of the likeness to what others wrote in need.
    """
    by_rule = find_by_rules(text, analysis)
    chances = class_chances(text, analysis)
    for_the_police, by_service = chances[1], dict(zip(SERVICES, chances[2:], strict=False))
    danger = sum(by_service.values())
    alarming = _log_odds(danger) - _ANSWER_TAKES * max(0.0, _log_odds(sureness) - _SURE)
    if by_rule in SERVICES:
        added = _RULES_ADD_TO_SHORT if len(text) <= _SHORT else _RULES_ADD
        by_service[by_rule] *= math.exp(added)
        alarming += added
    likest = _RESCUE if by_rule == _DISASTER else max(by_service, key=by_service.__getitem__)
    if alarming >= _ALARMING:
        return Meaning(service=likest)
    if by_rule in SERVICES:
        return Meaning(perhaps=likest)
    if by_rule == _DISASTER:
        return Meaning(perhaps=_RESCUE, intent="unknown")
    named = by_rule[len(MAYBE) :] if by_rule and by_rule.startswith(MAYBE) else None
    intent = by_rule if by_rule in INTENTS else _likest_intent(chances[-len(INTENTS) :], sureness)
    if intent == "greeting" and _goes_on_with_a_matter(text):
        intent = None
    if intent == "hours" and _shipped().speaks_of(_OTHER_SUBJECT, text, analysis.reading):
        intent = None  # an event's hours, which are like the office's but for their subject
    if named or danger + for_the_police < _WORRYING:
        return Meaning(perhaps=named, intent=intent)
    return Meaning(perhaps="#9110" if for_the_police > danger else likest, intent=intent)


def _log_odds(chance: float) -> float:
    inside = min(max(chance, 1e-9), 1 - 1e-9)
    return math.log(inside / (1 - inside))


def _goes_on_with_a_matter(greeting: str) -> bool:
    """Whether what follows the first pause is what the resident came for."""
    _, *behind = _PAUSE.split(greeting, maxsplit=1)
    if not behind or len(behind[0]) < _SHORTEST_MATTER:
        return False
    return sum(class_chances(behind[0], analyse(behind[0]))[-len(INTENTS) :]) < _STILL_TALK


def _likest_intent(chances: list[float], sureness: float) -> str | None:
    surest, bound = max(chances), _MEANT_WITH_ANSWER if sureness >= p.ANSWER_THRESHOLD else _MEANT
    return INTENTS[chances.index(surest)] if surest >= bound else None
