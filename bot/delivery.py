"""The workers behind the webhook: claim an event, answer it, send the answer, record its end."""

import threading
import time
import uuid
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.line import render_line
from bot.commits import GroupCommit
from bot.conversation import Conversation
from bot.inbox import (
    LEASE,
    TOKEN_LIFE,
    UNSURE,
    Claimed,
    Ending,
    Room,
    claim_events,
    end_events,
    find_waiting_long,
    give_back,
    now_ms,
    renew_claims,
)
from bot.question_log import key_of_answer, log_row, pseudonym
from bot.review.postbacks import Postbacks
from knowledge.database import Sessions

log = structlog.get_logger()
_LOOK_EVERY = 0.5  # seconds between looks at the inbox when nothing wakes a worker
_STOP_WITHIN = 9.0  # seconds
_FIRST_RETRY = 1_000  # milliseconds; doubled each time
_ALARM_RETRY = 10_000  # milliseconds, where the access token is refused: a person must act first
_WAITED_LONG = 1_000  # milliseconds after which a resident is shown that an answer is coming
_COMFORTED_AT_ONCE = 20
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
    def unsure(self) -> bool:
        """Whether it may have been accepted all the same."""
        return self.status == 0 or self.status >= 500

    @property
    def may_be_retried(self) -> bool:
        return self.unsure or self.status == 429


class LineSender(Protocol):
    """LINE's side of a conversation."""

    def reply(self, reply_token: str, messages: list[dict[str, Any]]) -> Sent:
        """Sends messages with a reply token."""
        ...

    def show_loading(self, user_id: str) -> None:
        """Shows the user that an answer is coming; whether it works does not matter."""
        ...


