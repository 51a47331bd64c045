"""The rules as data, and what applies them."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nlp.normalise import normalise


@dataclass(frozen=True, slots=True)
class Rule:
    """Holds for a text where `when` is found and `unless` is not."""

    intent: str
    service: str | None
    when: re.Pattern[str]
    unless: re.Pattern[str] | None

    def holds(self, text: str) -> bool:
        return bool(self.when.search(text)) and not (self.unless and self.unless.search(text))


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, in the order in which they are tried."""
    raw = tomllib.loads((Path(__file__).parent / "rules.toml").read_text(encoding="utf-8"))
    return tuple(
        Rule(
            row["intent"],
            row.get("service"),
            re.compile("|".join(row["when"])),
            re.compile("|".join(row["unless"])) if row.get("unless") else None,
        )
        for row in raw["rule"]
    )


def first_rule(text: str) -> Rule | None:
    """The first rule that holds for a normalised text; spaces that a resident put between words do not matter."""
    joined = text if " " not in text or text.isascii() else normalise(text.replace(" ", ""))
    for rule in rules():
        if rule.holds(text) or (joined is not text and rule.holds(joined)):
            return rule
    return None
