"""All pages of the draft in one blueprint."""

from flask import Blueprint

from handlers.console.knowledge.entries import add_entry_routes
from handlers.console.knowledge.past import add_history_routes, add_next_year_routes
from handlers.console.knowledge.rows import add_list_routes, add_row_routes
from handlers.console.parts import Parts


def knowledge_routes(parts: Parts) -> Blueprint:
    """`/console/knowledge/…`: entries, offices, plans, residents' words, history, next year."""
    routes = Blueprint("knowledge", __name__, url_prefix="/console/knowledge")
    for add in (add_entry_routes, add_list_routes, add_row_routes, add_history_routes, add_next_year_routes):
        add(routes, parts)
    return routes
