"""The web chat, as a page and as JSON."""

import time
from typing import Any

import structlog
from flask import Blueprint, Response, jsonify, render_template, request
from sqlalchemy.exc import SQLAlchemyError

from bot import wording
from bot.channels.json_answer import render_json
from bot.commits import GroupCommit
from bot.conversation import Conversation
from bot.events import Reply
from bot.question_log import log_questions, log_row
from bot.review.feedback import Feedback, find_others, record_all
from knowledge.database import Sessions

log = structlog.get_logger()
_LOG_WITHIN = 2.0  # seconds


def web_routes(conversation: Conversation, commits: GroupCommit, sessions: Sessions) -> Blueprint:
    """`GET` and `POST /` with an optional `q`, `POST /answer` (one answer as a piece of the page), `POST /api/ask`;
    `POST /feedback` and `POST /feedback/piece` with an answer's `key`, what is `said` of it and what was `meant`."""
    routes = Blueprint("web", __name__)

    def answer(question: str) -> tuple[Reply, str]:
        """The reply, and the key under which feedback finds it; empty where it could not be logged."""
        started = time.perf_counter()
        reply = conversation.answer(question)
        milliseconds = (time.perf_counter() - started) * 1000
        address = conversation.ward.address
        row = log_row(conversation.clock(), "web", "", question, reply, milliseconds, ward_address=address)
        try:
            commits.run(log_questions, row, _LOG_WITHIN)
        except (SQLAlchemyError, TimeoutError) as error:
            # The resident gets the answer all the same.
            log.error("question_not_logged", error=type(error).__name__)
            return reply, ""
        return reply, str(row["answer_key"])

    def take_feedback() -> dict[str, Any]:
        """Records what was said; what the page then shows."""
        form = request.form
        said = Feedback(form.get("key", ""), form.get("said", ""), form.get("meant", ""))
        try:
            known = commits.run(record_all, said, _LOG_WITHIN)
        except (SQLAlchemyError, TimeoutError) as error:
            log.error("feedback_not_recorded", error=type(error).__name__)
            known = False
        others = find_others(sessions, conversation.live.get().entries, said.key) if known else ()
        return {"said": said, "known": known, "others": others, "wording": wording}

    @routes.route("/", methods=["GET", "POST"])
    def page() -> str:
        question = request.form.get("q", "").strip()
        reply, key = answer(question) if request.method == "POST" else (None, "")
        return render_template(
            "chat.html", ward=conversation.ward, question=question, reply=reply, answer_key=key,
            examples=wording.EXAMPLES, wording=wording, notices=() if reply else conversation.valid_notices(),
        )  # fmt: skip

    @routes.post("/answer")
    def piece() -> str:
        question = request.form.get("q", "").strip()
        reply, key = answer(question)
        return render_template("_answer.html", question=question, reply=reply, answer_key=key, wording=wording)

    @routes.post("/feedback")
    def feedback() -> str:
        return render_template(
            "chat.html", ward=conversation.ward, question="", reply=None, feedback=True, examples=(), **take_feedback()
        )

    @routes.post("/feedback/piece")
    def feedback_piece() -> str:
        return render_template("_feedback.html", **take_feedback())

    @routes.post("/api/ask")
    def ask() -> tuple[Response, int]:
        body = request.get_json(silent=True)
        question = body.get("question") if isinstance(body, dict) else None
        if not isinstance(question, str):
            return jsonify(error='Send {"question": "…"} as JSON.'), 400
        return jsonify(render_json(question, answer(question)[0])), 200

    return routes
