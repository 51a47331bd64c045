"""The weekly sample of questions that people judge."""

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from bot.judging.models import JudgedSample
from bot.judging.samples import (
    OF_ANSWERED,
    OF_DECLINED,
    VERDICTS,
    draw_sample,
    judge_sample,
    keep_as_test,
    list_samples,
    list_weeks,
    next_unjudged,
    right_entry,
    week_of,
)
from handlers.console.access import needs, visitor
from handlers.console.naming import INTENTS
from handlers.console.parts import ListTasks, Parts, Task
from knowledge import KnowledgeError
from knowledge.database import begin_writing
from knowledge.publishing.identity import entries_by_id


def add_sample_routes(routes: Blueprint, parts: Parts) -> None:
    """`/samples`, `/samples/draw`, `/samples/<number>`, its `judge` and its `test`."""

    def draw_last_week() -> None:
        """The sample of the week that has ended, where it is not drawn yet."""
        last = week_of(parts.now().date()) - timedelta(days=7)
        with parts.sessions() as session:
            if session.scalar(select(JudgedSample.id).where(JudgedSample.week == last).limit(1)) is None:
                begin_writing(session)
                draw_sample(session, last)
                session.commit()

    parts.chores.append(draw_last_week)

    @routes.get("/samples")
    @needs("view")
    def samples() -> str:
        draw_last_week()
        with parts.sessions() as session:
            weeks = list_weeks(session)
            chosen = next((w.week for w in weeks if str(w.week) == request.args.get("week")), None)
            chosen = chosen or (weeks[0].week if weeks else None)
            rows = list_samples(session, chosen) if chosen else ()
            following = next_unjudged(session)
        return render_template(
            "console/questions/samples.html", weeks=weeks, chosen=chosen, rows=rows, following=following,
            verdicts=VERDICTS, this_week=week_of(parts.now().date()),
        )  # fmt: skip

    @routes.post("/samples/draw")
    @needs("operate")
    def draw() -> Response:
        week = week_of(parts.now().date())
        with parts.sessions() as session:
            begin_writing(session)
            count = draw_sample(session, week)
            session.commit()
        flash(f"今週の質問から {count} 件を選びました。" if count else "今週はもう選べる質問がありません。", "done")
        return redirect(url_for(".samples", week=week), 303)

    def sample_page(session: Session, number: int, error: str = "") -> str:
        row = session.get(JudgedSample, number)
        if row is None:
            abort(404)
        snapshot = parts.conversation.live.get()
        titles = {number: entry.title for number, entry in entries_by_id(session, snapshot.entries).items()}
        return render_template(
            "console/questions/sample.html", row=row, error=error, titles=titles, verdicts=VERDICTS, intents=INTENTS,
            choices=OF_ANSWERED if row.answered else OF_DECLINED, following=next_unjudged(session, number),
            right=right_entry(row) if row.verdict else None,
            entries=[(entry.id, entry.title) for entry in snapshot.entries],
        )  # fmt: skip

    @routes.get("/samples/<int:number>")
    @needs("view")
    def sample(number: int) -> str:
        with parts.sessions() as session:
            return sample_page(session, number)

    @routes.post("/samples/<int:number>/judge")
    @needs("operate")
    def judge(number: int) -> ResponseReturnValue:
        form = request.form
        with parts.sessions() as session:
            begin_writing(session)
            if session.get(JudgedSample, number) is None:
                abort(404)
            try:
                judge_sample(
                    session, number, form.get("verdict", ""), form.get("meant", "")[:64], visitor().name, parts.now()
                )
                session.commit()
            except KnowledgeError as error:
                session.rollback()
                return sample_page(session, number, str(error)), 422
            following = next_unjudged(session, number)
        if following is None:
            flash("すべて判定しました。", "done")
            return redirect(url_for(".samples"), 303)
        return redirect(url_for(".sample", number=following), 303)

    @routes.post("/samples/<int:number>/test")
    @needs("draft")
    def add_test(number: int) -> ResponseReturnValue:
        with parts.sessions() as session:
            begin_writing(session)
            if session.get(JudgedSample, number) is None:
                abort(404)
            try:
                keep_as_test(session, number, visitor().name, parts.now())
                session.commit()
            except KnowledgeError as error:
                session.rollback()
                return sample_page(session, number, str(error)), 422
        flash("テスト質問に加えました。次の公開から検査に使います。", "done")
        return redirect(url_for(".sample", number=number), 303)


def sample_tasks(_: Parts) -> ListTasks:
    """Questions of the weekly samples that nobody has judged."""

    def tasks(session: Session) -> list[Task]:
        waiting = session.scalar(select(func.count()).where(JudgedSample.verdict == "")) or 0
        return [
            Task("答えを判定する質問", waiting, url_for("questions.samples"), False, "週ごとに無作為に選んだものです")
        ]

    return tasks
