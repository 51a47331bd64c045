"""Figures of any period, as a page, as tables, and as a report that prints; the scorecard of the releases."""

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from bot.judging.samples import OUTSIDE, VERDICTS
from bot.judging.scores import (
    JUDGED,
    TESTS,
    list_scores,
    score_live,
    tally_feedback,
    tally_samples,
    whole,
)
from bot.record.figures import Figures, read_figures, tables_as_rows
from bot.record.following import follow_log
from bot.record.terms import check_period
from bot.retention import read_last_run
from handlers.console.access import needs
from handlers.console.charts import chart_answers, stack_bars
from handlers.console.naming import CHANNELS, INTENTS, TABLE_TYPES
from handlers.console.parts import Parts
from handlers.settings import retention_of
from knowledge import KnowledgeError
from knowledge.publishing.identity import entries_by_id
from knowledge.rows import write_rows

_LONGEST = 366 * 10  # days
_CHARTED = ("期間ごと", "時")
_MOST_IN_REPORT = 20  # rows of a table
_ASKED_AT_ONCE = 100  # known questions that a page waits for; more are asked behind the scenes
_LEGEND = tuple((f"verdict-{name}", label) for name, label in VERDICTS.items())


def _day(name: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return otherwise


def _period(since: date, until: date) -> tuple[date, date]:
    """The period of the address; where it has none, the one given. Raises KnowledgeError as `check_period`."""
    last = _day("until", until)
    check_period(None, last)  # before anything is reckoned from it
    first = _day("since", since if last == until else last - timedelta(days=29))
    check_period(first, last)
    return max(first, last - timedelta(days=_LONGEST)), last


def statistics_routes(parts: Parts) -> Blueprint:
    """`/console/statistics` with `since` and `until`, its `table.csv` and `table.xlsx`, `report` and `scores`."""
    routes = Blueprint("statistics", __name__, url_prefix="/console/statistics")
    parts.chores.append(lambda: score_live(parts.sessions, parts.conversation))

    @routes.errorhandler(KnowledgeError)
    def ask_again(error: KnowledgeError) -> ResponseReturnValue:
        given = {name: request.args.get(name, "") for name in ("since", "until")}
        return render_template("console/statistics/period.html", error=error, **given), 422

    def figures_of(since: date, until: date) -> Figures:
        follow_log(parts.sessions, parts.now(), most=1)  # the rest is done behind the scenes, every few seconds
        with parts.sessions() as session:
            entries = entries_by_id(session, parts.conversation.live.get().entries)
            found = read_figures(session, since, until, entries)
        for table, names in (("経路", CHANNELS), ("種類", INTENTS)):
            found.tables[table] = {names.get(key, key): pair for key, pair in found.tables[table].items()}
        return found

    def last_thirty_days() -> Figures:
        today = parts.now().date()
        return figures_of(*_period(today - timedelta(days=29), today))

    def shown(figures: Figures) -> dict[str, Any]:
        with parts.sessions() as session:
            last_run = read_last_run(session)
        charts = {label: chart_answers(label, figures.tables[label]) for label in _CHARTED if figures.tables[label]}
        return {"figures": figures, "charts": charts, "kept": retention_of(parts.settings), "last_run": last_run}

    @routes.get("")
    @needs("view")
    def page() -> str:
        return render_template("console/statistics/page.html", **shown(last_thirty_days()))

    @routes.get("/report")
    @needs("view")
    def report() -> str:
        last = parts.now().date().replace(day=1) - timedelta(days=1)
        since, until = _period(last.replace(day=1), last)
        figures = figures_of(since, until)
        with parts.sessions() as session:
            samples = tally_samples(session, since, until)
        return render_template(
            "console/statistics/report.html", samples=samples, all=whole(samples), names=VERDICTS, made=parts.now(),
            most=_MOST_IN_REPORT, **shown(figures),
        )  # fmt: skip

    @routes.get("/scores")
    @needs("view")
    def scores() -> str:
        score_live(parts.sessions, parts.conversation, _ASKED_AT_ONCE)
        with parts.sessions() as session:
            samples = tally_samples(session)
            known = [("判定した質問", list_scores(session, JUDGED)), ("職員のテスト質問", list_scores(session, TESTS))]
            said, last_run = tally_feedback(session), read_last_run(session)
        newest = reversed(samples[:12])
        rows = {f"公開版 {tally.release}": [tally.counts[name] for name in VERDICTS] for tally in newest}
        return render_template(
            "console/statistics/scores.html", samples=samples, all=whole(samples), names=VERDICTS, known=known,
            said=said, known_verdicts=[name for name in VERDICTS if name != OUTSIDE], kept=retention_of(parts.settings),
            last_run=last_run, chart=stack_bars("公開版ごとの判定", f"{len(rows)} 本の棒。", rows, _LEGEND),
        )  # fmt: skip

    @routes.get("/table.<any(csv, xlsx):kind>")
    @needs("view")
    def table(kind: str) -> Response:
        found = last_thirty_days()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"statistics.{kind}"
            write_rows(path, "統計", tables_as_rows(found))
            content = path.read_bytes()
        name = f"statistics-{found.since}-{found.until}.{kind}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, content_type=TABLE_TYPES[kind], headers=headers)

    return routes
