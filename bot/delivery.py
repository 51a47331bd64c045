"""The workers behind the webhook: claim an event, answer it, send the answer, record its end."""

import queue
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.carriers import Carrier, Message
from bot.commits import GroupCommit
from bot.conversation import Conversation
from bot.inbox.claiming import Claimed, Room, claim_events, find_waiting_long, give_back, renew_claims
from bot.inbox.ending import Ending, end_events, end_outdated
from bot.inbox.state import LEASE, TOO_LATE, UNSURE, now_ms
from bot.question_log import key_of_answer, log_row, pseudonym
from bot.review.postbacks import Postbacks
from bot.sending import MOST_SLOW, Senders, Sent
from knowledge.database import Sessions

log = structlog.get_logger()
_LOOK_EVERY = 0.5  # seconds between looks at the inbox when nothing wakes a worker
_STOP_WITHIN = 5.0  # seconds: with what else a process ends, within 10
_FIRST_RETRY = 1_000  # milliseconds; doubled each time
_WAITED_LONG = 1_000  # milliseconds after which a resident is shown that an answer is coming
_COMFORTED_AT_ONCE = 20
_MOST_TOGETHER = 32  # events in a claim that is waited for
# Events tried before: calls that hang are tried again and again, and must leave places for new ones.
_MOST_RETRIED = MOST_SLOW // 2
_MANY, _BUSY_FOR = 10, 3.0  # events within a second, seconds after it: while they come so fast, chores wait
Row = dict[str, Any]


