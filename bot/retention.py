"""How long what residents wrote is kept: the texts for months, the figures for years."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import ColumnElement, Delete, Select, Update, delete, func, select, update
from sqlalchemy.orm import Session

from bot.alarms.models import Alarm, Sending
from bot.judging.models import JudgedSample
from bot.memory import give_back
from bot.models import Chore, InboxEvent, QuestionLog
from bot.record.following import follow_log
from bot.record.models import Figure, LogPosting
from bot.record.postings import BLOCK, forget_words
from bot.review.meanings import MeaningAsked
from bot.review.models import ClusterWording, QuestionCluster
from knowledge.database import Sessions, begin_writing, table_of
from knowledge.jobs import forget_jobs

log = structlog.get_logger()
_LOOK_EVERY = 5  # seconds
_TRY_AGAIN = 600  # seconds after a run that failed
_PUT_OFF = 300  # seconds for which chores are put off at most
_AT_ONCE = 500  # rows in one transaction, so that residents' messages never wait long
_BETWEEN = 0.02  # seconds between transactions, in which others write
_STEADY_EVERY, _STEADY_FOR = 1.0, 0.04  # seconds: how often, and for how much computing, while residents write


@dataclass(frozen=True, slots=True)
class Retention:
    """Days that are kept: `texts` of questions, `figures` (whole rows), `inbox` (ended events)."""

    texts: int
    figures: int
    inbox: int


@dataclass(frozen=True, slots=True)
class Removed:
    """What one run removed: emptied texts, rows of the log, events of the inbox."""

    texts: int
    rows: int
    events: int


def remove_outdated(sessions: Sessions, kept: Retention, now: datetime) -> Removed:
    """Empties texts and deletes rows that were kept long enough. Running it again at once removes nothing."""
    follow_log(sessions, now)  # before rows go
    today = now.replace(tzinfo=None)
    log, inbox = table_of(QuestionLog).c, table_of(InboxEvent).c
    old_texts = select(log.id).where(log.asked_at < today - timedelta(days=kept.texts), log.question != "")
    emptied = update(QuestionLog).values(question="", meant="", review="")
    texts = _in_batches(sessions, old_texts, emptied, log.id, forget_words)
    old_rows = select(log.id).where(log.asked_at < today - timedelta(days=kept.figures))
    rows = _in_batches(sessions, old_rows, delete(QuestionLog), log.id)
    _forget_figures(sessions, today.date() - timedelta(days=kept.figures))
    with sessions() as session:
        begin_writing(session)
        last = today - timedelta(days=kept.figures)
        old_alarms = select(Alarm.id).where(Alarm.last_at < last)
        session.execute(delete(Sending).where(Sending.alarm_id.in_(old_alarms)))
        session.execute(delete(Alarm).where(Alarm.last_at < last))
        session.execute(delete(MeaningAsked).where(MeaningAsked.at < today - timedelta(days=1)))
        forget_jobs(session, today)
        session.commit()
    before = int((now - timedelta(days=kept.inbox)).timestamp() * 1000)
    old_events = select(inbox.id).where(inbox.state.in_(("done", "dead")), inbox.received_at < before)
    events = _in_batches(sessions, old_events, delete(InboxEvent), inbox.id)
    with sessions() as session:
        begin_writing(session)
        old = JudgedSample.asked_at < today - timedelta(days=kept.texts)
        session.execute(delete(JudgedSample).where(JudgedSample.verdict == "", old))
        session.commit()
    _forget_wordings(sessions, today - timedelta(days=kept.texts))
    return Removed(texts, rows, events)


def _in_batches(
    sessions: Sessions,
    query: Select[tuple[int]],
    change: Update | Delete,
    key: ColumnElement[int],
    beside: Callable[[Session, Sequence[int]], None] | None = None,
) -> int:
    """Changes the rows that a query names and does what goes with it, some at a time; returns how many."""
    changed, last = 0, 0
    while True:
        with sessions() as session:  # nobody waits for the looking, which may go through the whole table
            numbers: list[int] = list(session.scalars(query.where(key > last).order_by(key).limit(_AT_ONCE)))
        if not numbers:
            return changed
        with sessions() as session:
            begin_writing(session)
            still: list[int] = list(session.scalars(query.where(key.in_(numbers))))
            session.execute(change.where(key.in_(still)))
            if beside:
                beside(session, still)
            session.commit()
        changed, last = changed + len(still), numbers[-1]
        time.sleep(_BETWEEN)


def _forget_figures(sessions: Sessions, before: date) -> None:
    """Figures go by days, of months when the whole month is old; postings with the last row of their block."""
    with sessions() as session:
        begin_writing(session)
        session.execute(delete(Figure).where(Figure.unit == "day", Figure.day < before))
        session.execute(delete(Figure).where(Figure.unit == "month", Figure.day < before.replace(day=1)))
        first = session.scalar(select(func.min(QuestionLog.id)))
        if first is not None:
            session.execute(delete(LogPosting).where(LogPosting.block < first // BLOCK))
        session.commit()


def _forget_wordings(sessions: Sessions, before: datetime) -> None:
    """Open clusters that nobody asked for any more go; decided ones stay, masked, so that the decision holds."""
    with sessions() as session:
        begin_writing(session)
        undecided = QuestionCluster.state.in_(("open", "merged"))
        old = select(QuestionCluster.id).where(undecided, QuestionCluster.last_at < before)
        numbers = list(session.scalars(old))
        for start in range(0, len(numbers), 500):
            some = numbers[start : start + 500]
            session.execute(update(QuestionLog).where(QuestionLog.cluster_id.in_(some)).values(cluster_id=None))
            session.execute(delete(ClusterWording).where(ClusterWording.cluster_id.in_(some)))
            session.execute(delete(QuestionCluster).where(QuestionCluster.id.in_(some)))
        session.commit()


_CHORE = "retention"


def claim_day(sessions: Sessions, now: datetime) -> datetime | None:
    """When the run before was, if this process is the one that does today's: the first to ask, in whatever process."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    with sessions() as session:
        begin_writing(session)
        last = session.scalar(select(Chore.ran_at).where(Chore.name == _CHORE))
        taken = update(Chore).where(Chore.name == _CHORE, Chore.ran_at < today).values(ran_at=now.replace(tzinfo=None))
        won = bool(session.execute(taken).rowcount)  # type: ignore[attr-defined]
        session.commit()
    return last if won else None


