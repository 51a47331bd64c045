"""The immutable thing that answers: one release, indexed."""

import json
import threading
import time
from dataclasses import dataclass
from datetime import date

import numpy as np

from knowledge import KnowledgeError
from knowledge.database import Sessions
from knowledge.document import Document, Entry, Office
from knowledge.exchange import SHIPPED
from knowledge.releases import live_number, read_release
from nlp import parameters as p
from nlp.index import Index, Item

_LOOK_EVERY = 1.0  # seconds between looks at which release is live


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate: `score` 0 to 1."""

    entry: Entry
    score: float
    expired: bool


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates, best first, and how near the nearest matter is that the plans do not treat."""

    matches: tuple[Match, ...]
    outside: float


def outside_topics() -> list[tuple[str, list[str]]]:
    """Matters that residents ask a ward office about and that no plan here treats: (topic, questions)."""
    raw = json.loads((SHIPPED / "outside_topics.json").read_text(encoding="utf-8"))
    return [(row["topic"], row["examples"]) for row in raw]


def _item(entry: Entry) -> Item:
    body = (
        (p.TITLE_WEIGHT, entry.title),
        (p.SECTION_WEIGHT, entry.section),
        (p.EXPLANATION_WEIGHT, entry.explanation),
        (p.VOCABULARY_WEIGHT, " ".join(entry.vocabulary)),
    )
    return Item(body, (entry.title, *entry.examples))


class Snapshot:
    """One release with its index. Never changes; a new release is a new snapshot."""

    def __init__(self, document: Document, release: int) -> None:
        self.release = release
        self.entries = tuple(document.entries)
        self.offices: tuple[Office, ...] = tuple(document.offices)
        items = [_item(entry) for entry in self.entries]
        items += [Item(((p.TITLE_WEIGHT, topic),), tuple(examples)) for topic, examples in outside_topics()]
        self._index = Index(items)

    def find(self, question: str, today: date, top: int) -> Ranking:
        """The `top` best entries for a normalised question, best first."""
        scores = self._index.score(question)
        count = len(self.entries)
        own = scores[:count]
        order = np.argsort(-own, kind="stable")[: max(top, 3) + 3]
        ranked = []
        for number in order.tolist():
            entry = self.entries[number]
            expired = entry.plan.expired(today)
            ranked.append(Match(entry, float(own[number]), expired))
        ranked.sort(key=lambda m: -m.score * (p.EXPIRED_FACTOR if m.expired else 1.0))
        outside = float(scores[count:].max()) if len(scores) > count else 0.0
        return Ranking(tuple(_specific_first(ranked)[:top]), outside)


def _specific_first(ranked: list[Match]) -> list[Match]:
    """Equal titles side by side, the more specific plan's first, at the place and score of the better."""
    result: list[Match] = []
    for match in ranked:
        if any(match.entry.title == m.entry.title and match.entry.id == m.entry.id for m in result):
            continue
        twins = [m for m in ranked if m.entry.title == match.entry.title and m.entry.plan != match.entry.plan]
        group = sorted([match, *twins], key=lambda m: (m.expired, -m.entry.plan.precedence))
        result += [Match(m.entry, match.score, m.expired) for m in group]
    return result


class LiveSnapshot:
    """The snapshot of the live release; a new release is indexed beside the one that answers, then takes over."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._looked = 0.0

    def get(self) -> Snapshot:
        """The snapshot that answers now; at most one thread indexes, the others go on with the old one."""
        now = time.monotonic()
        current = self._snapshot
        if current is not None and (now - self._looked < _LOOK_EVERY or not self._lock.acquire(blocking=False)):
            return current
        if current is None:
            self._lock.acquire()
        try:
            self._looked = now
            with self._sessions() as session:
                number = live_number(session)
                if number is None:
                    raise KnowledgeError("公開版がありません。app.py publish で公開してください。")
                if self._snapshot is None or self._snapshot.release != number:
                    self._snapshot = Snapshot(read_release(session, number), number)
            return self._snapshot
        finally:
            self._lock.release()
