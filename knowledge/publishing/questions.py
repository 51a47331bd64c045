"""Staff's own test questions: what must come first, or that nothing must be answered."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import KnowledgeError
from knowledge.document import Entry, Plan
from knowledge.draft import entry_of, label
from knowledge.models import EntryRow, PlanRow
from knowledge.publishing.models import TestQuestion

_LONGEST = 500  # characters


def list_questions(session: Session) -> list[TestQuestion]:
    """All of them, in the order in which they were written."""
    return list(session.scalars(select(TestQuestion).order_by(TestQuestion.id)))


def draft_entries(session: Session) -> dict[int, Entry]:
    """The draft's entries by their rows' ids, in its order: what names them, and no more."""
    columns = (EntryRow.id, PlanRow.title.label("plan"), EntryRow.section, EntryRow.title, EntryRow.source_id)
    query = select(*columns, EntryRow.variant).join(PlanRow, EntryRow.plan_id == PlanRow.id)
    rows = session.execute(query.order_by(EntryRow.position, EntryRow.id))
    return {
        row.id: Entry(Plan(row.plan), row.section, row.title, None, row.source_id, variant=row.variant) for row in rows
    }


def save_question(
    session: Session, text: str, entry: int | None, who: str, now: datetime, number: int | None = None
) -> TestQuestion:
    """Adds a test question, or changes the one with a number, in the caller's transaction.

    `entry`: the id of the draft's row that must come first; None where nothing must be answered. Raises
    KnowledgeError for an empty or too long question, one that is there already, and an entry that is not.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        raise KnowledgeError(f"質問は 1 文字から {_LONGEST} 文字までで書いてください。")
    twin = session.scalar(select(TestQuestion).where(TestQuestion.question == text))
    if twin is not None and twin.id != number:
        raise KnowledgeError(f"「{text}」はもうあります。前のものを直すか、ちがう言い方にしてください。")
    row = session.get(EntryRow, entry) if entry is not None else None
    if entry is not None and row is None:
        raise KnowledgeError("選ばれた取組は下書きにありません。選び直してください。")
    question = session.get(TestQuestion, number) if number is not None else TestQuestion()
    if question is None:
        raise KnowledgeError("この質問はもうありません。新しく書いてください。")
    question.question, question.entry, question.who, question.at = text, entry, who, now.replace(tzinfo=None)
    question.expected = label(entry_of(row, Plan(row.plan.title), None)) if row else ""
    session.add(question)
    session.flush()
    return question


def remove_question(session: Session, number: int) -> None:
    """Removes a test question; one that is not there any more is no error."""
    if (question := session.get(TestQuestion, number)) is not None:
        session.delete(question)
        session.flush()
