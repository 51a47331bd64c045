"""Work that goes on behind a page: it survives a closed browser, and a process that dies, in the database."""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy import JSON, BigInteger, LargeBinary, Text, and_, delete, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from knowledge import KnowledgeError
from knowledge.database import Base, Sessions, begin_writing

log = structlog.get_logger()
WAITING, WORKING, READY, FAILED, ENDED = "waiting", "working", "ready", "failed", "ended"
_LEASE = 30_000  # milliseconds after which another process takes up what its worker left
_MOST_ATTEMPTS = 3
_TELL_EVERY = 0.3  # seconds
_KEPT = timedelta(days=30)


class Job(Base):
    """One piece of work: `waiting`, `working` until `claimed_until` (ms since 1970), then `ready` or `failed` with the
    problem, and `ended` when a person used or dismissed it.

    `content` is an upload, `switched` what a person decided otherwise than it stood. Kept for 30 days, the
    content only while it is worked on.
    """

    __tablename__ = "job"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str]
    who: Mapped[str]
    created_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=WAITING)
    stage: Mapped[str] = mapped_column(default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(Text, default="")
    claimed_until: Mapped[int] = mapped_column(BigInteger, default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    switched: Mapped[list[str]] = mapped_column(JSON, default=list)
    result: Mapped[str] = mapped_column(Text, default="", deferred=True)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)

    @property
    def open(self) -> bool:
        """Whether its work is still to be done."""
        return self.state in (WAITING, WORKING)


Report = Callable[[str, int, int], None]  # what is being done, how much of it, of how much
Work = Callable[[Job, Report], str]  # the result; KnowledgeError where it cannot be done


def forget_jobs(session: Session, now: datetime) -> None:
    """Lets go what was kept long enough, in the caller's transaction."""
    session.execute(delete(Job).where(Job.created_at < now - _KEPT))


def add_job(session: Session, kind: str, subject: str, who: str, now: datetime, content: bytes | None = None) -> Job:
    """Adds work in the caller's transaction, and lets go what was kept long enough."""
    here = now.replace(tzinfo=None)
    forget_jobs(session, here)
    job = Job(kind=kind, subject=subject, who=who, created_at=here, content=content)
    session.add(job)
    session.flush()
    return job


def begin_again(job: Job) -> None:
    """Lets work whose result has grown old be done again, in the caller's transaction."""
    job.state, job.stage, job.done, job.total, job.attempts = WAITING, "", 0, 0, 0


def find_job(session: Session, kind: str, number: int) -> Job | None:
    """A job of a kind; None where it is not there (any more)."""
    job = session.get(Job, number)
    return job if job is not None and job.kind == kind else None


class JobRunner:
    """Does what waits, one after the other, in a thread that lives while there is something to do."""

    def __init__(self, sessions: Sessions, works: Mapping[str, Work]) -> None:
        self._sessions, self._works = sessions, works
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._again = False

    def wake(self) -> None:
        """Looks for work; called whenever some was added or looked at, so that a restart loses none."""
        with self._lock:
            self._again = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._again:
                    self._thread = None
                    return
                self._again = False
            try:
                while (job := self._claim()) is not None:
                    self._do(job)
            except SQLAlchemyError as error:
                log.error("job_not_done", error=type(error).__name__)

    def _claim(self) -> Job | None:
        now = int(time.time() * 1000)
        left = and_(Job.state == WORKING, Job.claimed_until < now)
        query = select(Job).where(Job.kind.in_(self._works), or_(Job.state == WAITING, left)).order_by(Job.id).limit(1)
        with self._sessions() as session:
            if session.scalar(query) is None:
                return None
        with self._sessions() as session:
            begin_writing(session)
            job = session.scalar(query.with_for_update(skip_locked=True))
            if job is None:
                return None
            job.state, job.claimed_until, job.attempts = WORKING, now + _LEASE, job.attempts + 1
            if job.attempts > _MOST_ATTEMPTS:
                job.state, job.content = FAILED, None
                job.problem = f"{job.subject}: 途中で {_MOST_ATTEMPTS} 回止まりました。ファイルを分けてください。"
            session.commit()
            return job

    def _do(self, job: Job) -> None:
        if job.state == FAILED:
            return
        told = 0.0

        def report(stage: str, done: int, total: int) -> None:
            nonlocal told
            if time.monotonic() - told >= _TELL_EVERY:
                told = time.monotonic()
                until = int(time.time() * 1000) + _LEASE
                self._write(job.id, stage=stage, done=done, total=total, claimed_until=until)

        try:
            result = self._works[job.kind](job, report)
        except KnowledgeError as error:
            self._write(job.id, state=FAILED, problem=str(error), content=None)
        except SQLAlchemyError:
            raise
        except Exception as error:  # whatever it is, the person who waits is told
            log.error("job_failed", error=type(error).__name__)
            self._write(job.id, state=FAILED, problem="うまくいきませんでした。もう一度試してください。", content=None)
        else:
            self._write(job.id, state=READY, result=result, content=None)

    def _write(self, number: int, **values: object) -> None:
        with self._sessions() as session:
            begin_writing(session)
            if (job := session.get(Job, number)) is not None:
                for name, value in values.items():
                    setattr(job, name, value)
            session.commit()
