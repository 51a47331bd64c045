"""The draft: reading it whole, and bringing a document into it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.database import table_of
from knowledge.document import Document, Entry, Office, Plan, ResidentWord
from knowledge.models import EntryRow, OfficeRow, PlanRow, WordRow

_OFFICE_FACTS = ("floor", "counter", "phone", "hours")
_WRITTEN_BY_STAFF = {"explanation", "vocabulary", "examples"}
_ENTRY_FACTS = (
    "section", "title", "targets", "explanation", "vocabulary", "examples", "url", "valid_from", "valid_to",
    "owner", "source", "page", "review_on", "state", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one entry or office: what it was and what it is. `kept`: the document says `after`, but staff
    had corrected the field by hand, so that `before` stands."""

    field: str
    before: str
    after: str
    kept: bool = False


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

    def note(self, name: str, differences: list[Difference]) -> bool:
        """Files the differences of one entry or office; returns whether any of them changed it."""
        for place, rows in (
            (self.changed, [d for d in differences if not d.kept]),
            (self.kept, [d for d in differences if d.kept]),
        ):
            if rows:
                place[name] = rows
        return name in self.changed


def label(entry: Entry) -> str:
    """An entry as staff read it in a list."""
    return " / ".join(part for part in (entry.plan.title, entry.section, entry.title, entry.variant) if part)


def _entry(row: Any, plan: Plan, office: Office | None) -> Entry:
    return Entry(
        plan, row.section, row.title, office, row.source_id, tuple(row.targets), row.explanation,
        tuple(row.vocabulary), tuple(row.examples), row.url, row.valid_from, row.valid_to, row.variant,
        row.owner, row.source, row.page, row.review_on, row.state, row.note,
    )  # fmt: skip


def read_draft(session: Session) -> Document:
    """The draft as a document, in its order."""
    plans = {
        row.id: Plan(row.title, row.valid_from, row.valid_to, row.source, row.precedence)
        for row in session.scalars(select(PlanRow).order_by(PlanRow.id))
    }
    offices = {
        row.id: Office(row.name, row.floor, row.counter, row.phone, tuple(row.hours))
        for row in session.scalars(select(OfficeRow).order_by(OfficeRow.id))
    }
    # What documents said is not asked for: it is as long as the entry itself.
    columns = [column for column in table_of(EntryRow).c if column.name != "imported"]
    entries = [
        _entry(row, plans[row.plan_id], offices.get(row.office_id) if row.office_id else None)
        for row in session.execute(select(*columns).order_by(EntryRow.position, EntryRow.id))
    ]
    words = session.scalars(select(WordRow).order_by(WordRow.word, WordRow.official))
    thesaurus = [ResidentWord(row.word, row.official) for row in words]
    return Document(list(plans.values()), list(offices.values()), entries, thesaurus=thesaurus)


