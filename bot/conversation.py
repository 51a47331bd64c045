"""One question in, one reply out; nothing is sent or written here."""

from bot import wording
from bot.events import Reply
from bot.notices import Clock, NoticeBoard
from bot.ward import Ward
from intents.decision import Decision
from intents.policy import decide
from knowledge.live import LiveSnapshot
from knowledge.notices import Notice


class Conversation:
    """Answers for one ward. `clock` is the one source of today's date; without a `board` there are no notices."""

    def __init__(self, live: LiveSnapshot, ward: Ward, clock: Clock, board: NoticeBoard | None = None) -> None:
        self.live, self.ward, self.clock, self.board = live, ward, clock, board

    def watch(self) -> None:
        """Looks for new releases and notices beside the questions from now on, instead of at a question."""
        self.live.watch()
        if self.board:
            self.board.watch(self.clock)

    def valid_notices(self) -> tuple[Notice, ...]:
        """The notices that are shown now, the newest first."""
        return self.board.valid(self.clock()) if self.board else ()

    def answer(self, question: str, top: int = 3, explain: bool = False) -> Reply:
        """The reply to one message, whatever it contains; `explain` adds to each candidate what counted for it."""
        now, ward = self.clock(), self.ward
        today = now.date()
        decision = decide(question, self.live.get(), today, ward.general, ward.elsewhere, top, explain)
        # Nothing stands above an emergency.
        notices = self.board.find(question, now) if self.board and decision.intent != "emergency" else ()
        perhaps = ward.emergency.get(decision.perhaps or "")
        caution = perhaps.perhaps if perhaps else ""
        dial = ward.emergency[decision.service].phone if decision.service else decision.office and decision.office.phone
        text = wording.reply_text(question, decision, ward, today, notices, caution)
        return Reply(decision, text, self._suggestions(decision), dial or "", notices, caution)

    def reply_to(self, kind: str, text: str) -> Reply:
        """The reply to an event: to a text as `answer`, to anything else a line that helps to write one."""
        if kind == "text":
            return self.answer(text)
        intent, sentence = wording.BESIDE_TEXTS[kind]
        return Reply(Decision(intent, True), sentence.format(name=self.ward.name), wording.EXAMPLES)

    def _suggestions(self, decision: Decision) -> tuple[str, ...]:
        if decision.intent == "initiative":
            shown = {decision.matches[0].entry.title, decision.also.entry.title if decision.also else ""}
            return tuple(dict.fromkeys(m.entry.title for m in decision.matches[1:4] if m.entry.title not in shown))
        if decision.intent == "unknown":
            return wording.nearest_titles(decision)
        return wording.EXAMPLES if decision.intent in ("greeting", "help") else ()
