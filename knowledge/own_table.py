"""The knowledge base's own table, as staff edited it: an entry a row, with what is known of its plan and office."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from knowledge import KnowledgeError
from knowledge.cells import COLUMNS, FACT_OF_COLUMN, Cells, Faults
from knowledge.document import NEEDS_REWRITE, STATES, Document, Doubt, Entry, Office, Plan

_PLAN_FACTS = {"plan_from": "valid_from", "plan_to": "valid_to", "plan_source": "source", "precedence": "precedence"}
_OFFICE_FACTS = {key: key for key in ("floor", "counter", "phone", "hours")}


def fact_of(name: str, text: str) -> Any:
    """A fact of a plan or an office from the text that a table holds of it."""
    if name in ("valid_from", "valid_to"):
        return date.fromisoformat(text) if text else None
    if name == "precedence":
        return int(text or 0)
    return tuple(text.splitlines()) if name == "hours" else text


def _frozen(said: tuple[str, list[int]]) -> tuple[str, tuple[int, ...]]:
    return said[0], tuple(said[1])


@dataclass(slots=True)
class _Said:
    """What rows say of plans, or of offices: name → fact → each text → the row where it stands first, and the places
    of the entries whose rows state it."""

    what: str
    facts: dict[str, dict[str, dict[str, tuple[str, list[int]]]]] = field(default_factory=dict)

    def note(self, name: str, row: Mapping[str, str], where: str, place: int | None) -> None:
        known = self.facts.setdefault(name, {})
        for fact, text in row.items():
            texts = known.setdefault(fact, {})
            if text:  # an empty cell means what stands in the other rows, or in the draft
                _, places = texts.setdefault(text, (where, []))
                places += [] if place is None else [place]

    def values(self, name: str) -> dict[str, Any]:
        """The facts by name; of texts that differ the first, until the draft shows which is meant."""
        return {fact: fact_of(fact, next(iter(texts), "")) for fact, texts in self.facts[name].items()}

    def doubts(self) -> list[Doubt]:
        return [
            Doubt(self.what, name, fact, tuple((text, *_frozen(said)) for text, said in texts.items()))
            for name, facts in self.facts.items() for fact, texts in facts.items() if len(texts) > 1
        ]  # fmt: skip

    def blank(self) -> list[tuple[str, str, str]]:
        facts = [(name, fact, texts) for name, known in self.facts.items() for fact, texts in known.items()]
        return [(self.what, name, fact) for name, fact, texts in facts if not texts]


def _check(row: Cells) -> None:
    if not row.get("plan") or not row.get("title"):
        raise KnowledgeError(f"{row.where}: 「計画」と「取組・質問」の列に文字を入れてください。")
    if row.get("state") not in STATES:
        raise KnowledgeError(f"{row.where}: 「状態」の「{row.get('state')}」は空か「{NEEDS_REWRITE}」にしてください。")
    precedence = row.get("precedence")
    if precedence and not (precedence.isascii() and precedence.isdigit()):
        raise KnowledgeError(f"{row.where}: 「優先」の列の「{precedence}」は数字にしてください。")


def _text(row: Cells, key: str) -> str:
    if key in ("plan_from", "plan_to"):
        day = row.day(key)
        return day.isoformat() if day else ""
    return "\n".join(row.lines(key)) if key == "hours" else row.get(key)


def _entry(row: Cells, plan: Plan, office: Office | None) -> Entry:
    return Entry(
        plan, row.get("section"), row.get("title"), office, row.get("source_id") or None,
        row.lines("targets"), row.get("answer"), row.lines("vocabulary"), row.lines("examples"),
        row.address("url"), row.day("valid_from"), row.day("valid_to"), row.get("variant"),
        row.get("owner"), row.get("source"), row.get("page"), row.day("review_on"), row.get("state"),
        row.get("note"),
    )  # fmt: skip


def own_document(rows: Sequence[Cells], unused: Sequence[Cells]) -> Document:
    """The document in the rows of entries, and in those of offices that no entry names (`office` and its facts).

    Rows that differ on a plan or an office are in `doubts`, what all of them leave empty in `blank`.
    KnowledgeError names sheet, row, column and value, of up to twenty faults at once.
    """
    plans, offices, faults = _Said("plan"), _Said("office"), Faults()
    pairs = [(rows, plans, "plan", _PLAN_FACTS), (rows, offices, "office", _OFFICE_FACTS)]
    for some, said, named, facts in [*pairs, (unused, offices, "office", _OFFICE_FACTS)]:
        for place, row in enumerate(some):
            with faults.gather():
                if name := row.get(named):
                    texts = {fact: _text(row, key) for key, fact in facts.items()}
                    said.note(name, texts, row.where, place if some is rows else None)
    for row in rows:
        with faults.gather():
            _check(row)
            _entry(row, Plan(""), None)
    faults.check()
    plan_of = {name: Plan(name, **plans.values(name)) for name in plans.facts}
    office_of = {name: Office(name, **offices.values(name)) for name in offices.facts}
    said_columns = {key for row in rows[:1] for key in row.values}
    return Document(
        list(plan_of.values()),
        list(office_of.values()),
        [_entry(row, plan_of[row.get("plan")], office_of.get(row.get("office"))) for row in rows],
        unsaid=frozenset(FACT_OF_COLUMN.get(key, key) for key in COLUMNS if key not in said_columns),
        doubts=(*plans.doubts(), *offices.doubts()),
        blank=frozenset((*plans.blank(), *offices.blank())),
    )
