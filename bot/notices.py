"""Which notices are valid now, and which of them a question is answered with."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.models import QuestionLog
from knowledge.database import Sessions
from knowledge.notices import Notice, list_notices, read_notice
from nlp.normalise import normalise
from nlp.tokenise import analyse

Clock = Callable[[], datetime]
_LOOK_EVERY = 0.5  # seconds
_MOST = 3  # notices on one answer
_RECENT, _LOOKED_THROUGH = timedelta(days=1), 500  # questions


class NoticeBoard:
    """The notices of the database, looked at every half second. Where none is valid, a question costs no look."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._notices: tuple[Notice, ...] = ()
        self._watched = False
        self._looked = -_LOOK_EVERY

    def valid(self, now: datetime) -> tuple[Notice, ...]:
        """The notices that are shown now, the newest first; `now` with or without a zone is the ward's own time."""
        if not self._watched and time.monotonic() - self._looked >= _LOOK_EVERY:
            self._look(now)
        if not self._notices:
            return ()
        here = now.replace(tzinfo=None)
        return tuple(notice for notice in self._notices if notice.is_valid(here))

    def find(self, question: str, now: datetime) -> tuple[Notice, ...]:
        """The valid notices whose topic a question is on."""
        valid = self.valid(now)
        if not valid:
            return ()
        text = normalise(question)
        analysis = analyse(text)
        return tuple(notice for notice in valid if notice.answers(text, analysis))[:_MOST]

    def watch(self, clock: Clock) -> None:
        """Looks by itself from now on, beside the questions."""
        self._look(clock())
        self._watched = True
        threading.Thread(target=self._follow, args=(clock,), name="notices", daemon=True).start()

    def _follow(self, clock: Clock) -> None:
        while True:
            time.sleep(_LOOK_EVERY)
            self._look(clock())

    def _look(self, now: datetime) -> None:
        self._looked = time.monotonic()
        try:
            with self._sessions() as session:
                rows = list_notices(session, now.replace(tzinfo=None))
        except SQLAlchemyError:
            return  # what was read before goes on being shown, and ends by itself
        self._notices = tuple(map(read_notice, rows))


def find_recent(session: Session, notice: Notice, now: datetime) -> tuple[list[str], int]:
    """Questions of the last day that a notice would have answered, the newest first, and among how many."""
    since = now.replace(tzinfo=None) - _RECENT
    query = select(QuestionLog.question).where(QuestionLog.asked_at > since, QuestionLog.question != "")
    asked = session.scalars(query.order_by(QuestionLog.asked_at.desc()).limit(_LOOKED_THROUGH)).all()
    texts = [(question, normalise(question)) for question in asked]
    return [question for question, text in texts if notice.answers(text, analyse(text))], len(asked)
