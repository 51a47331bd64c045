"""The list of entries, and what is done to many of them at once."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from handlers.console.access import needs
from handlers.console.knowledge.forms import options
from handlers.console.knowledge.rows import writing
from handlers.console.numbers import page_number, read_number, read_numbers
from handlers.console.parts import Parts
from knowledge import KnowledgeError
from knowledge.editing.fields import fields_of
from knowledge.editing.listing import STATES, Filter, Listed, list_entries, list_sections
from knowledge.editing.saving import edit_many

PER_PAGE = 50
BULK = ("office_id", "valid_from", "valid_to", "review_on", "state")
_ALL = 1_000_000


def read_filter(values: MultiDict[str, str]) -> Filter:
    """What an address or a form asks to list."""
    return Filter(
        read_number(values, "plan", None), values.get("section", "").strip(), read_number(values, "office", None),
        values.get("state", "") if values.get("state") in STATES else "", values.get("words", "").strip()[:100],
    )  # fmt: skip


def add_entry_routes(routes: Blueprint, parts: Parts) -> None:
    """`/entries` and `/entries/bulk`."""
    fields = [field for field in fields_of("entry", "") if field.name in BULK]

    @routes.get("/entries")
    @needs("view")
    def entries() -> str:
        wanted, number = read_filter(request.args), page_number()
        with parts.sessions() as session:
            today = parts.now().date()
            sections = list_sections(session, wanted.plan)
            if wanted.section not in sections:  # of the plan that was chosen before
                wanted = replace(wanted, section="")
            listed, count = list_entries(session, wanted, today, (number - 1) * PER_PAGE, PER_PAGE)
            return render_template(
                "console/knowledge/entries.html", entries=listed, count=count, wanted=wanted, page=number,
                pages=max(1, -(-count // PER_PAGE)), options=options(session), sections=[(s, s) for s in sections],
                states=STATES, first=(number - 1) * PER_PAGE + 1,
            )  # fmt: skip

    def chosen(session: Session) -> list[Listed]:
        if "every" in request.values:
            return list_entries(session, read_filter(request.values), parts.now().date(), most=_ALL)[0]
        numbers = set(read_numbers(request.values, "entry"))
        listed, _ = list_entries(session, Filter(), parts.now().date(), most=_ALL)
        return [entry for entry in listed if entry.id in numbers]

    def bulk_page(session: Session, error: KnowledgeError | None) -> str:
        return render_template(
            "console/knowledge/bulk.html", entries=chosen(session), fields=fields, options=options(session),
            error=error, form=request.form, set_fields=request.form.getlist("set"),
            back=request.form.get("back") or urlencode(read_filter(request.args).as_query()),
        )  # fmt: skip

    @routes.get("/entries/bulk")
    @needs("draft")
    def bulk() -> str:
        with parts.sessions() as session:
            return bulk_page(session, None)

    @routes.post("/entries/bulk")
    @needs("draft")
    def edit_bulk() -> Response | tuple[str, int]:
        with writing(parts) as session:
            numbers = [entry.id for entry in chosen(session)]
            given = {name: request.form.get(name, "") for name in request.form.getlist("set") if name in BULK}
            try:
                if not numbers:
                    raise KnowledgeError("取組を一つ以上選んでください。")
                if not given:
                    raise KnowledgeError("変える項目の「変える」に印を付けてください。")
                changed = edit_many(session, numbers, given, parts.ward.area_code)
                session.commit()
            except KnowledgeError as error:
                session.rollback()
                return bulk_page(session, error), 422
        flash(f"{len(numbers)} 件のうち {changed} 件を変更して、下書きに保存しました。", "drafted")
        back: dict[str, Any] = read_filter(MultiDict(parse_qsl(request.form.get("back", "")))).as_query()
        return redirect(url_for(".entries", **back), 303)
