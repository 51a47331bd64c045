"""The draft as it would answer. Nothing that is tried here is written anywhere but into the folder of indexes."""

import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.conversation import Conversation
from knowledge.database import Sessions
from knowledge.draft import read_draft
from knowledge.history import OF_DRAFT, Change
from knowledge.live import LiveSnapshot
from knowledge.snapshot import Snapshot
from nlp.indexing.forward import Progress

if TYPE_CHECKING:
    from nlp.dense.passages import Embedder


class FixedSnapshot(LiveSnapshot):
    """Always the same snapshot, whatever is published."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._fixed, self.embedder = snapshot, None

    def get(self, progress: Progress | None = None) -> Snapshot:
        return self._fixed


def answering_from(conversation: Conversation, snapshot: Snapshot) -> Conversation:
    """The ward's conversation, answering from a given snapshot, without notices."""
    return Conversation(FixedSnapshot(snapshot), conversation.ward, conversation.clock)


def draft_version(session: Session) -> int:
    """Grows with every change of the draft: each leaves its mark in the history."""
    return session.scalar(select(func.max(Change.id)).where(OF_DRAFT)) or 0


class DraftSnapshots:
    """The snapshot of the draft as it stands, one a process."""

    def __init__(self, sessions: Sessions, folder: Path, embedder: "Embedder | None" = None) -> None:
        self._sessions, self._folder, self._embedder = sessions, folder, embedder
        self._lock = threading.Lock()
        self._kept: tuple[int, Snapshot] | None = None

    def get(self, progress: Progress | None = None) -> tuple[int, Snapshot]:
        """(the draft's version, its snapshot), indexed where it changed. Raises KnowledgeError for an empty draft."""
        with self._lock:
            with self._sessions() as session:
                version = draft_version(session)
                if self._kept is not None and self._kept[0] == version:
                    return self._kept
                document = read_draft(session)
            own = partial(Snapshot, embedder=self._embedder)
            self._kept = version, own(document, 0, self._folder, progress, beside=True)
            return self._kept
