"""What residents say of an answer: it helped, or it was wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.models import QuestionLog
from bot.redaction import mask_personal_data
from knowledge.database import Sessions, table_of
from knowledge.document import Entry
from nlp.normalise import LONGEST_QUESTION

SAID = ("good", "wrong")
_LOG = table_of(QuestionLog)


@dataclass(frozen=True, slots=True)
class Feedback:
    """`key`: the answer's; `said`: good or wrong; `meant`: what was meant instead, where it was told."""

    key: str
    said: str
    meant: str = ""


def record_feedback(session: Session, feedback: Feedback, user: str | None = None) -> bool:
    """Writes feedback beside its question, in the caller's transaction; False where there is no such answer.

    `user` is the pseudonym of who says it in a conversation: only the answer's own user may judge it. On the web, whose
    browsers need not keep a name, the key alone, which no other page shows, tells that the answer is theirs.

    Saying it again changes nothing; saying otherwise counts. A wrong answer waits for a person's review.
    """
    if not feedback.key or feedback.said not in SAID:
        return False
    theirs = _LOG.c.channel == "web" if user is None else _LOG.c.user == user
    answer = select(_LOG.c.id, _LOG.c.review, _LOG.c.question).where(_LOG.c.answer_key == feedback.key, theirs)
    row = session.execute(answer).first()
    if row is None:
        return False
    values = {"feedback": feedback.said}
    if meant := mask_personal_data(feedback.meant[:LONGEST_QUESTION]).strip():
        values["meant"] = meant
    if feedback.said == "wrong" and not row.review and row.question:
        values["review"] = "waiting"
    session.execute(update(_LOG).where(_LOG.c.id == row.id).values(**values))
    return True


def record_all(session: Session, said: Sequence[Feedback]) -> list[bool]:
    """Several at once, for a group of commits."""
    return [record_feedback(session, feedback) for feedback in said]


def find_others(sessions: Sessions, entries: Sequence[Entry], key: str) -> tuple[str, ...]:
    """Titles of the other candidates that an answer had, as questions to ask next; none where all stood below it."""
    with sessions() as session:
        row = session.execute(select(_LOG.c.candidates, _LOG.c.intent).where(_LOG.c.answer_key == key)).first()
    if row is None or row.intent == "unknown":
        return ()
    titles = {entry.id: entry.title for entry in entries}
    named = [titles[number] for number, _ in row.candidates if number in titles]
    return tuple(dict.fromkeys(named[1:] if row.intent == "initiative" else named))