class Worker:
    """Answers what waits in the inbox with several threads. `wake` is called when something new was stored."""

    def __init__(
        self,
        sessions: Sessions,
        commits: GroupCommit,
        conversation: Conversation,
        sender: LineSender,
        secret: str,
        threads: int = 16,
    ) -> None:
        self._sessions, self._commits, self._conversation = sessions, commits, conversation
        self._sender, self._secret, self.name = sender, secret, uuid.uuid4().hex[:12]
        self._postbacks = Postbacks(sessions, commits, conversation.live)
        # Some events lie ready, so that no thread waits for the next claim and one claim takes several.
        self._most_in_hand = 2 * threads
        self._in_hand: set[int] = set()
        self._begun: set[int] = set()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="answer")
        self._stop, self._news = threading.Event(), threading.Event()
        loops = (self._dispatch, self._keep_claims, self._comfort)
        self._threads = [threading.Thread(target=loop, name=loop.__name__, daemon=True) for loop in loops]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        self._news.set()

    def stop(self) -> None:
        """Lets what was begun finish within 10 seconds; the rest goes back to the inbox for whoever comes next."""
        deadline = time.monotonic() + _STOP_WITHIN
        self._stop.set()
        self._news.set()
        self._threads[0].join(timeout=_STOP_WITHIN)
        self._pool.shutdown(wait=False, cancel_futures=True)
        not_begun = self._in_hand - self._begun
        if not_begun:
            self._give_back(not_begun)
        while time.monotonic() < deadline and self._in_hand - not_begun:
            time.sleep(0.05)
        self._commits.stop()

    def _give_back(self, numbers: set[int]) -> None:
        try:
            with self._sessions() as session:
                give_back(session, self.name, numbers)
                session.commit()
        except SQLAlchemyError as error:
            log.error("claims_not_given_back", error=type(error).__name__)  # they run out by themselves

    def alive(self) -> bool:
        """Whether every thread is at work."""
        return all(thread.is_alive() for thread in self._threads)

    def _dispatch(self) -> None:
        swept = 0.0
        while not self._stop.is_set():
            self._news.clear()
            if sweep := time.monotonic() - swept >= _LOOK_EVERY:
                swept = time.monotonic()
            room = self._most_in_hand - len(self._in_hand)
            taken: list[Claimed] = []
            if 2 * room >= self._most_in_hand:  # a claim of many costs little more than a claim of one
                try:
                    taken = self._commits.run(claim_events, Room(self.name, room, sweep), _STOP_WITHIN)
                except Exception as error:
                    # Only the kind of an error is logged, here and below: its text may hold what a resident wrote.
                    log.error("inbox_not_read", error=type(error).__name__)
            for event in taken:
                self._in_hand.add(event.id)
                self._pool.submit(self._work, event)
            if not taken:
                self._news.wait(timeout=_LOOK_EVERY)

    def _work(self, event: Claimed) -> None:
        self._begun.add(event.id)
        try:
            ended = self._commits.submit(end_events, self.answer_event(event))
            ended.add_done_callback(lambda done: self._leave(event.id, done.exception()))
        except Exception as error:
            self._leave(event.id, error)

    def _leave(self, number: int, error: BaseException | None) -> None:
        """An event out of hand; where its end could not be written, its claim runs out and it is tried again."""
        self._in_hand.discard(number)
        self._begun.discard(number)
        if error:
            log.error("event_not_ended", error=type(error).__name__)
        self._news.set()  # the same user's next event may go now

    def _keep_claims(self) -> None:
        while not self._stop.wait(LEASE / 4_000):
            held = self._in_hand.copy()
            if held:
                try:
                    with self._sessions() as session:
                        renew_claims(session, self.name, held)
                        session.commit()
                except Exception as error:
                    log.error("claims_not_renewed", error=type(error).__name__)

    def _comfort(self) -> None:
        """Shows residents who wait long that an answer is coming, each once."""
        shown: deque[int] = deque(maxlen=1_000)
        while not self._stop.wait(_WAITED_LONG / 1_000):
            try:
                waiting = find_waiting_long(self._sessions, _WAITED_LONG, _COMFORTED_AT_ONCE)
            except Exception as error:
                log.error("inbox_not_read", error=type(error).__name__)
                continue
            for number, user in waiting:
                if number not in shown and not self._stop.is_set():
                    shown.append(number)
                    self._sender.show_loading(user)

    def answer_event(self, event: Claimed) -> Ending:
        """Answers one claimed event; returns what becomes of it."""
        if now_ms() - event.received_at > TOKEN_LIFE:
            return Ending(event, "dead", _TOO_LATE)
        started, user, row = time.perf_counter(), pseudonym(event.user_id, self._secret), None
        if event.kind == "postback":
            reply = self._postbacks.take(event.text, user, self._conversation.clock())
        else:
            reply = self._conversation.reply_to(event.kind, event.text)
        milliseconds = (time.perf_counter() - started) * 1000
        # Nobody could be told apart from another who judges the answer of one whom LINE does not name.
        key = key_of_answer(event.id, event.message_id, self._secret) if event.kind == "text" and user else ""
        sent = self._sender.reply(event.reply_token, render_line(reply, key))
        if event.kind == "text":
            now, address = self._conversation.clock(), self._conversation.ward.address
            row = log_row(now, event.channel, user, event.text, reply, milliseconds, event.message_id, address, key)
        if sent.delivered:
            return Ending(event, "done", f"sent {sent.status}", log=row)
        if sent.used_token and event.outcome == UNSURE:
            # An earlier attempt, by this worker or one that died, had reached the resident.
            return Ending(event, "done", "sent before", log=row)
        if not sent.may_be_retried and sent.status != 401:
            return Ending(event, "dead", f"LINE が受け付けませんでした（{sent.status}）", log=row)
        again = now_ms() + self._retry_after(event, sent)
        if again - event.received_at > TOKEN_LIFE:
            return Ending(event, "dead", f"{_TOO_LATE}（{sent.status}）", log=row)
        return Ending(event, "waiting", UNSURE if sent.unsure else event.outcome, again)

    def _retry_after(self, event: Claimed, sent: Sent) -> int:
        if sent.status == 401:
            log.error("line_access_token_refused", mend="LINE_CHANNEL_ACCESS_TOKEN")
            return _ALARM_RETRY
        return int(_FIRST_RETRY * 2 ** min(event.attempts - 1, 4))
