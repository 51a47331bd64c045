"""The worker behind the webhook: claims an event, answers it, sends the answer, records its end."""

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

import structlog
from sqlalchemy import update

from bot.channels.line import render_line
from bot.conversation import Conversation
from bot.inbox import claim_event, release_claims
from bot.models import InboxEvent
from bot.question_log import log_question, pseudonym
from knowledge.database import Sessions

log = structlog.get_logger()
_TRIES = 3
_RETRY_AFTER = 1.0  # seconds; doubled each time, inside the reply token's minute


class LineSender(Protocol):
    """Sends messages with a reply token; returns the HTTP status, 0 for a failure of the network."""

    def __call__(self, reply_token: str, messages: list[dict[str, Any]]) -> int: ...


class Worker:
    """A thread that answers what waits in the inbox. `wake` is called when something new was stored."""

    def __init__(
        self, sessions: Sessions, conversation: Conversation, send: LineSender, secret: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        self._sessions, self._conversation, self._send = sessions, conversation, send
        self._secret, self._sleep = secret, sleep
        self._wake, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        release_claims(self._sessions)
        self._thread.start()

    def wake(self) -> None:
        self._wake.set()

    def stop(self) -> None:
        """Lets the event in hand finish; the others stay in the inbox."""
        self._stop.set()
        self._wake.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                event = claim_event(self._sessions)
                if event is not None:
                    self.answer_event(event)
                    continue
            except Exception as error:
                log.error("worker_failed", error=type(error).__name__)
            self._wake.wait(timeout=1.0)
            self._wake.clear()

    def answer_event(self, event: InboxEvent) -> None:
        """Answers one claimed event; its end and its log row are written in one transaction."""
        started = time.perf_counter()
        reply = self._conversation.answer(event.text)
        milliseconds = (time.perf_counter() - started) * 1000
        outcome = self._deliver(event.reply_token, render_line(reply))
        with self._sessions() as session:
            user = pseudonym(event.user_id, self._secret)
            log_question(session, self._conversation.clock(), event.channel, user, event.text, reply, milliseconds)
            done = {"state": "done", "outcome": outcome, "text": "", "user_id": "", "reply_token": ""}
            session.execute(update(InboxEvent).where(InboxEvent.id == event.id).values(**done))
            session.commit()

    def _deliver(self, token: str, messages: list[dict[str, Any]]) -> str:
        status = 0
        for attempt in range(_TRIES):
            status = self._send(token, messages)
            if status and status != 429 and status < 500:
                break
            if attempt < _TRIES - 1:
                self._sleep(_RETRY_AFTER * 2**attempt)
        log.info("reply_sent", status=status)
        return f"sent {status}" if 200 <= status < 300 else f"failed {status}"