def _plain(value: Any) -> Any:
    """A fact as JSON keeps it."""
    if isinstance(value, (tuple, list)):
        return list(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _shown(value: Any) -> str:
    return "、".join(value) if isinstance(value, (tuple, list)) else "" if value is None else str(value)


def _merge_facts(row: Any, source: Any, facts: Sequence[str], by_hand: bool, new: bool) -> list[Difference]:
    """Brings facts into a row of the draft; returns those that differ.

    A document overwrites what an earlier document said; a field that staff wrote or changed since, or that the
    document leaves empty, stays. What staff bring in themselves (`by_hand`) is taken as it is.
    """
    differences = []
    imported = dict(row.imported or {})
    for name in facts:
        value, old = getattr(source, name), getattr(row, name)
        value = list(value) if isinstance(value, tuple) else value
        if by_hand or new:
            if new and not (by_hand and name in _WRITTEN_BY_STAFF):
                imported[name] = _plain(value)
            if value != old:
                differences.append(Difference(name, _shown(old), _shown(value)))
                setattr(row, name, value)
            continue
        if not value:
            continue
        by_staff = bool(old) and imported.get(name) != _plain(old)
        repeated = imported.get(name) == _plain(value)
        imported[name] = _plain(value)
        if value == old or (by_staff and repeated):
            continue
        differences.append(Difference(name, _shown(old), _shown(value), kept=by_staff))
        if not by_staff:
            setattr(row, name, value)
    row.imported = imported
    return differences


def _plan_rows(session: Session, document: Document, by_hand: bool) -> dict[str, PlanRow]:
    rows = {row.title: row for row in session.scalars(select(PlanRow))}
    for plan in document.plans:
        row = rows.get(plan.title)
        if row is None:
            row = rows[plan.title] = PlanRow(title=plan.title, source="", precedence=0)
            session.add(row)
        for name in ("valid_from", "valid_to", "source", "precedence"):
            value = getattr(plan, name)
            if value or by_hand:
                setattr(row, name, value)
    return rows


def _office_rows(session: Session, document: Document, by_hand: bool, changes: Changes) -> dict[str, OfficeRow]:
    rows = {row.name: row for row in session.scalars(select(OfficeRow))}
    facts = [name for name in _OFFICE_FACTS if name not in document.unsaid]
    for office in document.offices:
        row = rows.get(office.name)
        if row is None:
            row = rows[office.name] = OfficeRow(name=office.name, floor="", counter="", phone="", hours=[], imported={})
            session.add(row)
            _merge_facts(row, office, facts, by_hand, new=True)
        else:
            changes.note(office.name, _merge_facts(row, office, facts, by_hand, new=False))
    return rows


def _merge_thesaurus(session: Session, document: Document, remove_vanished: bool, changes: Changes) -> None:
    rows = {ResidentWord(row.word, row.official): row for row in session.scalars(select(WordRow))}
    for word in dict.fromkeys(document.thesaurus):
        if word not in rows:
            session.add(WordRow(word=word.word, official=word.official))
            changes.added.append(f"{word.word} → {word.official}")
    # A document without a thesaurus says nothing of residents' words.
    for word in rows.keys() - set(document.thesaurus) if document.thesaurus else ():
        changes.vanished.append(f"{word.word} → {word.official}")
        if remove_vanished:
            session.delete(rows[word])


def _offices_told_apart(document: Document) -> Document:
    """The document, where an office that has two counters or numbers is two offices, the second named with its place:
    residents of either are sent to the right one."""
    first: dict[str, Office] = {}
    named: dict[Office, Office] = {}
    for office in (*document.offices, *(entry.office for entry in document.entries if entry.office)):
        known = first.setdefault(office.name, office)
        apart = [
            fact for fact in ("floor", "counter", "phone")
            if getattr(known, fact) and getattr(office, fact) and getattr(known, fact) != getattr(office, fact)
        ]  # fmt: skip
        place = office.phone if apart == ["phone"] else office.floor + office.counter
        named[office] = replace(office, name=f"{office.name}({place})") if apart else office
    return replace(
        document,
        offices=list(dict.fromkeys(named[office] for office in document.offices))
        + [office for office in dict.fromkeys(named.values()) if office.name not in first],
        entries=[replace(entry, office=entry.office and named[entry.office]) for entry in document.entries],
    )


def merge_into_draft(
    session: Session, document: Document, by_hand: bool = False, remove_vanished: bool = False
) -> Changes:
    """Brings a document into the draft, in the caller's transaction.

    `by_hand`: the document is the knowledge base itself as staff edited it (the exchange formats), so every field of
    it counts, an emptied one too. A published document only overwrites what an earlier version of it said.
    """
    changes, document = Changes(), document.told_apart()
    document = document if by_hand else _offices_told_apart(document)
    plans = _plan_rows(session, document, by_hand)
    offices = _office_rows(session, document, by_hand, changes)
    facts = [name for name in _ENTRY_FACTS if name not in document.unsaid]
    session.flush()
    named = {plan.title for plan in document.plans}
    rows: dict[tuple[str, ...], EntryRow] = {}
    for row in session.scalars(select(EntryRow)):
        rows[_entry(row, Plan(row.plan.title), None).key] = row
    position = max((row.position for row in rows.values()), default=-1) + 1
    present = set()
    for entry in document.entries:
        present.add(entry.key)
        found = rows.get(entry.key)
        office = offices[entry.office.name] if entry.office else None
        if found is None:
            row = EntryRow(
                position=position, section=entry.section, title=entry.title, source_id=entry.source_id,
                variant=entry.variant, targets=[], explanation="", vocabulary=[], examples=[], url="",
                owner="", source="", page="", state="", note="",
                plan=plans[entry.plan.title], office=office, imported={},
            )  # fmt: skip
            position += 1
            session.add(row)
            _merge_facts(row, entry, facts, by_hand, new=True)
            changes.added.append(label(entry))
            continue
        row = found
        differences = _merge_facts(row, entry, facts, by_hand, new=False)
        if row.office is not office and (office or (by_hand and "office" not in document.unsaid)):
            before, after = (o.name if o else "" for o in (row.office, office))
            differences.append(Difference("office", before, after))
            row.office = office
        if not changes.note(label(entry), differences):
            changes.unchanged.append(label(entry))
    for key, row in rows.items():
        if key not in present and row.plan.title in named:
            changes.vanished.append(label(_entry(row, Plan(row.plan.title), None)))
            if remove_vanished:
                session.delete(row)
    _merge_thesaurus(session, document, remove_vanished, changes)
    session.flush()
    return changes
