"""The rules as data, and what applies them."""

import itertools
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import re2

from nlp.normalise import hiragana, normalise
from nlp.tokenise import analyse

# RE2 knows no conditions on what stands around; without them a pattern can only match more.
_LOOKAROUND = re.compile(r"\(\?<?[=!][^()]*\)")
_FILES = ("emergency.toml", "rules.toml")  # in the order in which they are tried


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
        self._patterns: list[tuple[re.Pattern[str], Rule, bool]] = []
        for rule, speaking_for, against in rows:
            for patterns, is_for in ((speaking_for, True), (against, False)):
                for pattern in patterns:
                    self._filter.Add(_LOOKAROUND.sub("", pattern))
                    self._patterns.append((re.compile(pattern), rule, is_for))
        self._filter.Compile()

    def possible(self, text: str) -> list[tuple[re.Pattern[str], Rule, bool]]:
        return [self._patterns[number] for number in self._filter.Match(text, True) or ()]


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
        forms = ((text, self._written.possible(text)), (reading, self._heard.possible(reading)))
        holding = {rule for pattern, rule, is_for in forms[0][1] if is_for and pattern.search(text)}
        if any(is_for for _, _, is_for in forms[1][1]):
            begins = set(itertools.accumulate(map(len, analysis.pieces), initial=0))
            holding |= {
                rule
                for pattern, rule, is_for in forms[1][1]
                if is_for and any(found.start() in begins for found in pattern.finditer(reading))
            }
        for rule in sorted(holding, key=lambda rule: rule.place):
            against = (
                pattern.search(form)
                for form, possible in forms
                for pattern, other, is_for in possible
                if other is rule and not is_for
            )
            if not any(against):
                return rule
        return None


@cache
def shipped_rules() -> Rules:
    """The rules of the files beside this one."""
    rows: list[dict[str, Any]] = []
    words: dict[str, str] = {}
    for name in _FILES:
        raw = tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))
        rows += raw["rule"]
        words |= raw.get("words", {})
    return Rules(rows, words)


def first_rule(text: str) -> Rule | None:
    """The first rule that holds for a normalised text; spaces that a resident put between words do not matter."""
    rules = shipped_rules()
    found = rules.first(text)
    if found is None and " " in text and not text.isascii():
        return rules.first(normalise(text.replace(" ", "")))
    return found
