"""The first page after signing in."""

from flask import Blueprint, render_template

from handlers.console.access import needs
from handlers.console.parts import Parts
from knowledge.releases import list_releases, live_number


def home_routes(parts: Parts) -> Blueprint:
    """`/console/`."""
    routes = Blueprint("home", __name__)

    @routes.get("/console/")
    @needs("view")
    def page() -> str:
        with parts.sessions() as session:
            number = live_number(session)
            live = next((release for release in list_releases(session) if release.number == number), None)
        return render_template("console/home.html", live=live)

    return routes
