"""All pages between a file and the residents in one blueprint."""

from flask import Blueprint

from handlers.console.parts import Parts
from handlers.console.release.intake import add_intake_routes
from handlers.console.release.publishing import add_publishing_routes
from handlers.console.release.trying import add_trying_routes
from handlers.console.release.works import Works


def release_routes(parts: Parts) -> Blueprint:
    """`/console/…`: import, export, try, test questions, publishing, releases."""
    routes = Blueprint("release", __name__, url_prefix="/console")
    works = Works(parts)
    for add in (add_intake_routes, add_trying_routes, add_publishing_routes):
        add(routes, parts, works)
    works.runner.wake()  # what an earlier process left
    return routes
