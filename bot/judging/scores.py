"""Right, wrong and declined, each for itself: of judged samples, of residents' feedback, and of known questions."""

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.conversation import Conversation
from bot.judging.models import JudgedSample, ReleaseScore
from bot.judging.samples import DECLINED_RIGHTLY, DECLINED_WRONGLY, OUTSIDE, RIGHT, VERDICTS, WRONG, right_entry
from bot.models import QuestionLog
from bot.record.models import Figure
from intents.decision import Decision
from knowledge.database import Sessions, begin_writing, table_of
from knowledge.publishing.questions import draft_entries, list_questions

JUDGED, TESTS = "judged", "tests"
_LOG = table_of(QuestionLog).c
_SURE = 1.96  # of the normal distribution: 95%


@dataclass(frozen=True, slots=True)
class Known:
    """A question and what must come of it: an entry by its id, another answer (`intent` and `office`), or, where all
    are empty, none."""

    question: str
    entry: str = ""
    intent: str = ""
    office: str = ""

    def verdict(self, decision: Decision) -> str:
        """What is to be said of what was decided."""
        expected = bool(self.entry or self.intent)
        if not decision.answered:
            return DECLINED_WRONGLY if expected else DECLINED_RIGHTLY
        if self.entry:
            first = decision.matches[0].entry.id if decision.intent == "initiative" else ""
            return RIGHT if first == self.entry else WRONG
        office = decision.office.name if decision.office else ""
        same = decision.intent == self.intent and self.office in ("", office)
        return RIGHT if expected and same else WRONG


@dataclass(frozen=True, slots=True)
class Tally:
    """Verdicts of one release, or of all that was asked for (`release` 0)."""

    release: int
    counts: Counter[str]

    @property
    def total(self) -> int:
        return self.counts.total()

    def share(self, verdict: str) -> float:
        return self.counts[verdict] / self.total if self.total else 0.0

    def range_of(self, verdict: str) -> tuple[float, float]:
        """Where a verdict's true share lies with 95% (Wilson's interval)."""
        if not (n := self.total):
            return 0.0, 1.0
        share, square = self.share(verdict), _SURE**2
        middle = (share + square / (2 * n)) / (1 + square / n)
        half = _SURE * math.sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Said:
    """What residents said of a release's answers; `asked`: how many questions it had."""

    release: int
    asked: int
    good: int
    wrong: int


def tally_samples(session: Session, since: date | None = None, until: date | None = None) -> list[Tally]:
    """Verdicts by release, the newest first, of questions asked from `since` to `until`."""
    query = select(JudgedSample.release, JudgedSample.verdict, func.count()).where(JudgedSample.verdict != "")
    if since:
        query = query.where(JudgedSample.asked_at >= datetime.combine(since, time.min))
    if until:
        query = query.where(JudgedSample.asked_at < datetime.combine(until + timedelta(days=1), time.min))
    found: dict[int, Counter[str]] = {}
    for release, verdict, count in session.execute(query.group_by(JudgedSample.release, JudgedSample.verdict)):
        found.setdefault(release, Counter())[verdict] += count
    return [Tally(release, found[release]) for release in sorted(found, reverse=True)]


def whole(tallies: Sequence[Tally]) -> Tally:
    """All of them together."""
    return Tally(0, sum((tally.counts for tally in tallies), Counter()))


def tally_feedback(session: Session) -> list[Said]:
    """What residents said, by release, the newest first."""
    said: dict[int, Counter[str]] = {}
    query = select(_LOG.release, _LOG.feedback, func.count()).where(_LOG.feedback.in_(("good", "wrong")))
    for release, feedback, count in session.execute(query.group_by(_LOG.release, _LOG.feedback)):
        said.setdefault(release, Counter())[feedback] += count
    figures = select(Figure.value, func.sum(Figure.count)).where(Figure.unit == "month", Figure.kind == "release")
    asked = {int(release): count for release, count in session.execute(figures.group_by(Figure.value))}
    releases = sorted({*said, *asked}, reverse=True)
    nothing: Counter[str] = Counter()
    return [
        Said(n, asked.get(n, 0), said.get(n, nothing)["good"], said.get(n, nothing)["wrong"]) for n in releases if n
    ]


def known_of_samples(session: Session) -> list[Known]:
    """The judged samples whose right answer is known."""
    known = []
    for sample in session.scalars(select(JudgedSample).where(JudgedSample.verdict != "").order_by(JudgedSample.id)):
        right = right_entry(sample)
        if right is not None:
            known.append(Known(sample.question, right))
        elif sample.verdict == RIGHT:
            known.append(Known(sample.question, "", sample.intent, sample.office))
    return known


def known_of_tests(session: Session) -> list[Known]:
    """The staff's test questions whose entry is in the draft."""
    entries, known = draft_entries(session), []
    for question in list_questions(session):
        if question.entry is None:
            known.append(Known(question.question))
        elif question.entry in entries:
            known.append(Known(question.question, entries[question.entry].id))
    return known


def _basis(session: Session, kind: str) -> str:
    """Changes when a set of known questions does."""
    if kind == TESTS:
        return str(hash_of(known_of_tests(session)))
    newest = select(func.count(), func.max(JudgedSample.at)).where(JudgedSample.verdict != "")
    return " ".join(map(str, session.execute(newest).one()))


def hash_of(known: Sequence[Known]) -> str:
    """A name for a set of known questions."""
    return hashlib.sha256(repr(known).encode()).hexdigest()[:16]


def score_live(sessions: Sessions, conversation: Conversation, most: int | None = None) -> None:
    """Asks the live release every known question whose set has changed since, and keeps what came of it; a set of more
    than `most` is left to the next call without a limit."""
    snapshot = conversation.live.get()
    for kind, read in ((JUDGED, known_of_samples), (TESTS, known_of_tests)):
        with sessions() as session:
            basis, kept = _basis(session, kind), session.get(ReleaseScore, (snapshot.release, kind))
            if kept and kept.basis == basis:
                continue
            known = read(session)
        if most is not None and len(known) > most:
            continue
        counts = Counter(one.verdict(conversation.answer(one.question, 1).decision) for one in known)
        score: dict[str, Any] = {verdict: counts[verdict] for verdict in VERDICTS if verdict != OUTSIDE}
        now = conversation.clock().replace(tzinfo=None)
        with sessions() as session:
            begin_writing(session)
            session.merge(ReleaseScore(release=snapshot.release, kind=kind, basis=basis, at=now, **score))
            session.commit()


def list_scores(session: Session, kind: str) -> list[Tally]:
    """What each release made of the known questions, the newest first."""
    query = select(ReleaseScore).where(ReleaseScore.kind == kind).order_by(ReleaseScore.release.desc())
    return [
        Tally(row.release, Counter({RIGHT: row.right, WRONG: row.wrong, DECLINED_RIGHTLY: row.declined_rightly,
                                    DECLINED_WRONGLY: row.declined_wrongly}))
        for row in session.scalars(query.limit(24))
    ]  # fmt: skip
