"""The snapshot that answers: that of the live release, whatever is published meanwhile."""

import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from knowledge import KnowledgeError
from knowledge.database import Sessions
from knowledge.releases import live_number, read_release
from knowledge.snapshot import Snapshot
from nlp.indexing.forward import Progress

if TYPE_CHECKING:
    from nlp.dense.passages import Embedder

_LOOK_EVERY = 0.5  # seconds between looks at which release is live


class LiveSnapshot:
    """The snapshot of the live release; a new release is indexed beside the one that answers, then takes over.

    A question that has begun keeps the snapshot that it was given.
    """

    def __init__(self, sessions: Sessions, folder: Path, embedder: "Embedder | None" = None) -> None:
        self._sessions, self._folder, self.embedder = sessions, folder, embedder
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._watched = False
        self._looked = -_LOOK_EVERY

    def get(self, progress: Progress | None = None) -> Snapshot:
        """The snapshot that answers now.

        In a process that watches, a question never waits for an index: it is answered from the release that is ready.
        """
        if self._snapshot and (self._watched or time.monotonic() - self._looked < _LOOK_EVERY):
            return self._snapshot
        return self._look(progress)

    def watch(self) -> None:
        """Looks for a new release every half second from now on, beside the questions. Raises KnowledgeError where
        nothing was published."""
        self._look(None)
        self._watched = True
        threading.Thread(target=self._follow, name="releases", daemon=True).start()

    def _follow(self) -> None:
        while True:
            time.sleep(_LOOK_EVERY)
            try:
                self._look(None)
            except (KnowledgeError, SQLAlchemyError) as error:
                # What answered goes on answering; the next look may succeed. Imported here: only serving logs.
                import structlog

                structlog.get_logger().error("release_not_read", error=type(error).__name__)

    def _look(self, progress: Progress | None) -> Snapshot:
        with self._lock:
            self._looked = time.monotonic()
            with self._sessions() as session:
                number = live_number(session)
                if number is None:
                    raise KnowledgeError(
                        "公開版がありません。app.py import で読み込み、app.py publish で公開してください。"
                    )
                known = self._snapshot
                if known is not None and known.release == number:
                    return known
                document = read_release(session, number)
            own = partial(Snapshot, embedder=self.embedder)
            self._snapshot = own(document, number, self._folder, progress, beside=self._watched)
            return self._snapshot
