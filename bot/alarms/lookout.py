"""The look of every minute, and the digest of every day: in whichever process is first."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.alarms.looking import DIGEST, add_alarm, look, read_digest, read_usual, write_down
from bot.alarms.sending import Way, send_due
from bot.alarms.surges import Usual
from bot.models import Chore
from bot.record.following import follow_log
from knowledge.database import Sessions, begin_writing
from knowledge.live import LiveSnapshot
from knowledge.snapshot import outside_topics

log = structlog.get_logger()
_LOOK_EVERY = 60  # seconds
_MINUTE, _DAILY = "alarms", "digest"  # chores
_NEARLY_A_MINUTE = timedelta(seconds=_LOOK_EVERY - 5)  # processes do not wake at the same moment


def claim_chore(session: Session, name: str, before: datetime, now: datetime) -> bool:
    """Whether this process is the one that does a chore last begun before a moment: the first to ask, in whatever
    process. In the caller's transaction, which must be a writing one."""
    taken = update(Chore).where(Chore.name == name, Chore.ran_at < before).values(ran_at=now)
    return bool(session.execute(taken).rowcount)  # type: ignore[attr-defined]


class Lookout:
    """Looks every minute for what staff must see in time, and sends it. Nothing of it can keep a resident waiting:
    its thread holds no lock while it reads, counts and sends."""

    def __init__(
        self,
        sessions: Sessions,
        live: LiveSnapshot,
        ward: str,
        ways: Sequence[Way],
        digest_hour: int,
        clock: Callable[[], datetime],
    ) -> None:
        self._sessions, self._live, self._ward, self._ways = sessions, live, ward, ways
        self._digest_hour, self._clock = digest_hour, clock
        self._usual: tuple[datetime, Usual] | None = None
        self._read: dict[int, frozenset[str]] = {}
        self._thread = threading.Thread(target=self._run, name="lookout", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def run_if_due(self) -> bool:
        """This minute's look, where no process has begun it, and what is due to be sent; False where one has."""
        now = self._clock()
        here = now.replace(tzinfo=None)
        with self._sessions() as session:
            begin_writing(session)
            won = claim_chore(session, _MINUTE, here - _NEARLY_A_MINUTE, here)
            session.commit()
        if not won:
            return False
        usual = self._usual_rates(here)
        with self._sessions() as session:
            found = look(session, usual, here, self._read)
        with self._sessions() as session:  # counted before, so that no message waits for the database meanwhile
            begin_writing(session)
            write_down(session, found, [way.name for way in self._ways], here)
            session.commit()
        self._write_digest(now)
        send_due(self._sessions, self._ways, self._ward, now)
        return True

    def _write_digest(self, now: datetime) -> None:
        here = now.replace(tzinfo=None)
        due = here.replace(hour=self._digest_hour, minute=0, second=0, microsecond=0)
        with self._sessions() as session:
            begun = session.scalar(select(Chore.ran_at).where(Chore.name == _DAILY))
        if here < due or (begun and begun >= due):
            return
        follow_log(self._sessions, now)
        with self._sessions() as session:
            figures = read_digest(session, here)
        with self._sessions() as session:
            begin_writing(session)
            if claim_chore(session, _DAILY, due, here):
                add_alarm(session, DIGEST, here, [way.name for way in self._ways], figures=figures)
            session.commit()

    def _usual_rates(self, here: datetime) -> Usual:
        """Read again once a day."""
        if self._usual is None or here - self._usual[0] >= timedelta(days=1):
            examples = [text for entry in self._live.get().entries for text in entry.examples]
            examples += [text for _, questions in outside_topics() for text in questions]
            with self._sessions() as session:
                self._usual = here, read_usual(session, examples, here)
        return self._usual[1]

    def _run(self) -> None:
        while True:
            time.sleep(_LOOK_EVERY)
            try:
                self.run_if_due()
            except Exception as error:
                log.error("not_looked_out", error=type(error).__name__)
