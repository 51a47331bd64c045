"""Buttons of messages that were sent earlier: what a resident says of an answer in a conversation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot import wording
from bot.channels.buttons import read_feedback_data
from bot.commits import GroupCommit
from bot.events import Reply
from bot.review.feedback import Feedback, find_others, record_feedback
from bot.review.meanings import ask_meaning, stop_asking
from intents.decision import Decision
from knowledge.database import Sessions
from knowledge.live import LiveSnapshot

_WITHIN = 9.0  # seconds for a commit


@dataclass(frozen=True, slots=True)
class _Vote:
    feedback: Feedback
    user: str
    at: datetime


def _record(session: Session, votes: Sequence[_Vote]) -> list[bool]:
    known = []
    for vote in votes:
        said, user = vote.feedback, vote.user
        known.append(bool(user) and record_feedback(session, said, user))
        if known[-1] and said.said == "wrong":
            ask_meaning(session, user, said.key, vote.at)
        elif known[-1]:
            stop_asking(session, user)
    return known


class Postbacks:
    """Takes what buttons send. What is said twice counts once, so an event that is tried again changes nothing."""

    def __init__(self, sessions: Sessions, commits: GroupCommit, live: LiveSnapshot) -> None:
        self._sessions, self._commits, self._live = sessions, commits, live

    def take(self, data: str, user: str, now: datetime) -> Reply:
        """Records what was said, and answers it; `user` is a pseudonym. Raises TimeoutError or SQLAlchemyError where it
        could not be recorded."""
        said, key = read_feedback_data(data)
        known = bool(key) and self._commits.run(_record, _Vote(Feedback(key, said), user, now), _WITHIN)
        if not known:
            return _reply(wording.FEEDBACK_UNKNOWN, wording.EXAMPLES)
        if said == "good":
            return _reply(wording.FEEDBACK_THANKS)
        others = find_others(self._sessions, self._live.get().entries, key)
        lines = [wording.FEEDBACK_SORRY]
        if others:
            lines += [wording.FEEDBACK_OTHERS, *(f"・{title}" for title in others)]
        return _reply("\n".join([*lines, wording.FEEDBACK_MEANT_NEXT]), others)


def _reply(text: str, suggestions: tuple[str, ...] = ()) -> Reply:
    return Reply(Decision("thanks", True), text, suggestions)
