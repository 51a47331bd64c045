"""New questions find their cluster at once; then all that nobody decided on are looked at together."""

import math
import threading
import time
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot.models import QuestionLog
from bot.review.clusters import Clusters
from bot.review.grouping import group_wordings
from bot.review.likeness import Reader, core_of
from bot.review.merging import bring_together, find_cluster, list_undecided
from bot.review.models import ClusterWording, QuestionCluster
from bot.review.rephrasing import mark_rephrased
from knowledge.database import Sessions, begin_writing
from knowledge.live import LiveSnapshot
from knowledge.snapshot import Snapshot, outside_topics

_AT_ONCE, _FEW_AT_ONCE = 25, 4  # questions in one transaction, and while residents write: their messages wait for it
_STEPS = 5  # of looking for questions asked again: after an upgrade there may be a million, and residents write
_BETWEEN = 0.02  # seconds between transactions, in which others write
_FEW = 40  # questions and wordings that a page waits for: about 100 ms
_MOMENT = 0.2  # seconds
_BUSY_SHARE = 20  # while residents write, what came waits until it is a twentieth of what is looked at together
_LOCK = 7_001  # PostgreSQL's advisory lock of whoever files


def make_reader(snapshot: Snapshot) -> Reader:
    """A reader that knows how often words are said, from the release's own examples and the topics outside of it."""
    background = [q for _, examples in outside_topics() for q in examples]
    background += [q for entry in snapshot.entries for q in entry.examples]
    return Reader(background)


def keep_others_from_filing(session: Session) -> None:
    """Begins a transaction that files, or moves what was filed: one at a time does."""
    begin_writing(session)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


class Filer:
    """Files what waits in the log. Any number of processes may: one at a time does."""

    def __init__(self, sessions: Sessions, live: LiveSnapshot) -> None:
        self._sessions, self._live = sessions, live
        self._lock = threading.Lock()
        self._clusters: Clusters | None = None
        self._release = self._last = 0
        self._grouped = self._together = 0  # wordings there were, and that were looked at together, the last time

    def _current(self) -> Clusters:
        snapshot = self._live.get()
        if self._clusters is None or self._release != snapshot.release:
            self._clusters, self._release, self._last = Clusters(make_reader(snapshot)), snapshot.release, 0
            self._grouped = 0
        return self._clusters

    def file_soon(self) -> None:
        """Files what waits before it returns, where that takes but a moment; else goes on behind the scenes."""
        if not self._lock.acquire(timeout=_MOMENT):
            return  # somebody is at it
        try:
            known = self._clusters is not None and self._release == self._live.get().release
            with self._sessions() as session:
                unread = select(ClusterWording.id).where(ClusterWording.id > (self._last if known else 0))
                waiting = select(QuestionLog.id).where(QuestionLog.review == "waiting")
                count = [len(session.scalars(query.limit(_FEW)).all()) for query in (unread, waiting)]
            if few := sum(count) < _FEW:
                self._file_all()
        finally:
            self._lock.release()
        if not few:
            threading.Thread(target=self.file_waiting, name="filing", daemon=True).start()

    def file_waiting(self) -> int:
        """Files every waiting question, those that were asked again in other words among them; returns how many."""
        with self._lock:
            for _ in range(_STEPS):
                if not mark_rephrased(self._sessions, lambda text: self._current().read(text)):
                    break
            filed = self._file_all()
            self._group(1)
            return filed

    def file_some(self, seconds: float) -> int:
        """Files for so many seconds of computing, and a transaction's more at most, while residents write: the queue is
        fresh and their answers are not late. Returns how many questions."""
        if not self._lock.acquire(blocking=False):
            return 0  # somebody is at it
        try:
            filed = self._file_all(seconds, _FEW_AT_ONCE)
            self._group(1 + self._together // _BUSY_SHARE)
            return filed
        finally:
            self._lock.release()

    def _file_all(self, seconds: float = math.inf, at_once: int = _AT_ONCE) -> int:
        filed, began = 0, time.thread_time()
        while filed == 0 or time.thread_time() - began < seconds:
            # Before the lock of the database, and before a question waits: reading a release takes longer than filing.
            clusters = self._current()
            with self._sessions() as session:
                if session.scalar(select(QuestionLog.id).where(QuestionLog.review == "waiting").limit(1)) is None:
                    return filed
                self._read_wordings(session, clusters)
            with self._sessions() as session:
                keep_others_from_filing(session)
                try:
                    filed += self._file(session, clusters, at_once)
                    session.commit()
                except BaseException:
                    self._clusters = None  # what memory holds was not written
                    raise
            time.sleep(_BETWEEN)
        return filed

    def _group(self, least: int) -> None:
        """Looks at all undecided wordings together, if so many are new, and brings those of one need into one
        cluster."""
        clusters = self._clusters
        if clusters is None or len(clusters) - self._grouped < least:
            return
        with self._sessions() as session:
            undecided = list_undecided(session)
            self._read_wordings(session, clusters)  # afterwards, so that what is grouped is known
        self._grouped, self._together = len(clusters), len(undecided)
        for group in group_wordings(undecided, clusters.matters_of([wording.core for wording in undecided])):
            if {wording.cluster for wording in group.wordings} == {group.cluster}:
                continue
            with self._sessions() as session:
                keep_others_from_filing(session)
                gone = bring_together(session, group)
                session.commit()
            for number, into in gone:
                clusters.merge(number, into)
            time.sleep(_BETWEEN)

    def _read_wordings(self, session: Session, clusters: Clusters) -> None:
        """Takes in what was filed since the last look, by whatever process."""
        news = select(ClusterWording.id, ClusterWording.core, ClusterWording.cluster_id)
        news = news.where(ClusterWording.id > self._last).order_by(ClusterWording.id)
        for number, core, cluster in session.execute(news):
            clusters.add(core, cluster)
            self._last = number

    def _file(self, session: Session, clusters: Clusters, at_once: int) -> int:
        self._read_wordings(session, clusters)  # of a process that was quicker
        waiting = select(QuestionLog).where(QuestionLog.review == "waiting").order_by(QuestionLog.id).limit(at_once)
        rows = session.scalars(waiting).all()
        for row in rows:
            row.review = "filed"
            if core := core_of(row.question):
                row.cluster_id = self._place(session, clusters, core, row.question, row.asked_at)
        session.flush()
        return len(rows)

    def _place(self, session: Session, clusters: Clusters, core: str, question: str, asked_at: datetime) -> int:
        found = clusters.find(core)
        known = None if found.cluster is None else find_cluster(session, found.cluster)
        if known is None:
            cluster = QuestionCluster(label=question, state="open", count=0, first_at=asked_at, last_at=asked_at)
            session.add(cluster)
            session.flush()
        else:
            cluster = known
        if found.cluster not in (None, cluster.id):  # another process merged it, or it was removed as outdated
            clusters.merge(found.cluster, cluster.id)
        cluster.count += 1
        cluster.last_at = max(cluster.last_at, asked_at.replace(tzinfo=None))
        same = select(ClusterWording).where(ClusterWording.cluster_id == cluster.id, ClusterWording.core == core)
        wording = session.scalar(same)
        if wording is None:
            wording = ClusterWording(cluster_id=cluster.id, core=core, text=question, count=0)
            session.add(wording)
            session.flush()
            clusters.add(core, cluster.id, found.features)
            self._last = max(self._last, wording.id)
        wording.count += 1
        return cluster.id
