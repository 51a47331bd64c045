"""Emergencies by their wordings: patterns over the text as written and as read."""

import itertools
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import re2

from intents.rules.concepts import compiled
from nlp.normalise import hiragana, normalise
from nlp.tokenise import analyse

# RE2 knows no conditions on what stands around; without them a pattern can only match more.
_LOOKAROUND = re.compile(r"\(\?<?[=!][^()]*\)")


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for a text where a pattern of `when` is found in it, or one of `heard` in its reading, and none of
    `unless` or `unless_heard`. `place`: its turn among the rules."""

    place: int
    intent: str
    service: str | None


class _Patterns:
    """Patterns over one form of a text, each for or against a rule.

    RE2's filter says in one pass, by the letters that each pattern needs, which of the hundreds of patterns a text can
    match at all; only those few are tried.
    """

    def __init__(self, rows: list[tuple[Rule, list[str], list[str]]]) -> None:
        self._filter = re2.Filter()
        self._patterns: list[tuple[str, Rule]] = []
        for rule, speaking_for, _ in rows:
            for pattern in speaking_for:
                self._filter.Add(_LOOKAROUND.sub("", pattern))
                self._patterns.append((pattern, rule))
        self._filter.Compile()
        # Looked at only for a rule that holds otherwise: in the filter they would make every question dearer.
        self._against = {rule: against for rule, _, against in rows}

    def possible(self, text: str) -> list[tuple[re.Pattern[str], Rule]]:
        found = (self._patterns[number] for number in self._filter.Match(text, True) or ())
        return [(compiled(pattern), rule) for pattern, rule in found]

    def speak_against(self, rule: Rule, text: str) -> bool:
        return any(compiled(pattern).search(text) for pattern in self._against[rule])


class Rules:
    """All rules, in the order in which they are tried; `words`: name → alternatives, for `{name}` in a pattern."""

    def __init__(self, rows: list[dict[str, Any]], words: dict[str, str]) -> None:
        named = re.compile(r"\{(" + "|".join(words) + r")\}") if words else None

        def patterns(row: dict[str, Any], key: str) -> list[str]:
            found: list[str] = row.get(key, [])
            return [named.sub(lambda name: words[name[1]], pattern) for pattern in found] if named else found

        rules = [(Rule(place, row["intent"], row.get("service")), row) for place, row in enumerate(rows)]
        self._written = _Patterns([(rule, patterns(row, "when"), patterns(row, "unless")) for rule, row in rules])
        self._heard = _Patterns([(rule, patterns(row, "heard"), patterns(row, "unless_heard")) for rule, row in rules])

    def first(self, text: str) -> Rule | None:
        """The first rule that holds for a normalised text and its reading in hiragana.

        What is heard must begin where a word begins: ちいきで (地域で) holds no いき.
        """
        analysis = analyse(text)
        reading = hiragana(analysis.reading)
        holding = {rule for pattern, rule in self._written.possible(text) if pattern.search(text)}
        if heard := self._heard.possible(reading):
            begins = set(itertools.accumulate(map(len, analysis.pieces), initial=0))
            holding |= {
                rule for pattern, rule in heard if any(found.start() in begins for found in pattern.finditer(reading))
            }
        for rule in sorted(holding, key=lambda rule: rule.place):
            if not (self._written.speak_against(rule, text) or self._heard.speak_against(rule, reading)):
                return rule
        return None


@cache
def _shipped() -> Rules:
    """The rules of the file beside this one."""
    raw = tomllib.loads((Path(__file__).parent / "emergency_wordings.toml").read_text(encoding="utf-8"))
    return Rules(raw["rule"], raw["words"])


def first_rule(text: str) -> Rule | None:
    """The first rule that holds for a normalised text; spaces that a resident put between words do not matter."""
    rules = _shipped()
    found = rules.first(text)
    if found is None and " " in text and not text.isascii():
        return rules.first(normalise(text.replace(" ", "")))
    return found