def _give_day_back(sessions: Sessions, last: datetime) -> None:
    """After a run that failed: the last one was that before it, and whoever asks next does today's."""
    with sessions() as session:
        begin_writing(session)
        session.execute(update(Chore).where(Chore.name == _CHORE).values(ran_at=last))
        session.commit()


def read_last_run(session: Session) -> datetime | None:
    """When outdated texts were last removed; None where they never were."""
    last = session.scalar(select(func.max(Chore.ran_at)).where(Chore.name == _CHORE))
    return last if last and last.year > 1970 else None


def _do(chore: Callable[[], object]) -> None:
    try:
        chore()
    except Exception as error:
        log.error("chore_not_done", error=type(error).__name__)


class DailyRemoval:
    """Follows the log every few seconds, does the chores that it is given, and removes what is outdated once a day, in
    whichever process is first. While residents write (`busy`) all that waits, for minutes, but `steady` chores: each is
    told for how many seconds it may compute."""

    def __init__(
        self,
        sessions: Sessions,
        kept: Retention,
        clock: Callable[[], datetime],
        chores: Sequence[Callable[[], object]] = (),
        steady: Sequence[Callable[[float], object]] = (),
        busy: Callable[[], bool] = lambda: False,
    ) -> None:
        self._sessions, self._kept, self._clock, self._chores = sessions, kept, clock, chores
        self._steady, self._busy = steady, busy
        self._not_before = 0.0
        self._thread = threading.Thread(target=self._run, name="retention", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def run_if_due(self) -> Removed | None:
        """Today's run, where no process has begun it. One that fails is tried again after a while."""
        now = self._clock()
        if time.monotonic() < self._not_before or (last := claim_day(self._sessions, now)) is None:
            return None
        try:
            return remove_outdated(self._sessions, self._kept, now)
        except BaseException:
            self._not_before = time.monotonic() + _TRY_AGAIN
            _give_day_back(self._sessions, last)
            raise

    def _let_residents_first(self) -> None:
        """Waits until this process has answered those who wait, but not for ever, and does steady chores meanwhile."""
        until = time.monotonic() + _PUT_OFF
        while self._busy() and time.monotonic() < until:
            for chore in self._steady:
                _do(partial(chore, _STEADY_FOR))
            time.sleep(_STEADY_EVERY)

    def _run(self) -> None:
        while True:  # at once first: what the chores read is then ready before many residents write
            self._let_residents_first()
            for chore in (lambda: follow_log(self._sessions, self._clock()), *self._chores, give_back):
                _do(chore)
            try:
                if removed := self.run_if_due():
                    log.info("outdated_removed", texts=removed.texts, rows=removed.rows, events=removed.events)
            except Exception as error:
                log.error("outdated_not_removed", error=type(error).__name__)
            time.sleep(_LOOK_EVERY)
