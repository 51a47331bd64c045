"""The draft: reading it whole, and bringing a document into it."""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.document import Document, Entry, Office, Plan
from knowledge.models import EntryRow, OfficeRow, PlanRow


@dataclass(slots=True)
class Changes:
    """What bringing a document into the draft did, as 計画 / 節 / 題 of each entry."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


def _label(entry: Entry) -> str:
    return " / ".join(part for part in (entry.plan.title, entry.section, entry.title) if part)


def read_draft(session: Session) -> Document:
    """The draft as a document, in its order."""
    plans = {
        row.id: Plan(row.title, row.valid_from, row.valid_to, row.source, row.precedence)
        for row in session.scalars(select(PlanRow).order_by(PlanRow.id))
    }
    offices = {
        row.id: Office(row.name, row.floor, row.counter, row.phone)
        for row in session.scalars(select(OfficeRow).order_by(OfficeRow.id))
    }
    entries = [
        Entry(
            plans[row.plan_id],
            row.section,
            row.title,
            offices.get(row.office_id) if row.office_id else None,
            row.source_id,
            tuple(row.targets),
            row.explanation,
            tuple(row.vocabulary),
            tuple(row.examples),
            row.url,
            row.valid_from,
            row.valid_to,
        )
        for row in session.scalars(select(EntryRow).order_by(EntryRow.position, EntryRow.id))
    ]
    return Document(list(plans.values()), list(offices.values()), entries)


def _plan_row(session: Session, plan: Plan) -> PlanRow:
    row = session.scalar(select(PlanRow).where(PlanRow.title == plan.title))
    if row is None:
        row = PlanRow(title=plan.title)
        session.add(row)
    row.valid_from, row.valid_to = plan.valid_from or row.valid_from, plan.valid_to or row.valid_to
    row.source = plan.source or row.source
    row.precedence = plan.precedence or row.precedence or 0
    session.flush()
    return row


def _office_row(session: Session, office: Office) -> OfficeRow:
    row = session.scalar(select(OfficeRow).where(OfficeRow.name == office.name))
    if row is None:
        row = OfficeRow(name=office.name)
        session.add(row)
    for key in ("floor", "counter", "phone"):
        setattr(row, key, getattr(office, key) or getattr(row, key) or "")
    session.flush()
    return row


def merge_into_draft(session: Session, document: Document) -> Changes:
    """Brings a document into the draft, in the caller's transaction.

    A document's facts replace the draft's. What it leaves empty (explanation, vocabulary, examples of a page
    that has none) stays as staff wrote it, so importing a page again never erases their work.
    """
    changes = Changes()
    before = {entry.id: entry for entry in read_draft(session).entries}
    rows = {(row.plan.title, row.section, row.title, row.source_id): row for row in session.scalars(select(EntryRow))}
    plans = {plan.title: _plan_row(session, plan) for plan in document.plans}
    offices = {office.name: _office_row(session, office) for office in document.offices}
    for entry in document.entries:
        row = rows.get((entry.plan.title, entry.section, entry.title, entry.source_id))
        if row is None:
            row = EntryRow(
                position=len(rows), section=entry.section, title=entry.title, source_id=entry.source_id,
                targets=[], explanation="", vocabulary=[], examples=[], url="",
            )  # fmt: skip
            rows[entry.plan.title, entry.section, entry.title, entry.source_id] = row
            session.add(row)
        row.plan = plans[entry.plan.title]
        row.office = offices[entry.office.name] if entry.office else row.office
        for key in ("explanation", "url", "valid_from", "valid_to"):
            setattr(row, key, getattr(entry, key) or getattr(row, key))
        for key in ("targets", "vocabulary", "examples"):
            setattr(row, key, list(getattr(entry, key)) or getattr(row, key))
    session.flush()
    after = {entry.id: entry for entry in read_draft(session).entries}
    for entry in document.entries:
        old = before.get(entry.id)
        place = changes.added if old is None else changes.unchanged if old == after[entry.id] else changes.changed
        place.append(_label(entry))
    return changes
