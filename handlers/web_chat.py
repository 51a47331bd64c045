"""The web chat, as a page and as JSON."""

import secrets
import time
from typing import Any

import structlog
from flask import Blueprint, Response, g, jsonify, render_template, request
from sqlalchemy.exc import SQLAlchemyError

from bot import wording
from bot.channels.json_answer import render_json
from bot.commits import GroupCommit
from bot.conversation import Conversation
from bot.events import Reply
from bot.question_log import log_questions, log_row, pseudonym
from bot.review.feedback import Feedback, find_others, record_all
from handlers.json_reading import read_json
from knowledge.database import Sessions

log = structlog.get_logger()
_LOG_WITHIN = 2.0  # seconds
_VISIT = "visit"  # the cookie


def web_routes(conversation: Conversation, commits: GroupCommit, sessions: Sessions, secret: str) -> Blueprint:
    """`GET` and `POST /` with an optional `q`, `POST /answer` (one answer as a piece of the page), `POST /api/ask`;
    `POST /feedback` and `POST /feedback/piece` with an answer's `key`, what is `said` of it and what was `meant`.
    `secret`: of the installation, for pseudonyms."""
    routes = Blueprint("web", __name__)

    def visitor() -> str:
        """The pseudonym of whoever asks on the page: a name by chance, which the browser forgets when it is closed."""
        if _VISIT not in g:
            g.visit = request.cookies.get(_VISIT) or secrets.token_urlsafe(16)
        return pseudonym(g.visit, secret)

    @routes.after_request
    def keep_visit(response: Response) -> Response:
        if _VISIT in g and _VISIT not in request.cookies:
            response.set_cookie(_VISIT, g.visit, httponly=True, samesite="Lax", secure=request.is_secure)
        return response

    def answer(question: str, user: str = "") -> tuple[Reply, str]:
        """The reply, and the key under which feedback finds it; empty where it could not be logged."""
        started = time.perf_counter()
        reply = conversation.answer(question)
        milliseconds = (time.perf_counter() - started) * 1000
        address = conversation.ward.address
        row = log_row(conversation.clock(), "web", user, question, reply, milliseconds, ward_address=address)
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
        reply, key = answer(question, visitor()) if request.method == "POST" else (None, "")
        return render_template(
            "chat.html", ward=conversation.ward, question=question, reply=reply, answer_key=key,
            examples=wording.EXAMPLES, wording=wording, notices=() if reply else conversation.valid_notices(),
        )  # fmt: skip

    @routes.post("/answer")
    def piece() -> str:
        question = request.form.get("q", "").strip()
        reply, key = answer(question, visitor())
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
        try:
            body = read_json(request.get_data()) if request.is_json else None
        except ValueError:
            body = None
        question = body.get("question") if isinstance(body, dict) else None
        if not isinstance(question, str):
            return jsonify(error='Send {"question": "…"} as JSON.'), 400
        return jsonify(render_json(question, answer(question)[0])), 200

    return routes
