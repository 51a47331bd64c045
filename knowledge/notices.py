"""お知らせ: what staff tell residents for some hours or days on top of the answers to one topic."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Select, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from knowledge.database import Base
from knowledge.history import Recorded
from nlp.normalise import katakana, normalise
from nlp.tokenise import Analysis, analyse

NOTICE = "notice"  # its kind in the history
_SHORTEST_SOUND = 3  # kana; a shorter sound stands in too many words


class NoticeRow(Recorded, Base):
    """A notice: `topics` are the words whose questions it answers; it is shown from `starts_at` until `ends_at` (the
    ward's own time). Kept for ever, with its changes in the history: it is what residents were told."""

    __tablename__ = NOTICE
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    topics: Mapped[list[str]] = mapped_column(JSON)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)

    @classmethod
    def facts(cls) -> Select[*tuple[Any, ...]]:
        return select(cls.id, cls.title, cls.text, cls.topics, cls.starts_at, cls.ends_at)


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as questions are compared with it. `words`: each with its synonym groups; `whole`: whether they are all
    that it says; `sound`: how it is written in katakana, empty where that is too short to tell."""

    text: str
    words: tuple[tuple[str, frozenset[int]], ...]
    whole: bool
    sound: str

    @property
    def says_something(self) -> bool:
        """Whether any question can be found to speak of it."""
        return bool(self.words or self.sound)

    def is_in(self, text: str, analysis: Analysis) -> bool:
        """Whether a normalised question speaks of it: in its words or other words for them, or in kana."""
        if self.sound and self.sound in katakana(text):
            return True
        if not self.words or not (self.whole or self.text in text):
            return False
        groups = analysis.synonym_groups
        return all(word in analysis.words or not own.isdisjoint(groups) for word, own in self.words)


def read_topic(text: str) -> Topic:
    """A topic of a notice, from what staff wrote."""
    plain = normalise(text)
    analysis = analyse(plain)
    in_kana = not any("一" <= c <= "鿿" for c in plain)
    sound = katakana(plain) if in_kana else analysis.reading
    sound = "" if len(sound) < _SHORTEST_SOUND or " " in plain else sound
    words: tuple[tuple[str, frozenset[int]], ...] = ()
    if not in_kana or len(analysis.pieces) == 1 or " " in plain:
        # What is written in kana alone is cut into words that nobody meant.
        words = tuple((word, frozenset(analyse(word).synonym_groups)) for word in dict.fromkeys(analysis.words))
    spoken = any("ぁ" <= c <= "ん" or c == " " for c in plain)
    return Topic(plain, words, spoken or len(words) == len(analysis.pieces), sound)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as residents read it; `starts_at` and `ends_at` in the ward's own time, without a zone."""

    id: int
    title: str
    text: str
    topics: tuple[Topic, ...]
    starts_at: datetime
    ends_at: datetime

    def is_valid(self, now: datetime) -> bool:
        """Whether it is shown at a moment of the ward's own time, without a zone."""
        return self.starts_at <= now < self.ends_at

    def answers(self, text: str, analysis: Analysis) -> bool:
        """Whether a normalised question is on its topic."""
        return any(topic.is_in(text, analysis) for topic in self.topics)


def read_notice(row: NoticeRow) -> Notice:
    """A row as it answers."""
    return Notice(
        row.id, row.title, row.text, tuple(read_topic(topic) for topic in row.topics), row.starts_at, row.ends_at
    )


def list_notices(session: Session, since: datetime | None = None, most: int = 100) -> list[NoticeRow]:
    """Notices that end after a moment, or the last ones of all; the newest first."""
    query = select(NoticeRow).order_by(NoticeRow.starts_at.desc(), NoticeRow.id.desc()).limit(most)
    if since is not None:
        query = query.where(NoticeRow.ends_at > since)
    return list(session.scalars(query))
