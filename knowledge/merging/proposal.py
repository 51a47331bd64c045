"""What a document would do to the draft, kept until a person has decided on it, row by row."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from knowledge.document import Document
from knowledge.merging.steps import ADDED, LEFT_ALONE, VANISHED, Difference, Proposed, Step

LIKELY = 20  # of the entries that vanished, how many are offered as what a new one was
_LONGEST_LIST = 300  # rows of what nobody decides on


def _as_json(step: Step) -> dict[str, Any]:
    return {
        "key": step.key, "what": step.what, "action": step.action, "label": step.label, "plan": step.plan,
        "joined": step.joined, "note": step.note, "offers": step.offers,
        "differences": [[d.field, d.before, d.after] for d in step.differences],
    }  # fmt: skip


def _proposed(raw: Mapping[str, Any]) -> Proposed:
    differences = tuple(Difference(*row[:3]) for row in raw["differences"])  # older jobs kept a fourth value
    plain = {name: raw[name] for name in ("key", "what", "action", "label", "plan", "joined")}
    offers = tuple((key, label) for key, label in raw.get("offers", ()))
    return Proposed(**plain, note=raw.get("note", ""), offers=offers, differences=differences)


def pack_proposal(version: int, steps: Sequence[Step], document: Document) -> str:
    """One line of JSON: the steps that a page shows, compared with the draft at a version."""
    rows = [_as_json(step) for step in steps if step.asks]
    new = [_as_json(step) for step in steps if step.action == ADDED and not step.asks]
    left = [[left.where, left.text, left.why] for left in document.left_out[:_LONGEST_LIST]]
    return json.dumps(
        {
            "version": version,
            "rows": rows,
            "new": new,
            "left_out": left,
            "left_count": len(document.left_out),
        },
        ensure_ascii=False,
    )


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a person decided otherwise than it stands by itself: the rows that are `switched`, and which entry that
    vanished, or office of the draft, is the `same` as one that seems new (key of the new one → key of the other)."""

    switched: frozenset[str]
    same: Mapping[str, str]

    @staticmethod
    def from_list(kept: Sequence[str]) -> "Decisions":
        pairs = [(new, old) for new, _, old in (text.partition("=") for text in kept) if old]
        return Decisions(frozenset(text for text in kept if "=" not in text), dict(pairs))

    def as_list(self) -> list[str]:
        """As a job keeps it."""
        return sorted(self.switched) + [f"{new}={old}" for new, old in sorted(self.same.items())]


class Proposal:
    """A comparison as its page shows it. `version`: of the draft that it was made with."""

    def __init__(self, text: str) -> None:
        raw = json.loads(text)
        self.version: int = raw["version"]
        self._rows: list[dict[str, Any]] = raw["rows"]
        self.new = [_proposed(row) for row in raw["new"]]
        self.left_out: list[list[str]] = raw["left_out"]  # where, text, why
        self.left_count: int = raw["left_count"]

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def without_source(self) -> set[str]:
        """The titles of the plans that it adds and that have no source yet."""
        plans = [row for row in self.new if row.what == "plan"]
        return {row.label for row in plans if all(d.field != "source" for d in row.differences)}

    def count(self, action: str) -> int:
        return sum(row["action"] == action for row in self._rows)

    def page(self, start: int, end: int) -> list[Proposed]:
        """Some of the rows on which a person decides."""
        return [_proposed(row) for row in self._rows[start:end]]

    def accepted(self, decisions: Decisions) -> set[str]:
        """The keys of the rows that are accepted: all but what is left alone, unless it was switched."""
        return accepted_keys(((row["key"], row["action"]) for row in self._rows), decisions.switched)

    def switched(self, accepted: Collection[str]) -> frozenset[str]:
        """The rows that are decided otherwise than they stand by themselves, where these are accepted."""
        return frozenset(row["key"] for row in self._rows if (row["key"] in accepted) == (row["action"] in LEFT_ALONE))

    @property
    def keys(self) -> set[str]:
        return {row["key"] for row in self._rows}

    @property
    def may_be_same(self) -> set[str]:
        """The keys of what a person may say to be something else that the draft has."""
        return self.keys | {row.key for row in self.new}

    def might_be(self, row: Proposed) -> list[tuple[str, str]]:
        """(key, label) of the entries that vanished from the plan of a new one, the likeliest first."""
        gone = [r for r in self._rows if r["action"] == VANISHED and r["what"] == row.what and r["plan"] == row.plan]
        likely = sorted(gone, key=lambda other: -fuzz.ratio(other["label"], row.label))
        return [(other["key"], other["label"]) for other in likely[:LIKELY]]


def accepted_keys(rows: Any, switched: Collection[str]) -> set[str]:
    """Of (key, action) pairs, those that are accepted."""
    return {key for key, action in rows if (action in LEFT_ALONE) == (key in switched)}
