"""Residents who ask much the same again within minutes: their first question was not answered as they needed."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import case, select, update

from bot.models import QuestionLog
from bot.record.models import LogProgress
from bot.review.likeness import Features, alike_in_words
from knowledge.database import Sessions, begin_writing, table_of

ASKED_AGAIN_FROM = 0.55  # of likeness in words
WITHIN = timedelta(minutes=10)
_AT_ONCE = 2_000  # rows
_LOOKED_BACK = 2_000  # rows before them
_MATTERS = ("initiative", "office", "hours", "unknown")  # other messages are no questions to put better
_LOG = table_of(QuestionLog)
_COLUMNS = (_LOG.c.id, _LOG.c.asked_at, _LOG.c.channel, _LOG.c.user, _LOG.c.question)


def mark_rephrased(sessions: Sessions, read: Callable[[str], Features]) -> int:
    """Looks through the next rows of the log, as far as it was followed; those that were soon asked again wait for
    review. Returns how many rows were looked through."""
    with sessions() as session:
        progress = session.scalars(select(LogProgress)).first()
        if progress is None or progress.compared >= progress.last:
            return 0
        last, upto = progress.compared, min(progress.last, progress.compared + _AT_ONCE)
        query = select(*_COLUMNS).where(
            _LOG.c.id.between(last - _LOOKED_BACK, upto), _LOG.c.user != "", _LOG.c.question != "",
            _LOG.c.intent.in_(_MATTERS),
        )  # fmt: skip
        rows = session.execute(query.order_by(_LOG.c.id)).all()
    again = _asked_again(rows, last, read)
    with sessions() as session:
        begin_writing(session)
        taken = update(LogProgress).where(LogProgress.compared == last).values(compared=upto)
        if session.execute(taken).rowcount and again:  # type: ignore[attr-defined]
            review = case((_LOG.c.review == "", "waiting"), else_=_LOG.c.review)
            session.execute(update(_LOG).where(_LOG.c.id.in_(again)).values(rephrased=True, review=review))
        session.commit()
    return upto - last


def _asked_again(rows: Sequence[Any], last: int, read: Callable[[str], Features]) -> list[int]:
    """The ids of rows that one of the same user, new since `last`, says again."""
    of_user: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in rows:
        of_user[row.channel, row.user].append(row)
    again = []
    for asked in of_user.values():
        for row, following in pairwise(asked):
            soon = following.asked_at - row.asked_at <= WITHIN
            if following.id <= last or not soon:
                continue
            if alike_in_words(read(row.question), read(following.question)) >= ASKED_AGAIN_FROM:
                again.append(row.id)
    return again
