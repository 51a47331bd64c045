"""What a document does to the draft, as values that a preview shows and a report counts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

ADDED, CHANGED, KEPT, VANISHED, UNCHANGED = "added", "changed", "kept", "vanished", "unchanged"
LEFT_ALONE = (VANISHED, KEPT)  # what stays as it is in the draft unless a person says otherwise


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one entry or office: what it was and what it is. Fields of several things hold one a line."""

    field: str
    before: str
    after: str

    @property
    def gone(self) -> list[str]:
        """The lines that are no more."""
        return _without(self.before, self.after)

    @property
    def come(self) -> list[str]:
        """The lines that are new."""
        return _without(self.after, self.before)


def _without(text: str, other: str) -> list[str]:
    there = set(other.splitlines())
    return [line for line in text.splitlines() if line not in there]


@dataclass(frozen=True, slots=True)
class Proposed:
    """One plan, office, entry or word (`what`) of the draft and what a document does to it (`action`).

    `KEPT`: staff had corrected by hand what the document says otherwise, and are believed unless the row is accepted.
    `key` is the same in every comparison; `plan`: the title of an entry's plan; `joined`: the key that the row had
    among those that vanished, where a person said that it is the same entry; `note`: what else to say of it, a
    sentence a line; `offers`: key and label of the draft's offices that a new one may be.
    """

    key: str
    what: str
    action: str
    label: str
    differences: tuple[Difference, ...]
    plan: str = ""
    joined: str = ""
    note: str = ""
    offers: tuple[tuple[str, str], ...] = ()

    @property
    def asks(self) -> bool:
        """Whether a person decides on it: new plans and offices come with the entries that need them."""
        decided = self.action in (CHANGED, *LEFT_ALONE) or bool(self.joined)
        if self.what == "office":
            return decided and self.action != ADDED
        return decided or (self.action == ADDED and self.what in ("entry", "word"))


@dataclass(frozen=True, slots=True)
class Step(Proposed):
    """A row with what does it: `write`, which for a row that stays as it is remembers what the document said of it;
    `needs`: keys of the plan and office that must be there with it."""

    write: Callable[[], None] = lambda: None
    needs: tuple[str, ...] = ()


@dataclass(slots=True)
class Changes:
    """What bringing a document into the draft did, by the label (計画 / 節 / 題) of each entry or office.

    `vanished`: entries of the document's plans that it no longer has; they stay unless they are asked to go. `kept`:
    what the document says otherwise than staff, who are believed.
    """

    added: list[str] = field(default_factory=list)
    changed: dict[str, list[Difference]] = field(default_factory=dict)
    vanished: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: dict[str, list[Difference]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def note(self, step: Step) -> None:
        """Files a step."""
        self.notes += step.note.splitlines()
        if step.action == VANISHED:
            self.vanished.append(step.label)
        elif step.action == ADDED and step.asks:
            self.added.append(step.label)
        elif step.action == KEPT:
            self.kept[step.label] = list(step.differences)
        elif step.action == CHANGED:
            self.changed[step.label] = list(step.differences)
        elif step.action == UNCHANGED and step.what == "entry":
            self.unchanged.append(step.label)


def shown(value: Any) -> str:
    """A fact as staff read it, several things one a line."""
    return "\n".join(value) if isinstance(value, (tuple, list)) else "" if value is None else str(value)
