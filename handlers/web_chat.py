"""The web chat, as a page and as JSON."""

import time

import structlog
from flask import Blueprint, Response, jsonify, render_template, request
from sqlalchemy.exc import SQLAlchemyError

from bot import wording
from bot.channels.json_answer import render_json
from bot.commits import GroupCommit
from bot.conversation import Conversation
from bot.events import Reply
from bot.question_log import log_questions, log_row

log = structlog.get_logger()
_LOG_WITHIN = 2.0  # seconds


def web_routes(conversation: Conversation, commits: GroupCommit) -> Blueprint:
    """`GET` and `POST /` with an optional `q`, `POST /answer` (one answer as a piece of the page), `POST /api/ask`."""
    routes = Blueprint("web", __name__)

    def answer(question: str) -> Reply:
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
        return reply

    @routes.route("/", methods=["GET", "POST"])
    def page() -> str:
        question = request.form.get("q", "").strip()
        reply = answer(question) if request.method == "POST" else None
        return render_template(
            "chat.html", ward=conversation.ward, question=question, reply=reply, examples=wording.EXAMPLES,
            wording=wording,
        )  # fmt: skip

    @routes.post("/answer")
    def piece() -> str:
        question = request.form.get("q", "").strip()
        return render_template("_answer.html", question=question, reply=answer(question), wording=wording)

    @routes.post("/api/ask")
    def ask() -> tuple[Response, int]:
        body = request.get_json(silent=True)
        question = body.get("question") if isinstance(body, dict) else None
        if not isinstance(question, str):
            return jsonify(error='Send {"question": "…"} as JSON.'), 400
        return jsonify(render_json(question, answer(question))), 200

    return routes
