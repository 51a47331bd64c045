"""All pages of residents' questions in one blueprint."""

from datetime import timedelta

from flask import Blueprint

from bot.models import QuestionLog
from handlers.console.parts import Parts
from handlers.console.questions.log import add_log_routes
from handlers.console.questions.queue import add_queue_routes
from handlers.console.questions.samples import add_sample_routes

_BRIEF = 120  # letters


def question_routes(parts: Parts) -> Blueprint:
    """`/console/questions…`: the queue, a cluster with its decisions, the log, one question, samples."""
    routes = Blueprint("questions", __name__, url_prefix="/console/questions")

    @routes.app_template_filter()
    def text_of(row: QuestionLog) -> str:
        """What was asked as a page shows it, also where nothing was or where the text is gone."""
        kept_from = parts.now().replace(tzinfo=None) - timedelta(days=parts.settings.keep_texts_days)
        if row.question:
            return row.question
        return "（何も書かれていません）" if row.asked_at > kept_from else "（文は保存期間が過ぎました）"

    @routes.app_template_filter()
    def brief(text: str) -> str:
        """A text for a list or a heading: what residents write may be as long as a letter."""
        return text if len(text) <= _BRIEF else f"{text[: _BRIEF - 1]}…"

    for add in (add_queue_routes, add_log_routes, add_sample_routes):
        add(routes, parts)
    return routes
