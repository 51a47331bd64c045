"""Everything that is known of a draft before it is published."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversation import Conversation
from bot.draft_check.trial import DraftSnapshots, answering_from
from bot.events import Reply
from bot.models import QuestionLog
from knowledge.database import Sessions
from knowledge.document import Document, Entry
from knowledge.draft import label, read_draft
from knowledge.merging.steps import Difference
from knowledge.publishing.difference import Edit, compare_documents
from knowledge.publishing.identity import rows_by_id
from knowledge.publishing.models import TestQuestion
from knowledge.publishing.questions import draft_entries, list_questions
from knowledge.publishing.rules import ERROR, WARNING, Problem, find_problems, some
from knowledge.releases import live_number, read_release
from knowledge.snapshot import Snapshot
from nlp.normalise import normalise

_MOST_TEXTS = 5000  # titles and example questions that are all asked
REAL_QUESTIONS = 200  # of the log, answered by both
Report = Callable[[str, int, int], None]  # what is being done, how much of it, of how much


@dataclass(frozen=True, slots=True)
class Altered:
    """A real question whose answer would change: what residents get now, and what they would get."""

    question: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Review:
    """`edits` make the live release the draft. `asked`: how many real questions both answered; `tested`: how many test
    questions there are."""

    edits: tuple[Edit, ...]
    problems: tuple[Problem, ...]
    altered: tuple[Altered, ...]
    asked: int
    tested: int

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.level == ERROR)

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @staticmethod
    def from_json(text: str) -> "Review":
        raw = json.loads(text)
        problems = tuple(Problem(**row) for row in raw["problems"])
        altered = tuple(Altered(**row) for row in raw["altered"])
        return Review(tuple(map(_edit, raw["edits"])), problems, altered, raw["asked"], raw["tested"])


def _edit(raw: dict[str, Any]) -> Edit:
    return Edit(**{**raw, "differences": tuple(Difference(**row) for row in raw["differences"])})


def outcome(reply: Reply) -> str:
    """What a resident gets, in one line: the entry and office, or what else is said."""
    decision = reply.decision
    office = decision.office
    place = " ".join(p for p in (office.name, office.floor, office.counter, office.phone) if p) if office else ""
    if decision.intent == "initiative":
        return " → ".join(part for part in (label(decision.matches[0].entry), place) if part)
    return "答えられない（総合窓口を案内）" if not decision.answered else place or reply.text.splitlines()[0]


def _failures(
    questions: Sequence[TestQuestion], entries: dict[int, Entry], conversation: Conversation
) -> Iterator[Problem]:
    for question in questions:
        reply = conversation.answer(question.question)
        decision = reply.decision
        first = decision.matches[0].entry if decision.intent == "initiative" else None
        said = f"テスト質問「{question.question}」: "
        if question.entry is None:
            if first is not None:
                yield Problem(ERROR, f"{said}答えてはいけないのに「{first.title}」と答えます。", question.id)
            continue
        wanted = entries.get(question.entry)
        if wanted is None:
            yield Problem(ERROR, f"{said}「{question.expected}」が下書きにありません。", question.id)
        elif first is None or first.id != wanted.id:
            yield Problem(ERROR, f"{said}「{wanted.title}」が先に出ず、「{outcome(reply)}」になります。", question.id)


def check_test_questions(session: Session, conversation: Conversation, draft: Snapshot) -> list[Problem]:
    """The test questions that the draft fails."""
    trial = answering_from(conversation, draft)
    return list(_failures(list_questions(session), draft_entries(session), trial))


def _shadows(draft: Snapshot, edited: set[str], today: date, report: Report) -> Iterator[Problem]:
    """Entries whose own title or example question leads to another entry first.

    In a large draft, of the entries that were not edited (by label) only the titles are asked: a correction must not
    wait for tens of thousands of questions.
    """
    found = []
    all_of_them = sum(1 + len(entry.examples) for entry in draft.entries) <= _MOST_TEXTS
    for number, entry in enumerate(draft.entries):
        report("取組どうしの重なりを調べています", number, len(draft.entries))
        if entry.expired(today):  # a valid one may well come before it
            continue
        lost: dict[str, list[str]] = {}
        asked = entry.examples if all_of_them or label(entry) in edited else ()
        for text in (entry.title, *asked):
            best = draft.find(normalise(text), today, 1)
            if best and best[0].entry.id != entry.id and best[0].entry.title != entry.title:
                lost.setdefault(best[0].entry.title, []).append(text)
        for title, texts in lost.items():
            others = f"など {len(texts)} 件" if len(texts) > 1 else ""
            found.append(Problem(WARNING, f"「{entry.title}」の「{texts[0]}」{others}では、「{title}」が先に出ます。"))
    yield from some(found)


def _real_questions(session: Session) -> list[str]:
    """The last real questions, each once, newest first."""
    query = select(QuestionLog.question).where(QuestionLog.question != "").order_by(QuestionLog.id.desc())
    return list(dict.fromkeys(session.scalars(query.limit(2 * REAL_QUESTIONS))))[:REAL_QUESTIONS]


def _altered(questions: Sequence[str], live: Conversation, trial: Conversation, report: Report) -> Iterator[Altered]:
    for number, question in enumerate(questions):
        report("住民の質問で比べています", number, len(questions))
        before, after = outcome(live.answer(question)), outcome(trial.answer(question))
        if before != after:
            yield Altered(question, before, after)


def review_draft(sessions: Sessions, conversation: Conversation, drafts: DraftSnapshots, report: Report) -> Review:
    """Reviews the draft as it stands; writes nothing."""

    report("公開版とくらべています", 0, 0)
    with sessions() as session:
        number = live_number(session)
        document = read_draft(session)
        published = read_release(session, number) if number else Document()
        edits = tuple(compare_documents(published, document, rows_by_id(session)))
    if not edits:
        return Review((), (), (), 0, 0)

    def indexed(done: int, total: int) -> None:
        report("下書きの索引を作っています", done, total)

    _, draft = drafts.get(indexed)
    today = conversation.clock().date()
    with sessions() as session:
        questions = list_questions(session)
        report("テスト質問で調べています", 0, len(questions))
        problems = [*check_test_questions(session, conversation, draft), *find_problems(document, today)]
        asked = _real_questions(session) if number else []
    problems += _shadows(draft, {edit.label for edit in edits if edit.what == "entry"}, today, report)
    live = answering_from(conversation, conversation.live.get())  # without notices, as the draft
    altered = list(_altered(asked, live, answering_from(conversation, draft), report))
    problems.sort(key=lambda problem: problem.level != ERROR)
    return Review(edits, tuple(problems), tuple(altered), len(asked), len(questions))
