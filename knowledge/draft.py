"""The draft, read whole."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.database import table_of
from knowledge.document import Document, Entry, Office, Plan, ResidentWord
from knowledge.models import EntryRow, OfficeRow, PlanRow, WordRow


def label(entry: Entry) -> str:
    """An entry as staff read it in a list."""
    return " / ".join(part for part in (entry.plan.title, entry.section, entry.title, entry.variant) if part)


def entry_of(row: Any, plan: Plan, office: Office | None) -> Entry:
    """A row of the draft as a value, with the plan and office given."""
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
        entry_of(row, plans[row.plan_id], offices.get(row.office_id) if row.office_id else None)
        for row in session.execute(select(*columns).order_by(EntryRow.position, EntryRow.id))
    ]
    words = session.scalars(select(WordRow).order_by(WordRow.word, WordRow.official))
    thesaurus = [ResidentWord(row.word, row.official) for row in words]
    return Document(list(plans.values()), list(offices.values()), entries, thesaurus=thesaurus)