class Worker:
    """Answers what waits in the inbox: one thread claims, one finds answers, and up to `at_once` (and calls that take
    long beside them) wait for the channels. More would compute no faster, as they take turns, and each turn costs.
    `wake` is called when something new was stored."""

    def __init__(
        self,
        sessions: Sessions,
        commits: GroupCommit,
        conversation: Conversation,
        carriers: Iterable[Carrier],
        secret: str,
        at_once: int = 64,
    ) -> None:
        self._sessions, self._commits, self._conversation = sessions, commits, conversation
        self._carriers = {carrier.channel: carrier for carrier in carriers}
        self._secret, self.name = secret, uuid.uuid4().hex[:12]
        self._postbacks = Postbacks(sessions, commits, conversation.live)
        # Some events lie ready, so that no thread waits for the next claim and one claim takes several.
        self._most_in_hand = 2 * at_once
        self._in_hand: dict[int, Claimed] = {}
        self._begun: set[int] = set()
        self._claimed_many = -_BUSY_FOR
        self._ready: queue.SimpleQueue[Claimed | None] = queue.SimpleQueue()
        self._stop, self._news = threading.Event(), threading.Event()
        self._senders = Senders(at_once, self._news.set)
        takers = ((self._dispatch, "dispatch"), (self._answer, "answer"))
        self._takers = [threading.Thread(target=loop, name=name, daemon=True) for loop, name in takers]
        loops = (self._keep_claims, self._comfort)
        self._threads = self._takers + [threading.Thread(target=loop, daemon=True) for loop in loops]

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
        self._ready.put(None)
        for thread in self._takers:
            if thread.is_alive():
                thread.join(timeout=max(0.0, deadline - time.monotonic()))
        if not_begun := set(self._in_hand.copy()) - self._begun:
            self._give_back(not_begun)
        while time.monotonic() < deadline and set(self._in_hand.copy()) - not_begun:
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

    def busy(self) -> bool:
        """Whether residents wait for their answers."""
        return time.monotonic() - self._claimed_many < _BUSY_FOR

    def _dispatch(self) -> None:
        swept = second = 0.0
        came = 0  # events since the second began
        while not self._stop.is_set():
            self._news.clear()
            if sweep := time.monotonic() - swept >= _LOOK_EVERY:
                swept = time.monotonic()
            taken: list[Claimed] = []
            try:
                for room in self._rooms(sweep):
                    claimed = self._commits.run(claim_events, room, _STOP_WITHIN)
                    taken += claimed
                for carrier in self._refused() if sweep else ():
                    self._commits.run(end_outdated, (carrier.channel, carrier.life), _STOP_WITHIN)
            except Exception as error:
                # Only the kind of an error is logged, here and below: its text may hold what a resident wrote.
                log.error("inbox_not_read", error=type(error).__name__)
            if (now := time.monotonic()) - second > 1:
                second, came = now, 0
            came += len(taken)
            if came > _MANY:
                self._claimed_many = now
            for event in taken:
                self._in_hand[event.id] = event
                self._ready.put(event)
            if not taken:
                self._news.wait(timeout=_LOOK_EVERY)

    def _refused(self) -> list[Carrier]:
        """The channels that do not take their access token."""
        return [carrier for carrier in self._carriers.values() if carrier.token.refused]

    def _rooms(self, left_over: bool) -> list[Room]:
        """What may be claimed now, and is worth a claim."""
        in_hand = list(self._in_hand.values())
        rooms: list[Room] = []
        there: tuple[str, ...] = ()
        if refused := [carrier.channel for carrier in self._refused()]:
            there = tuple(channel for channel in self._carriers if channel not in refused)
            rooms = [
                Room(self.name, 1, left_over, True, (channel,))
                for channel in refused
                if self._carriers[channel].token.due() and all(event.channel != channel for event in in_hand)
            ]
            if not there:
                return rooms
        room = self._most_in_hand + self._senders.slow - len(in_hand)
        if room >= min(_MOST_TOGETHER, self._most_in_hand // 2):  # a claim of many costs little more than one of one
            tried = sum(event.attempts > 1 for event in in_hand) < _MOST_RETRIED
            rooms.append(Room(self.name, room, left_over, tried, there))
        return rooms

    def _answer(self) -> None:
        while (event := self._ready.get()) and not self._stop.is_set():
            try:
                job = self._prepare(event)
            except Exception as error:
                self._leave(event.id, error)
                continue
            while not self._senders.find_place(_LOOK_EVERY):
                if self._stop.is_set():
                    return
            self._begun.add(event.id)
            self._senders.send(job)

    def _prepare(self, event: Claimed) -> Callable[[], None]:
        """Finds the answer to a claimed event; returns what sends it and writes its end."""
        carrier = self._carriers[event.channel]
        if now_ms() - event.received_at > carrier.life:
            return partial(self._end, Ending(event, "dead", TOO_LATE))
        started, user, row = time.perf_counter(), pseudonym(event.user_id, self._secret), None
        if event.kind == "postback":
            reply = self._postbacks.take(event.text, user, self._conversation.clock())
        else:
            reply = self._conversation.reply_to(event.kind, event.text)
        milliseconds = (time.perf_counter() - started) * 1000
        # Nobody could be told apart from another who judges the answer of one whom LINE does not name.
        key = ""
        if event.kind == "text" and user:
            key = key_of_answer(event.received_at, event.id, event.message_id, self._secret)
        if event.kind == "text":
            now, address = self._conversation.clock(), self._conversation.ward.address
            row = log_row(now, event.channel, user, event.text, reply, milliseconds, event.message_id, address, key)
        return partial(self._send, carrier, event, carrier.write(reply, key), row)

    def _send(self, carrier: Carrier, event: Claimed, messages: list[Message], row: Row | None) -> None:
        try:
            if not carrier.token.take():
                self._end(Ending(event, "waiting", event.outcome))
                return
            sent = carrier.send(event, messages)
            carrier.token.note(sent)
            self._end(judge(carrier, event, sent, row))
        except Exception as error:
            self._leave(event.id, error)

    def _end(self, ending: Ending) -> None:
        ended = self._commits.submit(end_events, ending, can_wait=True)
        ended.add_done_callback(lambda done: self._leave(ending.event.id, done.exception()))

    def _leave(self, number: int, error: BaseException | None) -> None:
        """An event out of hand; where its end could not be written, its claim runs out and it is tried again."""
        self._in_hand.pop(number, None)
        self._begun.discard(number)
        if error:
            log.error("event_not_ended", error=type(error).__name__)
        self._news.set()  # the same user's next event may go now

    def _keep_claims(self) -> None:
        while not self._stop.wait(LEASE / 4_000):
            if held := list(self._in_hand):
                try:
                    self._commits.run(renew_claims, (self.name, held), _STOP_WITHIN)
                except Exception as error:
                    log.error("claims_not_renewed", error=type(error).__name__)

    def _comfort(self) -> None:
        """Shows residents who wait long that an answer is coming, each once."""
        shown: deque[int] = deque(maxlen=1_000)
        while not self._stop.wait(_WAITED_LONG / 1_000):
            for carrier in self._carriers.values():
                if not (show := carrier.show_waiting) or carrier.token.refused:
                    continue
                try:
                    waiting = find_waiting_long(
                        self._sessions, carrier.channel, _WAITED_LONG, carrier.life, _COMFORTED_AT_ONCE
                    )  # fmt: skip
                except Exception as error:
                    log.error("inbox_not_read", error=type(error).__name__)
                    continue
                for number, user in waiting:
                    if number not in shown and not self._stop.is_set():
                        shown.append(number)
                        show(user)


def judge(carrier: Carrier, event: Claimed, sent: Sent, row: Row | None) -> Ending:
    """What becomes of an event after a call; `row`: of the question log, once it is over."""
    if sent.sent_before and event.outcome == UNSURE:
        # An earlier attempt, by this worker or one that died, had reached the resident.
        return Ending(event, "done", "sent before", log=row)
    if sent.delivered:
        return Ending(event, "done", f"sent {sent.status}", log=row)
    if sent.refused_access:  # it waits until the token works again
        return Ending(event, "waiting", event.outcome)
    said = sent.reason or sent.status
    if not sent.may_be_retried:
        return Ending(event, "dead", f"{carrier.label} が受け付けませんでした（{said}）", log=row)
    pause = max(int(_FIRST_RETRY * 2 ** min(event.attempts - 1, 4)), int(sent.wait * 1000))
    again = now_ms() + (max(pause, carrier.settle) if sent.unsure else pause)
    if again - event.received_at > carrier.life:
        return Ending(event, "dead", f"{TOO_LATE}（{said}）", log=row)
    return Ending(event, "waiting", UNSURE if sent.unsure else event.outcome, again)
