"""The draft before residents: what differs, what the checks say, what would change; releases and the way back."""

import hashlib

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.draft_check.checks import Review
from bot.draft_check.publish import refuse_problems
from bot.draft_check.trial import draft_version
from handlers.console.access import needs, visitor
from handlers.console.numbers import page_number
from handlers.console.parts import Parts
from handlers.console.release.works import REVIEW, Works, reason, writing
from knowledge import KnowledgeError
from knowledge.document import Document
from knowledge.jobs import FAILED, READY, Job, add_job
from knowledge.publishing.difference import compare_documents, count_edits
from knowledge.publishing.identity import rows_by_id
from knowledge.publishing.questions import list_questions
from knowledge.releases import (
    list_acts,
    list_releases,
    live_number,
    point_to_release,
    publish_release,
    read_release,
)
from knowledge.tables import FIELD_NAMES

PER_PAGE = 100
ACTS_PER_PAGE = 30


def add_publishing_routes(routes: Blueprint, parts: Parts, works: Works) -> None:
    """`/publishing` and `/releases…`."""

    def key_of(session: Session) -> str:
        """What a review is of: the draft, what it is compared with, the day, and the test questions."""
        asked = repr([(row.id, row.question, row.entry) for row in list_questions(session)])
        questions = hashlib.sha256(asked.encode()).hexdigest()[:8]
        return f"{draft_version(session)}:{live_number(session) or 0}:{parts.now().date()}:{questions}"

    def review_job(session: Session, key: str) -> Job | None:
        return session.scalar(
            select(Job).where(Job.kind == REVIEW, Job.subject == key).order_by(Job.id.desc()).limit(1)
        )

    def begin_review(key: str) -> Job:
        with writing(parts) as session:
            job = review_job(session, key)
            if job is None or job.state == FAILED:
                for old in session.scalars(select(Job).where(Job.kind == REVIEW, Job.subject != key)):
                    session.delete(old)
                job = add_job(session, REVIEW, key, visitor().name, parts.now())
            session.commit()
        return job

    def page(error: str = "") -> tuple[str, bool]:
        """(the page, whether the review still goes on)."""
        with parts.sessions() as session:
            key = key_of(session)
            job = review_job(session, key) or begin_review(key)
            if job.open:
                works.runner.wake()
            review = Review.from_json(job.result) if job.state == READY else None
            edits = review.edits if review else ()
            number = page_number()
            shown = edits[(number - 1) * PER_PAGE : number * PER_PAGE]
            text = render_template(
                "console/release/publishing.html", edits=shown, counts=count_edits(edits), job=job, review=review,
                key=key, error=error, names=FIELD_NAMES, page=number, pages=max(1, -(-len(edits) // PER_PAGE)),
                live=live_number(session), why=request.form.get("why", ""), override=request.form.get("override", ""),
            )  # fmt: skip
            return text, job.open

    @routes.get("/publishing")
    @needs("view")
    def publishing() -> ResponseReturnValue:
        text, goes_on = page()
        return text, 200, {"Refresh": "1"} if goes_on else {}

    @routes.post("/publishing/check")
    @needs("view")
    def check() -> ResponseReturnValue:
        with parts.sessions() as session:
            key = key_of(session)
        begin_review(key)
        works.runner.wake()
        return redirect(url_for(".publishing"), 303)

    @routes.post("/publishing")
    @needs("publish")
    def publish() -> ResponseReturnValue:
        why, override = reason(), request.form.get("override", "").strip()[:500]
        try:
            with writing(parts) as session:
                key = key_of(session)
                job = review_job(session, key)
                if key != request.form.get("key") or job is None or job.state != READY:
                    raise KnowledgeError("見ているあいだに下書きが変わりました。検査が終わってから確かめてください。")
                if not why:
                    raise KnowledgeError("公開の理由を書いてください。あとで「なぜ変わったか」が分かります。")
                problems = list(Review.from_json(job.result).errors)
                if problems and override and not visitor().may("manage"):
                    raise KnowledgeError("検査の誤りがあっても公開できるのは、管理者だけです。")
                refuse_problems(problems, override)
                texts = [problem.text for problem in problems]
                given = override if problems else ""
                number = publish_release(session, parts.now(), why, visitor().name, given, texts)
                session.commit()
        except KnowledgeError as error:
            return page(str(error))[0], 422
        flash(f"公開版 {number} を公開しました。2 秒ほどで、住民への答えが変わります。", "done")
        return redirect(url_for(".releases"), 303)

    @routes.get("/releases")
    @needs("view")
    def releases() -> str:
        number = page_number()
        with parts.sessions() as session:
            acts = list_acts(session, (number - 1) * ACTS_PER_PAGE, ACTS_PER_PAGE + 1)
            known = {release.number: release for release in list_releases(session)}
            return render_template(
                "console/release/releases.html", acts=acts[:ACTS_PER_PAGE], releases=known, page=number,
                pages=number + (len(acts) > ACTS_PER_PAGE), live=live_number(session),
            )  # fmt: skip

    @routes.get("/releases/<int:number>")
    @needs("view")
    def release(number: int) -> str:
        with parts.sessions() as session:
            after = read_release(session, number)
            before = read_release(session, number - 1) if number > 1 else Document()
            acts = [act for act in list_acts(session, most=1000) if act.number == number]
            edits = compare_documents(before, after, rows_by_id(session))
        at = page_number()
        return render_template(
            "console/release/release.html", number=number, edits=edits[(at - 1) * PER_PAGE : at * PER_PAGE], acts=acts,
            counts=count_edits(edits), names=FIELD_NAMES, page=at, pages=max(1, -(-len(edits) // PER_PAGE)),
        )  # fmt: skip

    @routes.post("/releases/<int:number>/return")
    @needs("publish")
    def go_back(number: int) -> ResponseReturnValue:
        with writing(parts) as session:
            point_to_release(session, number, parts.now(), visitor().name, reason() or f"公開版 {number} に戻す")
            session.commit()
        flash(f"公開版 {number} に戻しました。2 秒ほどで、住民への答えが変わります。下書きはそのままです。", "done")
        return redirect(url_for(".releases"), 303)
