"""Pages of one entry, office, plan or word: shown, saved with a look at what others did, deleted."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from bot.review.decisions import in_one_line
from handlers.console.access import needs, visitor
from handlers.console.knowledge.forms import clash_rows, given_fields, options, read_choice
from handlers.console.numbers import as_number, read_number
from handlers.console.parts import Parts
from knowledge import KnowledgeError
from knowledge.database import begin_writing
from knowledge.editing.fields import fields_of
from knowledge.editing.listing import list_offices, list_plans, list_sections
from knowledge.editing.saving import (
    KINDS,
    NAMES,
    ConflictError,
    FieldsError,
    Row,
    add_row,
    find_row,
    form_of,
    remove_row,
    save_row,
)
from knowledge.history import label_of, list_history, read_facts, sign_changes
from knowledge.models import EntryRow, WordRow

LISTS = {"entry": ".entries", "office": ".offices", "plan": ".plans", "word": ".words"}


def add_row_routes(routes: Blueprint, parts: Parts) -> None:
    """`/entry/begin`, `/TABLE/new`, `/TABLE/NUMBER`, `/TABLE/NUMBER/delete`; TABLE is entry, office, plan or word."""
    area_code = parts.ward.area_code

    def page(session: Session, table: str, row: Row | None, form: dict[str, str], error: KnowledgeError | None) -> str:
        problems = error.problems if isinstance(error, FieldsError) else {}
        plan = as_number(form.get("plan_id", ""))
        return render_template(
            "console/knowledge/row.html", table=table, kind=NAMES[table], row=row, form=form, error=error,
            fields=fields_of(table, area_code), options=options(session), problems=problems, list_page=LISTS[table],
            title=label_of(read_facts(session, KINDS[table], [row.id])[row.id]) if row else f"新しい{NAMES[table]}",
            changes=list_history(session, table, row.id, most=3) if row else [],
            sections=list_sections(session, plan) if table == "entry" else [],
        )  # fmt: skip

    @routes.get("/<any(entry, office, plan, word):table>/new")
    @needs("draft")
    def begin(table: str) -> str:
        with parts.sessions() as session:
            return page(session, table, None, dict(request.args), None)

    @routes.post("/entry/begin")
    @needs("draft")
    def begin_from_questions() -> str:
        """The form of a new entry with a `title` and the `wording`s of residents that an operator chose; by POST, for
        they may be longer than an address."""
        chosen = [text for text in in_one_line(request.form.getlist("wording")) if "〔" not in text]
        given = {"title": request.form.get("title", ""), "examples": "\n".join(chosen)}
        with parts.sessions() as session:
            return page(session, "entry", None, given, None)

    @routes.post("/<any(entry, office, plan, word):table>/new")
    @needs("draft")
    def add(table: str) -> Response | tuple[str, int]:
        with writing(parts) as session:
            given = given_fields(table, request.form)
            try:
                row = add_row(session, table, given, area_code)
            except KnowledgeError as error:
                session.rollback()
                return page(session, table, None, given, error), 422
            session.commit()
        flash(f"{NAMES[table]}を下書きに加えました。公開すると住民への案内に使われます。", "drafted")
        return redirect(place_of(table, row.id), 303)

    @routes.get("/<any(entry, office, plan, word):table>/<int:number>")
    @needs("view")
    def show(table: str, number: int) -> str:
        with parts.sessions() as session:
            row = found(session, table, number)
            return page(session, table, row, form_of(row), None)

    @routes.post("/<any(entry, office, plan, word):table>/<int:number>")
    @needs("draft")
    def save(table: str, number: int) -> Response | tuple[str, int]:
        with writing(parts) as session:
            row = found(session, table, number)
            choice = read_choice(table, row, request.form)
            try:
                save_row(session, table, number, choice.version, choice.given, area_code)
                session.commit()
            except ConflictError as conflict:
                session.rollback()
                return render_template(
                    "console/knowledge/conflict.html", table=table, kind=NAMES[table], number=number,
                    conflict=conflict, clashes=clash_rows(conflict, options(session)), given=choice.given,
                    began=choice.version, missing=choice.missing,
                    title=label_of(read_facts(session, KINDS[table], [number])[number]),
                ), 409  # fmt: skip
            except KnowledgeError as error:
                session.rollback()
                row = found(session, table, number)
                return page(session, table, row, {**form_of(row), **choice.given}, error), 422
        flash("下書きに保存しました。公開すると住民への案内に使われます。", "drafted")
        return redirect(place_of(table, number), 303)

    @routes.post("/<any(entry, office, plan, word):table>/<int:number>/delete")
    @needs("draft")
    def delete(table: str, number: int) -> Response | tuple[str, int]:
        with writing(parts) as session:
            row = found(session, table, number)
            try:
                label = remove_row(session, table, number, read_number(request.form, "version", 0))
                session.commit()
            except KnowledgeError as error:
                session.rollback()
                return page(session, table, row, form_of(row), error), 409
        flash(f"「{label}」を下書きから削除しました。履歴から戻せます。", "done")
        return redirect(url_for(LISTS[table]), 303)


def place_of(table: str, number: int) -> str:
    """Where a person goes on after changing a row."""
    return url_for(LISTS[table]) if table == "word" else url_for(".show", table=table, number=number)


def found(session: Session, table: str, number: int) -> Row:
    """A row of the draft, or 404."""
    try:
        return find_row(session, table, number)
    except KnowledgeError:
        abort(404)


@contextmanager
def writing(parts: Parts) -> Iterator[Session]:
    """A session whose changes are signed by the person and the reason that the form gives."""
    with parts.sessions() as session:
        begin_writing(session)
        sign_changes(session, visitor().name, request.form.get("why", "").strip()[:500])
        yield session


def add_list_routes(routes: Blueprint, parts: Parts) -> None:
    """`/offices`, `/plans`, `/words`."""

    @routes.get("/offices")
    @needs("view")
    def offices() -> str:
        with parts.sessions() as session:
            return render_template(
                "console/knowledge/offices.html", offices=list_offices(session), counts=_counts(session, "office_id")
            )

    @routes.get("/plans")
    @needs("view")
    def plans() -> str:
        with parts.sessions() as session:
            return render_template(
                "console/knowledge/plans.html", plans=list_plans(session), counts=_counts(session, "plan_id"),
                today=parts.now().date(),
            )  # fmt: skip

    @routes.get("/words")
    @needs("view")
    def words() -> str:
        with parts.sessions() as session:
            rows = session.scalars(select(WordRow).order_by(WordRow.word, WordRow.official)).all()
            return render_template("console/knowledge/words.html", words=rows)


def _counts(session: Session, column: str) -> dict[int, int]:
    """How many entries have each plan or office."""
    place = getattr(EntryRow, column)
    rows = session.execute(select(place, func.count()).group_by(place))
    return {row[0]: row[1] for row in rows}
