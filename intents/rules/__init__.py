"""The rules as data, and what applies them."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import re2

from nlp.normalise import normalise


@dataclass(frozen=True, slots=True)
class Rule:
    """Holds for a text where one of the patterns `when` is found and none of `unless`; both are numbers of patterns."""

    intent: str
    service: str | None
    when: frozenset[int]
    unless: frozenset[int]


class Rules:
    """All rules, in the order in which they are tried.

    RE2's filter says in one pass, by the letters that each pattern needs, which of the hundreds of patterns a text can
    match at all; only those few are tried.
    """

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self._patterns: list[re.Pattern[str]] = []
        self._filter = re2.Filter()
        rules = [
            Rule(row["intent"], row.get("service"), self._add(row["when"]), self._add(row.get("unless", [])))
            for row in rows
        ]
        self._rule_of = {number: rule for rule in rules for number in rule.when}
        self._filter.Compile()

    def _add(self, patterns: list[str]) -> frozenset[int]:
        first = len(self._patterns)
        for pattern in patterns:
            self._filter.Add(pattern)
            self._patterns.append(re.compile(pattern))
        return frozenset(range(first, len(self._patterns)))

    def first(self, text: str) -> Rule | None:
        """The first rule that holds for a normalised text."""
        patterns = self._patterns
        possible = sorted(self._filter.Match(text, True))
        for number in possible:  # patterns are numbered in the order of their rules
            rule = self._rule_of.get(number)
            if not rule or not patterns[number].search(text):
                continue
            if not any(patterns[n].search(text) for n in possible if n in rule.unless):
                return rule
        return None


@cache
def shipped_rules() -> Rules:
    """The rules of rules.toml."""
    raw = tomllib.loads((Path(__file__).parent / "rules.toml").read_text(encoding="utf-8"))
    return Rules(raw["rule"])


def first_rule(text: str) -> Rule | None:
    """The first rule that holds for a normalised text; spaces that a resident put between words do not matter."""
    rules = shipped_rules()
    found = rules.first(text)
    if found is None and " " in text and not text.isascii():
        return rules.first(normalise(text.replace(" ", "")))
    return found
