"""Which facts of a row of the draft a document overwrites, and which it leaves to staff."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from knowledge.merging.steps import CHANGED, UNCHANGED, Difference, shown

PLAN_FACTS = ("valid_from", "valid_to", "source", "precedence")
PLAN_COLUMNS = {"valid_from": "plan_from", "valid_to": "plan_to", "source": "plan_source"}  # where a table says them
OFFICE_FACTS = ("floor", "counter", "phone", "hours")
ENTRY_FACTS = (
    "section", "title", "targets", "explanation", "vocabulary", "examples", "url", "valid_from", "valid_to",
    "owner", "source", "page", "review_on", "state", "note",
)  # fmt: skip
BY_HAND_FACTS = ("source_id", "variant")  # which only the knowledge base's own form holds
RESIDENTS_WORDS = {"vocabulary", "examples"}
_WRITTEN_BY_STAFF = {"explanation", *RESIDENTS_WORDS}
Facts = dict[str, Any]


def plain_fact(value: Any) -> Any:
    """A fact as JSON keeps it."""
    if isinstance(value, (tuple, list)):
        return list(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


@dataclass(slots=True)
class Compared:
    """The fields that differ and the values that the row takes; `kept` and `instead`: the same of those that staff
    corrected, which it takes only where a person says so."""

    differences: list[Difference] = field(default_factory=list)
    values: Facts = field(default_factory=dict)
    kept: list[Difference] = field(default_factory=list)
    instead: Facts = field(default_factory=dict)


def compare_facts(row: Any, source: Any, facts: Sequence[str], by_hand: bool, taken: Collection[str] = ()) -> Compared:
    """What a document makes of a row of the draft, or of a new one; `taken` are taken in any case.

    A document overwrites what an earlier document said; a field that staff wrote or changed since, or that the
    document leaves empty, stays. What staff bring in themselves (`by_hand`) is taken as it is.
    """
    found = Compared()
    imported = dict((row.imported if row else None) or {})
    for name in facts:
        value = getattr(source, name)
        value = list(value) if isinstance(value, tuple) else value
        old = getattr(row, name) if row else [] if isinstance(value, list) else None if value is None else ""
        if by_hand or row is None:
            if row is None and not (by_hand and name in _WRITTEN_BY_STAFF):
                imported[name] = plain_fact(value)
            if value != old:
                found.differences.append(Difference(name, shown(old), shown(value)))
            found.values[name] = value
            continue
        if not value:
            continue
        by_staff = bool(old) and imported.get(name) != plain_fact(old) and name not in taken
        repeated = imported.get(name) == plain_fact(value)
        imported[name] = plain_fact(value)
        if value == old or (by_staff and repeated):
            continue
        (found.kept if by_staff else found.differences).append(Difference(name, shown(old), shown(value)))
        (found.instead if by_staff else found.values)[name] = value
    found.values["imported"] = imported
    return found


def set_facts(row: Any, values: Facts) -> None:
    """Sets the facts that differ."""
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def take_instead(row: Any, values: Facts) -> None:
    """Sets what a document says where staff had corrected it; from now on it is the document's."""
    set_facts(row, {**values, "imported": {**row.imported, **{n: plain_fact(v) for n, v in values.items()}}})


def action_of(differences: Sequence[Difference]) -> str:
    """What a document does to a row that it finds in the draft."""
    return CHANGED if differences else UNCHANGED
