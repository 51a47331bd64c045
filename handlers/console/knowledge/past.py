"""The history, of everything and of one row, and the way back; the next year of a plan."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from handlers.console.access import needs
from handlers.console.knowledge.rows import found, place_of, writing
from handlers.console.numbers import page_number, read_number, read_numbers
from handlers.console.parts import Parts
from knowledge import KnowledgeError
from knowledge.editing.fields import FieldError, fields_of, read_day, show
from knowledge.editing.next_year import NextPeriod, begin_next_year, list_carried, propose_next
from knowledge.editing.saving import KINDS, NAMES, FieldsError, undo_change
from knowledge.history import Change, list_history
from knowledge.models import PlanRow
from knowledge.notices import NOTICE

PER_PAGE = 30
_NAMES = {**NAMES, NOTICE: "お知らせ"}


def differences(change: Change) -> list[dict[str, Any]]:
    """The fields that a change changed: label, before, after, as text."""
    before, after = change.before or {}, change.after or {}
    rows = []
    for field in fields_of(change.kind, ""):
        name = field.name.removesuffix("_id") if field.name in ("plan_id", "office_id") else field.name
        was, now = show(before.get(name)), show(after.get(name))
        if was != now:
            lines = (set(was.splitlines()), set(now.splitlines())) if field.lines else (set(), set())
            rows.append(
                {
                    "label": field.label, "before": was, "after": now, "lines": field.lines,
                    "gone": [line for line in was.splitlines() if line not in lines[1]],
                    "come": [line for line in now.splitlines() if line not in lines[0]],
                }
            )  # fmt: skip
    return rows


def add_history_routes(routes: Blueprint, parts: Parts) -> None:
    """`/history`, `/history/TABLE/NUMBER`, `/history/CHANGE/undo`."""

    def page(session: Session, table: str, item: int | None) -> str:
        number, who = page_number(), request.args.get("who", "").strip()
        changes = list_history(session, table, item, who, (number - 1) * PER_PAGE, PER_PAGE + 1)
        return render_template(
            "console/knowledge/history.html", names=_NAMES, table=table, item=item, who=who, page=number,
            changes=[(change, differences(change)) for change in changes[:PER_PAGE]],
            more=len(changes) > PER_PAGE, alive=item is not None and session.get(KINDS[table], item) is not None,

        )  # fmt: skip

    @routes.get("/history")
    @needs("view")
    def history() -> str:
        table = request.args.get("table", "")
        with parts.sessions() as session:
            return page(session, table if table in _NAMES else "", None)

    @routes.get("/history/<any(entry, office, plan, word):table>/<int:number>")
    @needs("view")
    def history_of(table: str, number: int) -> str:
        with parts.sessions() as session:
            return page(session, table, number)

    @routes.post("/history/<int:number>/undo")
    @needs("draft")
    def undo(number: int) -> Response:
        with writing(parts) as session:
            change = session.get(Change, number)
            try:
                row = undo_change(session, number)
                session.commit()
            except KnowledgeError as error:
                session.rollback()
                flash(str(error), "error")
                if change is None or change.kind not in KINDS:
                    abort(404)
                return redirect(url_for(".history_of", table=change.kind, number=change.item), 303)
            flash("前の内容に戻し、下書きに保存しました。", "drafted")
            return redirect(place_of(row.__tablename__, row.id), 303)


def add_next_year_routes(routes: Blueprint, parts: Parts) -> None:
    """`/plan/NUMBER/next-year`."""

    def page(session: Session, number: int, form: dict[str, str] | None, error: KnowledgeError | None) -> str:
        plan = found(session, "plan", number)
        assert isinstance(plan, PlanRow)
        proposed = propose_next(plan, parts.now().date())
        return render_template(
            "console/knowledge/next_year.html", plan=plan, error=error, carried=list_carried(session, plan),
            form=form or {"title": proposed.title, "valid_from": proposed.valid_from, "valid_to": proposed.valid_to},
            chosen=set(read_numbers(request.form, "entry")) if form else None,
        )  # fmt: skip

    @routes.get("/plan/<int:number>/next-year")
    @needs("draft")
    def next_year(number: int) -> str:
        with parts.sessions() as session:
            return page(session, number, None, None)

    @routes.post("/plan/<int:number>/next-year")
    @needs("draft")
    def begin_year(number: int) -> Response | tuple[str, int]:
        with writing(parts) as session:
            found(session, "plan", number)
            try:
                period = NextPeriod(request.form.get("title", ""), _day("valid_from"), _day("valid_to"))
                version, chosen = read_number(request.form, "version", 0), read_numbers(request.form, "entry")
                plan, count = begin_next_year(session, number, version, period, chosen)
                session.commit()
            except KnowledgeError as error:
                session.rollback()
                return page(session, number, request.form.to_dict(), error), 422
        flash(
            f"「{plan.title}」を下書きに作り、{count} 件を引きつぎました。要見直しの取組を書きかえてください。", "done"
        )
        return redirect(url_for(".entries", plan=plan.id, state="rewrite"), 303)


def _day(name: str) -> date:
    labels = {"valid_from": "始まりの日", "valid_to": "終わりの日"}
    try:
        day = read_day(request.form.get(name, ""))
    except FieldError as error:
        raise FieldsError({name: str(error)}, labels) from error
    if day is None:
        raise FieldsError({name: "入れてください"}, labels)
    return day
