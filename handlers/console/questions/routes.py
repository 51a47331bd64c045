"""All pages of residents' questions in one blueprint."""

from flask import Blueprint

from handlers.console.parts import Parts
from handlers.console.questions.log import add_log_routes
from handlers.console.questions.queue import add_queue_routes
from handlers.console.questions.samples import add_sample_routes


def question_routes(parts: Parts) -> Blueprint:
    """`/console/questions…`: the queue, a cluster with its decisions, the log, one question, samples."""
    routes = Blueprint("questions", __name__, url_prefix="/console/questions")
    for add in (add_queue_routes, add_log_routes, add_sample_routes):
        add(routes, parts)
    return routes
