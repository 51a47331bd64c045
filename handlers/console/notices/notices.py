"""Notices: published, changed and ended by those who may publish; seen by all."""

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot import wording
from bot.notices import find_recent
from handlers.console.access import needs, visitor
from handlers.console.numbers import read_number
from handlers.console.parts import Parts
from knowledge import KnowledgeError
from knowledge.database import begin_writing
from knowledge.editing.fields import fields_of, show
from knowledge.editing.notices import end_notice, find_notice, save_notice
from knowledge.editing.saving import FieldsError
from knowledge.history import list_history, sign_changes
from knowledge.notices import NOTICE, NoticeRow, list_notices, read_notice

_USUAL_LENGTH = timedelta(hours=12)
_FIELDS = tuple(field.name for field in fields_of(NOTICE, ""))
_SHOWN = 10  # questions
_ENDED_SHOWN = 10  # notices; older ones are folded away


def notice_routes(parts: Parts) -> Blueprint:
    """`/console/notices`: the list, `/new` (`topics` and `title` fill the form), one notice, `/end`."""
    routes = Blueprint("notices", __name__, url_prefix="/console/notices")

    @routes.get("")
    @needs("view")
    def page() -> str:
        now = parts.now().replace(tzinfo=None)
        with parts.sessions() as session:
            rows = list_notices(session)
        ended = sorted((row for row in rows if row.ends_at <= now), key=lambda row: row.ends_at, reverse=True)
        groups = [
            ("いま出ているお知らせ", [row for row in rows if row.starts_at <= now < row.ends_at], len(rows)),
            ("これから出るお知らせ", [row for row in rows if row.starts_at > now], len(rows)),
            ("終わったお知らせ", ended, _ENDED_SHOWN),
        ]
        return render_template("console/notices/notices.html", groups=groups)

    def form_page(form: dict[str, str], error: KnowledgeError | None = None) -> str:
        problems = error.problems if isinstance(error, FieldsError) else {}
        return render_template("console/notices/new.html", form=form, problems=problems, fields=fields_of(NOTICE, ""))

    @routes.get("/new")
    @needs("publish")
    def begin() -> str:
        start = parts.now().replace(tzinfo=None, second=0, microsecond=0)
        given = {name: request.args.get(name, "")[:400] for name in ("title", "topics")}
        return form_page({**given, "starts_at": show(start), "ends_at": show(start + _USUAL_LENGTH)})

    @routes.post("/new")
    @needs("publish")
    def publish() -> ResponseReturnValue:
        with parts.sessions() as session:
            begin_writing(session)
            sign_changes(session, visitor().name, "お知らせの公開")
            try:
                row = save_notice(session, None, request.form, parts.now().replace(tzinfo=None))
                session.commit()
            except FieldsError as error:
                session.rollback()
                return form_page(request.form.to_dict(), error), 422
        flash("お知らせを公開しました。この話題の質問には、すぐにこのお知らせが付きます。", "done")
        return redirect(url_for(".shown", number=row.id), 303)

    def notice_page(session: Session, row: NoticeRow, form: dict[str, str], error: KnowledgeError | None = None) -> str:
        now = parts.now().replace(tzinfo=None)
        questions, among = find_recent(session, read_notice(row), now)
        return render_template(
            "console/notices/notice.html", notice=row, form=form, error=error, fields=fields_of(NOTICE, ""),
            problems=error.problems if isinstance(error, FieldsError) else {}, among=among, count=len(questions),
            questions=list(dict.fromkeys(questions))[:_SHOWN], over=row.ends_at <= now, waits=row.starts_at > now,
            changes=list_history(session, NOTICE, row.id), until=wording.notice_until(read_notice(row)),
        )  # fmt: skip

    def found(session: Session, number: int) -> NoticeRow:
        try:
            return find_notice(session, number)
        except KnowledgeError:
            abort(404)

    @routes.get("/<int:number>")
    @needs("view")
    def shown(number: int) -> str:
        with parts.sessions() as session:
            row = found(session, number)
            return notice_page(session, row, {name: show(getattr(row, name)) for name in _FIELDS})

    @routes.post("/<int:number>")
    @needs("publish")
    def change(number: int) -> ResponseReturnValue:
        with parts.sessions() as session:
            begin_writing(session)
            row = found(session, number)
            sign_changes(session, visitor().name, "お知らせの変更")
            try:
                if read_number(request.form, "version", 0) != row.version:
                    raise KnowledgeError("ほかの人が先に変更しました。いまの内容を見てから、もう一度直してください。")
                save_notice(session, row, request.form, parts.now().replace(tzinfo=None))
                session.commit()
            except KnowledgeError as error:
                session.rollback()
                return notice_page(session, found(session, number), request.form.to_dict(), error), 422
        flash("お知らせを変更しました。", "done")
        return redirect(url_for(".shown", number=number), 303)

    @routes.post("/<int:number>/end")
    @needs("publish")
    def end(number: int) -> ResponseReturnValue:
        with parts.sessions() as session:
            begin_writing(session)
            row = found(session, number)
            sign_changes(session, visitor().name, "お知らせを終える")
            end_notice(session, row, parts.now().replace(tzinfo=None))
            session.commit()
        flash("お知らせを終えました。", "done")
        return redirect(url_for(".shown", number=number), 303)

    return routes
