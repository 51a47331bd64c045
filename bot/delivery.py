"""The workers behind the webhook: claim an event, answer it, send the answer, record its end."""

import threading
import time
import uuid
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from sqlalchemy.orm import Session

from bot.channels.line import render_line
from bot.conversation import Conversation
from bot.events import Reply
from bot.inbox import (
    LEASE,
    TOKEN_LIFE,
    bury_event,
    claim_event,
    finish_event,
    now_ms,
    put_back,
    renew_claims,
)
from bot.models import InboxEvent
from bot.question_log import log_question, pseudonym
from knowledge.database import Sessions

log = structlog.get_logger()
_LOOK_EVERY = 0.5  # seconds between looks at the inbox when nothing wakes a worker
_FIRST_RETRY = 1_000  # milliseconds; doubled each time
_ALARM_RETRY = 10_000  # milliseconds, where the access token is refused: a person must act first
_WAITED_LONG = 1_000  # milliseconds after which a resident is shown that an answer is coming
_TOO_LATE = "時間内に返信できませんでした"


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a call: HTTP `status`, 0 where the network failed and nobody knows whether it was accepted."""

    status: int
    used_token: bool = False

    @property
    def delivered(self) -> bool:
        return 200 <= self.status < 300

    @property
    def may_be_retried(self) -> bool:
        return self.status in (0, 429) or self.status >= 500


class LineSender(Protocol):
    """LINE's side of a conversation."""

    def reply(self, reply_token: str, messages: list[dict[str, Any]]) -> Sent:
        """Sends messages with a reply token."""
        ...

    def show_loading(self, user_id: str) -> None:
        """Shows the user that an answer is coming; whether it works does not matter."""
        ...


class Worker:
    """Threads that answer what waits in the inbox. `wake` is called when something new was stored."""

    def __init__(
        self, sessions: Sessions, conversation: Conversation, sender: LineSender, secret: str, threads: int = 4
    ) -> None:
        self._sessions, self._conversation, self._sender, self._secret = sessions, conversation, sender, secret
        self._stop, self._new = threading.Event(), threading.Condition()
        self.names = [f"{uuid.uuid4().hex[:12]}-{n}" for n in range(threads)]
        self._threads = [
            threading.Thread(target=self._run, args=(name,), name=name, daemon=True) for name in self.names
        ]
        self._threads.append(threading.Thread(target=self._keep_claims, name="claims", daemon=True))

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        with self._new:
            self._new.notify_all()

    def stop(self) -> None:
        """Lets what is in hand finish within 10 seconds; the rest stays in the inbox for whoever comes next."""
        self._stop.set()
        self.wake()
        deadline = time.monotonic() + 10
        for thread in self._threads:
            thread.join(timeout=max(0.0, deadline - time.monotonic()))

    def alive(self) -> bool:
        """Whether every thread is at work."""
        return all(thread.is_alive() for thread in self._threads)

    def _run(self, name: str) -> None:
        while not self._stop.is_set():
            try:
                event = claim_event(self._sessions, name)
                if event is not None:
                    self.answer_event(event)
                    continue
            except Exception as error:
                # The claim runs out and the event is tried again; only the kind of the error is logged, for its text
                # may hold what a resident wrote.
                log.error("worker_failed", error=type(error).__name__)
            with self._new:
                self._new.wait(timeout=_LOOK_EVERY)

    def _keep_claims(self) -> None:
        while not self._stop.wait(LEASE / 4_000):
            for name in self.names:
                try:
                    renew_claims(self._sessions, name)
                except Exception as error:
                    log.error("claims_not_renewed", error=type(error).__name__)

    def answer_event(self, event: InboxEvent) -> None:
        """Answers one claimed event; its end and its log row are written in one transaction."""
        waited = now_ms() - event.received_at
        if waited > TOKEN_LIFE:
            self._end(event, None, 0.0, _TOO_LATE, dead=True)
            return
        if event.private and waited > _WAITED_LONG:
            self._sender.show_loading(event.user_id)
        started = time.perf_counter()
        reply = self._conversation.reply_to(event.kind, event.text)
        milliseconds = (time.perf_counter() - started) * 1000
        sent = self._sender.reply(event.reply_token, render_line(reply))
        log.info("reply_sent", status=sent.status, attempt=event.attempts)
        if sent.delivered:
            self._end(event, reply, milliseconds, f"sent {sent.status}")
        elif sent.used_token and event.attempts > 1:
            # An earlier attempt, by this worker or one that died, had reached the resident.
            self._end(event, reply, milliseconds, "sent before")
        elif sent.may_be_retried or sent.status == 401:
            self._retry(event, reply, milliseconds, sent)
        else:
            self._end(event, reply, milliseconds, f"LINE が受け付けませんでした（{sent.status}）", dead=True)

    def _retry(self, event: InboxEvent, reply: Reply, milliseconds: float, sent: Sent) -> None:
        delay = _FIRST_RETRY * 2 ** min(event.attempts - 1, 4)
        if sent.status == 401:
            log.error("line_access_token_refused", mend="LINE_CHANNEL_ACCESS_TOKEN")
            delay = _ALARM_RETRY
        if now_ms() + delay - event.received_at > TOKEN_LIFE:
            self._end(event, reply, milliseconds, f"{_TOO_LATE}（{sent.status}）", dead=True)
            return
        with self._sessions() as session:
            put_back(session, event, delay)
            session.commit()

    def _end(
        self, event: InboxEvent, reply: Reply | None, milliseconds: float, outcome: str, dead: bool = False
    ) -> None:
        with self._sessions() as session:
            leave = bury_event if dead else finish_event
            if leave(session, event, outcome) and reply is not None and event.kind == "text":
                self._log(session, event, reply, milliseconds)
            session.commit()

    def _log(self, session: Session, event: InboxEvent, reply: Reply, milliseconds: float) -> None:
        user = pseudonym(event.user_id, self._secret)
        now = self._conversation.clock()
        log_question(session, now, event.channel, user, event.text, reply, milliseconds, event.message_id)
