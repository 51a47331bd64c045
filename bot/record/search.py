"""Questions of the log by any of what is known of them, one page at a time however long the log is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bot.models import QuestionLog
from bot.record.following import FOLLOWED, followed_up_to
from bot.record.postings import Numbers, find_numbers
from bot.record.terms import LogFilter, groups_of, terms_of, words_of
from knowledge.database import table_of
from knowledge.publishing.identity import ids_of_same

SHOWN = 50  # questions on a page
_READ_AT_ONCE = 200  # rows
_UNFOLLOWED = 500  # of the newest rows, which are looked through one by one
_LOOKED_THROUGH = 20_000  # rows at most for a page, for words that only a text shows
_LOG = table_of(QuestionLog)


@dataclass(frozen=True, slots=True)
class LogPage:
    """Questions, newest first; `more`: whether older ones follow; `behind`: how many rows are not found yet, because
    the log grew faster than it was followed."""

    rows: list[QuestionLog]
    more: bool
    behind: int


class _Search:
    """One search: what every row must have, for rows that were followed and for those that were not yet."""

    def __init__(self, session: Session, wanted: LogFilter, today: date) -> None:
        self._session = session
        self.groups, self._plain = groups_of(wanted, today, ids_of_same(session, wanted.entry) if wanted.entry else ())
        self._conditions: list[ColumnElement[bool]] = []
        self._among: Numbers | None = None
        if wanted.words:
            self._conditions.append(_LOG.c.question != "")
        for word in self._plain.split():
            self._conditions.append(_LOG.c.question.contains(word, autoescape=True))
        if wanted.feedback:
            # Not in postings, which never change; few enough to be held in memory.
            self._conditions.append(_LOG.c.feedback == wanted.feedback)
            numbers = session.scalars(select(_LOG.c.id).where(_LOG.c.feedback == wanted.feedback))
            self._among = np.sort(np.fromiter(numbers, dtype=np.int64))

    @property
    def _open(self) -> bool:
        """Whether an index of the log itself gives all that is asked."""
        return not self.groups and not self._plain and self._among is None

    def _fits(self, row: Any) -> bool:
        terms = terms_of(row)
        return all(any(term in terms for term in group) for group in self.groups)

    def numbers(self, lowest: int, highest: int, newest: bool) -> Iterator[list[int]]:
        """Ids that may fit, in pieces; conditions are still to be applied."""
        last = followed_up_to(self._session)
        if newest:
            yield self._newest_unfollowed(max(lowest, last + 1), highest)
        for piece in find_numbers(self._session, self.groups, self._among, lowest, min(last, highest), newest):
            for start in range(0, len(piece), _READ_AT_ONCE):
                yield piece[start : start + _READ_AT_ONCE].tolist()
        if not newest:
            yield from self._all_unfollowed(max(lowest, last + 1), highest)

    def _newest_unfollowed(self, lowest: int, highest: int) -> list[int]:
        query = select(*FOLLOWED).where(_LOG.c.id.between(lowest, highest), *self._conditions)
        rows = self._session.execute(query.order_by(_LOG.c.id.desc()).limit(_UNFOLLOWED))
        return [row.id for row in rows if self._fits(row)]

    def _all_unfollowed(self, lowest: int, highest: int) -> Iterator[list[int]]:
        """However many there are: whoever takes the log away takes all of it."""
        query = select(*FOLLOWED).order_by(_LOG.c.id).limit(_UNFOLLOWED).where(*self._conditions)
        while rows := self._session.execute(query.where(_LOG.c.id.between(lowest, highest))).all():
            yield [row.id for row in rows if self._fits(row)]
            lowest = rows[-1].id + 1

    def rows(self, lowest: int, highest: int, count: int, newest: bool) -> list[QuestionLog]:
        """At most `count` rows that fit, from one end of the log."""
        order = QuestionLog.id.desc() if newest else QuestionLog.id
        query = select(QuestionLog).where(*self._conditions).order_by(order)
        if self._open:
            within = query.where(QuestionLog.id.between(lowest, highest))
            return list(self._session.scalars(within.limit(count)))
        found: list[QuestionLog] = []
        read = 0
        for numbers in self.numbers(lowest, highest, newest):
            for start in range(0, len(numbers), _READ_AT_ONCE):
                some = numbers[start : start + _READ_AT_ONCE]
                found += self._session.scalars(query.where(QuestionLog.id.in_(some)))
                read += len(some)
            if len(found) >= count or (newest and self._plain and read > _LOOKED_THROUGH):
                break
        return found[:count]


def _highest(session: Session) -> int:
    return session.scalar(select(func.max(_LOG.c.id))) or 0


def search_log(session: Session, wanted: LogFilter, today: date, before: int = 0) -> LogPage:
    """One page of the log, newest first: the questions before the one with an id, or the newest."""
    highest = before - 1 if before else _highest(session)
    search = _Search(session, wanted, today)
    rows = search.rows(1, highest, SHOWN + 1, newest=True)
    unfollowed = select(func.count()).select_from(
        select(_LOG.c.id).where(_LOG.c.id > followed_up_to(session)).limit(100_000).subquery()
    )
    behind = (session.scalar(unfollowed) or 0) - _UNFOLLOWED if search.groups else 0
    return LogPage(rows[:SHOWN], len(rows) > SHOWN, max(0, behind))


def read_log(session: Session, wanted: LogFilter, today: date, behind: int, count: int) -> Sequence[QuestionLog]:
    """At most `count` questions of the log after the one with an id, oldest first."""
    return _Search(session, wanted, today).rows(behind + 1, _highest(session), count, newest=False)


def find_sharing(session: Session, text: str, count: int) -> list[str]:
    """The newest questions, each once and at most `count`, that share a content word with a text."""
    words = words_of(text)
    search = _Search(session, LogFilter(), date.max)
    search.groups = [tuple(sorted(words))] if words else []
    rows = search.rows(1, _highest(session), 4 * count, newest=True)
    return list(dict.fromkeys(row.question for row in rows if row.question))[:count]


def find_next(session: Session, row: QuestionLog) -> QuestionLog | None:
    """The same resident's next message within half an hour; None where nobody knows who it was."""
    if not row.user:
        return None
    query = select(QuestionLog).where(
        QuestionLog.asked_at >= row.asked_at, QuestionLog.asked_at <= row.asked_at + timedelta(minutes=30),
        QuestionLog.id > row.id, QuestionLog.user == row.user, QuestionLog.channel == row.channel,
    )  # fmt: skip
    return session.scalars(query.order_by(QuestionLog.id).limit(1)).first()
