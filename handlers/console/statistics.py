"""Figures of any period, as a page, as tables, and as a report that prints."""

import tempfile
from datetime import date, timedelta
from pathlib import Path

from flask import Blueprint, Response, render_template, request

from bot.record.figures import Figures, read_figures, tables_as_rows
from bot.record.following import follow_log
from handlers.console.access import needs
from handlers.console.parts import Parts
from knowledge.rows import write_rows

_LONGEST = 366 * 10  # days
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _day(name: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return otherwise


def statistics_routes(parts: Parts) -> Blueprint:
    """`/console/statistics` with `since` and `until`, and `/console/statistics/table.csv` or `.xlsx`."""
    routes = Blueprint("statistics", __name__, url_prefix="/console/statistics")

    def figures() -> Figures:
        today = parts.now().date()
        until = _day("until", today)
        since = min(_day("since", until - timedelta(days=29)), until)
        since = max(since, until - timedelta(days=_LONGEST))
        follow_log(parts.sessions, parts.now(), most=1)  # the rest is done behind the scenes, every few seconds
        entries = {entry.id: entry for entry in parts.conversation.live.get().entries}
        with parts.sessions() as session:
            return read_figures(session, since, until, entries)

    @routes.get("")
    @needs("view")
    def page() -> str:
        found = figures()
        return render_template("console/statistics.html", figures=found)

    @routes.get("/table.<any(csv, xlsx):kind>")
    @needs("view")
    def table(kind: str) -> Response:
        found = figures()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"statistics.{kind}"
            write_rows(path, "統計", tables_as_rows(found))
            content = path.read_bytes()
        name = f"statistics-{found.since}-{found.until}.{kind}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, content_type=_TYPES[kind], headers=headers)

    return routes
