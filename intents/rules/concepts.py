"""What a message speaks of, by its letters and by its sound, and which things together decide what it wants."""

import re
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import Any

from intents.rules import prefilter
from intents.rules.made_once import made_once
from nlp.normalise import hiragana

_INSERTED = re.compile(r"\{([^\W\d][^}]*)\}")


MAYBE = "?"


@dataclass(frozen=True, slots=True)
class Combination:
    """Holds for a message that speaks of `first` and of all `others`, and of nothing in `unless`; `meaning` is the
    emergency service, the intent, or behind MAYBE whom the answer names beside its own matter."""

    meaning: str
    first: str
    others: tuple[str, ...]
    unless: tuple[str, ...]


class Concepts:
    """All combinations, in the order in which they are tried.

    A filter says by the letters that each pattern needs which combinations can begin to hold: for most questions one
    or two. Only the rare word of each is in it, since every word found has to be looked at.
    """

    def __init__(self, words: dict[str, str], rules: list[dict[str, Any]]) -> None:
        def expand(pattern: str) -> str:
            return _INSERTED.sub(lambda inserted: f"(?:{expand(words[inserted[1]])})", pattern)

        self._written = {name: "(?m)" + expand(pattern) for name, pattern in words.items()}
        self._combinations: list[Combination] = []
        for row in rules:
            for line in row["when"]:
                first, *others = line.split()
                combination = Combination(_meaning(row), first, tuple(others), tuple(row["unless"]))
                if unknown := {first, *others, *combination.unless} - set(words):
                    raise ValueError(f"[words] に無い言葉です: {'、'.join(sorted(unknown))}")
                self._combinations.append(combination)
        begun: dict[str, list[int]] = {}  # numbers of the combinations that a word is the first of
        for number, combination in enumerate(self._combinations):
            begun.setdefault(combination.first, []).append(number)
        self._begun = list(begun.values())
        patterns = [self._written[name] for name in begun]
        taken_apart = made_once(Path(prefilter.__file__), "\0".join(patterns), partial(prefilter.lead_to, patterns))
        self._filter = prefilter.Prefilter(taken_apart)

    def speaks_of(self, name: str, text: str, reading: str) -> bool:
        """Whether a normalised text with its reading in katakana speaks of what [words] has under a name."""
        return _compiled(self._written[name]).search(_joined(text, reading)) is not None

    def find(self, text: str, reading: str) -> str | None:
        """The meaning of a normalised text with its reading in katakana; None where no combination holds."""
        both = _joined(text, reading)
        held: dict[str, bool] = {}

        def holds(name: str) -> bool:
            if name not in held:
                held[name] = _compiled(self._written[name]).search(both) is not None
            return held[name]

        begun = chain.from_iterable(self._begun[place] for place in self._filter.possible(both))
        for number in sorted(begun):
            found = self._combinations[number]
            if holds(found.first) and all(map(holds, found.others)) and not any(map(holds, found.unless)):
                return found.meaning
        return None


def _meaning(row: dict[str, Any]) -> str:
    return MAYBE + row["perhaps"] if "perhaps" in row else str(row.get("service") or row["intent"])


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled when it is first needed: hundreds of patterns at once would make the first answer wait."""
    return re.compile(pattern)


def _joined(text: str, reading: str) -> str:
    """Letters and sound as two lines; spaces that a resident put between Japanese words do not matter."""
    letters = hiragana(text)
    if " " in text and not text.isascii():
        letters, reading = letters.replace(" ", ""), reading.replace(" ", "")
    return f"{letters}\n{reading}"
