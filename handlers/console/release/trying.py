"""Questions before residents ask them: the try box, and the test questions that guard every publishing."""

from contextlib import suppress

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot import wording
from bot.channels.line import render_line
from bot.draft_check.checks import outcome
from bot.draft_check.trial import answering_from, draft_version
from bot.events import Reply
from handlers.console.access import needs, visitor
from handlers.console.numbers import as_number, read_number
from handlers.console.parts import Parts
from handlers.console.release.works import Works, writing
from knowledge import KnowledgeError
from knowledge.draft import label
from knowledge.publishing.questions import draft_entries, list_questions, remove_question, save_question
from knowledge.snapshot import Snapshot

_LONGEST = 1000  # characters
_WAIT = 0.1  # seconds; the index of a small draft is made in that time
INTENTS = {
    "initiative": "取組", "office": "窓口の場所", "emergency": "緊急", "hours": "開庁時間", "human": "職員と話したい",
    "complaint": "苦情", "greeting": "あいさつ", "thanks": "お礼", "help": "使い方", "unknown": "分からない",
}  # fmt: skip
CANDIDATES = 5


def _entry(chosen: str) -> int | None:
    """The row that was chosen; None for a question that must not be answered."""
    return None if chosen == "none" else as_number(chosen) or 0


def add_trying_routes(routes: Blueprint, parts: Parts, works: Works) -> None:
    """`/try` and `/test-questions…`."""

    def draft_snapshot(wait: float) -> Snapshot | None:
        """The draft as it would answer; None while its index is being made."""
        with parts.sessions() as session:
            version = draft_version(session)
        return works.trial.get(version, wait)

    @routes.get("/try")
    @needs("view")
    def trial() -> str:
        with suppress(KnowledgeError):  # an empty draft: said when something is tried
            draft_snapshot(0)  # made while the question is written
        return render_template("console/release/try.html", question="", sides=(), rows={})

    @routes.post("/try")
    @needs("view")
    def answer_trial() -> str:
        question = request.form.get("q", "").strip()[:_LONGEST]
        draft = draft_snapshot(_WAIT)
        if draft is None:
            return render_template("console/release/preparing.html", question=question)
        live = parts.conversation.live.get()
        sides = []
        for name, snapshot in (("下書き", draft), (f"公開版 {live.release}", live)):
            reply: Reply = answering_from(parts.conversation, snapshot).answer(question, CANDIDATES, explain=True)
            sides.append({"name": name, "reply": reply, "messages": render_line(reply), "outcome": outcome(reply)})
        with parts.sessions() as session:
            rows = {entry.id: number for number, entry in draft_entries(session).items()}
        return render_template(
            "console/release/try.html", question=question, sides=sides, rows=rows, intents=INTENTS, wording=wording,
            differs=sides[0]["outcome"] != sides[1]["outcome"],
        )  # fmt: skip

    def listed(error: str = "") -> str:
        with parts.sessions() as session:
            entries = [(number, label(entry)) for number, entry in draft_entries(session).items()]
            return render_template(
                "console/release/questions.html", questions=list_questions(session), entries=entries,
                labels=dict(entries), error=error, form=request.form,
                chosen=read_number(request.args, "change", 0),
            )  # fmt: skip

    @routes.get("/test-questions")
    @needs("view")
    def test_questions() -> str:
        return listed()

    @routes.post("/test-questions")
    @needs("draft")
    def save() -> ResponseReturnValue:
        try:
            with writing(parts) as session:
                chosen = request.form.get("entry", "")
                if not chosen:
                    raise KnowledgeError("先に出る取組を選んでください。答えてはいけない質問なら、そう選んでください。")
                save_question(
                    session, request.form.get("question", ""), _entry(chosen), visitor().name,
                    parts.now(), read_number(request.form, "number", None),
                )  # fmt: skip
                session.commit()
        except KnowledgeError as error:
            return listed(str(error)), 422
        flash("テスト質問を保存しました。次の公開から検査に使います。", "done")
        return redirect(url_for(".test_questions"), 303)

    @routes.post("/test-questions/<int:number>/remove")
    @needs("draft")
    def remove(number: int) -> ResponseReturnValue:
        with writing(parts) as session:
            remove_question(session, number)
            session.commit()
        flash("テスト質問を消しました。", "done")
        return redirect(url_for(".test_questions"), 303)
