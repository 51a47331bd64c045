"""A random sample of each week's questions, for people to judge."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from bot.judging.models import JudgedSample
from bot.models import QuestionLog
from bot.record.terms import entry_of_row
from knowledge import KnowledgeError
from knowledge.database import table_of
from knowledge.publishing.identity import rows_by_id
from knowledge.publishing.models import TestQuestion
from knowledge.publishing.questions import draft_entries, save_question

SIZE = 30  # questions a week
RIGHT, WRONG, DECLINED_RIGHTLY, DECLINED_WRONGLY, OUTSIDE = (
    "right", "wrong", "declined_rightly", "declined_wrongly", "outside",
)  # fmt: skip
VERDICTS = {
    RIGHT: "正しく答えた",
    WRONG: "間違えて答えた",
    DECLINED_RIGHTLY: "断ってよかった",
    DECLINED_WRONGLY: "断るべきでなかった",
    OUTSIDE: "対象外",
}
# What can be said of an answer, and of none, in the order of the keys.
OF_ANSWERED, OF_DECLINED = (RIGHT, WRONG, OUTSIDE), (DECLINED_RIGHTLY, DECLINED_WRONGLY, OUTSIDE)
_SMALL_TALK = ("greeting", "thanks", "help")
_TRIED_AT_ONCE, _TRIES = 300, 20
_LOG = table_of(QuestionLog)


@dataclass(frozen=True, slots=True)
class WeekOfSamples:
    """How far a week's sample is judged."""

    week: date
    count: int
    judged: int


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def draw_sample(session: Session, week: date, size: int = SIZE) -> int:
    """Draws questions of the week that begins on `week`, in the caller's transaction, so that it has up to `size`;
    returns how many were drawn. Small talk is not drawn, nor what has no text any more."""
    have = session.scalar(select(func.count()).where(JudgedSample.week == week)) or 0
    first = datetime.combine(week, time.min)
    within = (_LOG.c.asked_at >= first, _LOG.c.asked_at < first + timedelta(days=7))
    lowest, highest = session.execute(select(func.min(_LOG.c.id), func.max(_LOG.c.id)).where(*within)).one()
    if lowest is None or have >= size:
        return 0
    drawn: dict[int, QuestionLog] = {}
    known = set(session.scalars(select(JudgedSample.log_id).where(JudgedSample.log_id.between(lowest, highest))))
    chance = secrets.SystemRandom()
    few = highest - lowest < _TRIED_AT_ONCE
    for _ in range(1 if few else _TRIES):
        tried = range(lowest, highest + 1) if few else chance.sample(range(lowest, highest + 1), _TRIED_AT_ONCE)
        query = select(QuestionLog).where(
            QuestionLog.id.in_(set(tried) - known), QuestionLog.question != "",
            QuestionLog.intent.not_in(_SMALL_TALK), *within,
        )  # fmt: skip
        drawn.update({row.id: row for row in session.scalars(query)})
        if len(drawn) >= size - have:
            break
    rows = chance.sample(sorted(drawn.values(), key=lambda row: row.id), min(len(drawn), size - have))
    session.add_all(
        JudgedSample(
            week=week, log_id=row.id, asked_at=row.asked_at, question=row.question, intent=row.intent,
            answered=row.answered, entry=entry_of_row(row), office=row.office, release=row.release,
        )
        for row in rows
    )  # fmt: skip
    session.flush()
    return len(rows)


def list_weeks(session: Session) -> list[WeekOfSamples]:
    """The weeks that were sampled, the newest first."""
    judged = func.sum(case((JudgedSample.verdict != "", 1), else_=0))
    query = select(JudgedSample.week, func.count(), judged).group_by(JudgedSample.week)
    rows = session.execute(query.order_by(JudgedSample.week.desc()).limit(60))
    return [WeekOfSamples(week, count, number) for week, count, number in rows]


def list_samples(session: Session, week: date) -> Sequence[JudgedSample]:
    """A week's sample."""
    return session.scalars(select(JudgedSample).where(JudgedSample.week == week).order_by(JudgedSample.id)).all()


def next_unjudged(session: Session, behind: int = 0) -> int | None:
    """The next sample without a verdict after one with an id, then from the beginning."""
    query = select(JudgedSample.id).where(JudgedSample.verdict == "").order_by(JudgedSample.id).limit(1)
    return session.scalar(query.where(JudgedSample.id > behind)) or session.scalar(query)


def _sample(session: Session, number: int) -> JudgedSample:
    sample = session.get(JudgedSample, number)
    if sample is None:
        raise KnowledgeError("この質問は見本にありません。一覧から選び直してください。")
    return sample


def judge_sample(session: Session, number: int, verdict: str, meant: str, who: str, now: datetime) -> JudgedSample:
    """Records a verdict in the caller's transaction; a later one takes its place.

    `meant`: the id of the entry that would have been right, where that was told. Raises KnowledgeError for a verdict
    that does not go with what was answered.
    """
    sample = _sample(session, number)
    if verdict not in (OF_ANSWERED if sample.answered else OF_DECLINED):
        raise KnowledgeError("判定を選んでください。")
    if verdict == WRONG and meant and meant == sample.entry:
        raise KnowledgeError("間違えて答えた取組と、正しい取組が同じです。どちらかを選び直してください。")
    sample.verdict, sample.meant = verdict, meant if verdict in (WRONG, DECLINED_WRONGLY) else ""
    sample.who, sample.at = who, now.replace(tzinfo=None)
    session.flush()
    return sample


def right_entry(sample: JudgedSample) -> str | None:
    """The id of the entry that is right for a judged sample; empty where nothing should be answered; None where nobody
    knows, or where the right answer is no entry."""
    if sample.verdict in (DECLINED_RIGHTLY, OUTSIDE):
        return ""
    return (sample.entry if sample.verdict == RIGHT else sample.meant) or None


def keep_as_test(session: Session, number: int, who: str, now: datetime) -> TestQuestion:
    """Makes a judged sample one of the staff's test questions, in the caller's transaction.

    Raises KnowledgeError where it is not known what must come of it, and what `save_question` raises.
    """
    sample = _sample(session, number)
    right = right_entry(sample)
    if right is None:
        raise KnowledgeError("正しい取組が分かりません。正しい取組を選んで判定すると、テスト質問にできます。")
    rows = rows_by_id(session)
    if right and rows.get(right) not in draft_entries(session):
        raise KnowledgeError("正しい取組は下書きにありません。判定をし直してください。")
    return save_question(session, sample.question, rows.get(right), who, now)
