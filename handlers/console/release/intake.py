"""Import and export: a file becomes a proposal, a person decides on its rows, the draft takes what was accepted."""

import io
import tempfile
from collections.abc import Sequence
from pathlib import Path

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.reviewing.trial import draft_version
from handlers.console.access import needs, visitor
from handlers.console.parts import Parts
from handlers.console.release.works import IMPORT, Works, reason, unpack_document, writing
from knowledge import KnowledgeError
from knowledge.document import Document
from knowledge.draft import read_draft
from knowledge.exchange import document_to_json
from knowledge.importers.files import FORMATS, LARGEST_UPLOAD, check_upload
from knowledge.jobs import ENDED, READY, Job, add_job, find_job
from knowledge.merging.comparing import apply_steps, compare_with_draft
from knowledge.merging.steps import KEPT, VANISHED, Step
from knowledge.releases import live_number, read_release
from knowledge.tables import FIELD_NAMES, write_table

PER_PAGE = 100
_LONGEST_LIST = 300  # rows of what nobody decides on
_ROOM = 2 * LARGEST_UPLOAD  # bytes of a request, so that a file that is a little too large gets its own message


def accepted_keys(job: Job, steps: Sequence[Step]) -> set[str]:
    """The steps that a person accepts: all but what vanished, unless it was switched."""
    switched = set(job.switched)
    return {step.key for step in steps if step.asks and (step.action == VANISHED) == (step.key in switched)}


def add_intake_routes(routes: Blueprint, parts: Parts, works: Works) -> None:
    """`/import…` and `/export/…`."""

    @routes.url_value_preprocessor
    def make_room(endpoint: str | None, _: object) -> None:
        # Before anything reads the form; only for those who may send a file at all.
        if endpoint == "release.upload" and current_user.is_authenticated:
            request.max_content_length = _ROOM
            if (request.content_length or 0) > _ROOM:
                raise KnowledgeError(
                    f"ファイルが大きすぎます（上限 {LARGEST_UPLOAD // 1_000_000} MB）。分けてください。"
                )

    def front(error: str = "") -> str:
        with parts.sessions() as session:
            query = select(Job).where(Job.kind == IMPORT).order_by(Job.id.desc()).limit(20)
            jobs = session.scalars(query).all()
        if any(job.open for job in jobs):
            works.runner.wake()
        return render_template("console/release/imports.html", jobs=jobs, error=error, formats=FORMATS)

    @routes.get("/import")
    @needs("view")
    def imports() -> str:
        return front()

    @routes.post("/import")
    @needs("draft")
    def upload() -> ResponseReturnValue:
        sent = request.files.get("file")
        try:
            if sent is None or not sent.filename:
                raise KnowledgeError("ファイルを選んでから送ってください。")
            data = sent.stream.read()
            name = check_upload(sent.filename, data)
        except KnowledgeError as error:
            return front(str(error)), 422
        with writing(parts) as session:
            number = add_job(session, IMPORT, name, visitor().name, parts.now(), data).id
            session.commit()
        works.runner.wake()
        return redirect(url_for(".proposal", number=number), 303)

    def preview(session: Session, job: Job, page: int, error: str = "") -> str:
        document, by_hand = unpack_document(job.result)
        steps = compare_with_draft(session, document, by_hand)
        asked = [step for step in steps if step.asks]
        pages = max(1, -(-len(asked) // PER_PAGE))
        page = min(max(1, page), pages)
        return render_template(
            "console/release/preview.html", job=job, rows=asked[(page - 1) * PER_PAGE : page * PER_PAGE],
            count={action: sum(s.action == action for s in asked) for action in ("added", "changed", "vanished")},
            new=[s for s in steps if s.action == "added" and not s.asks], kept=_kept(steps),
            left_out=document.left_out[:_LONGEST_LIST], left_count=len(document.left_out),
            accepted=accepted_keys(job, steps), page=page, pages=pages, names=FIELD_NAMES, error=error,
            version=draft_version(session), total=len(asked),
        )  # fmt: skip

    def gone() -> ResponseReturnValue:
        flash("この読み込みはもうありません（30 日たつと消えます）。もう一度読み込んでください。", "warning")
        return redirect(url_for(".imports"), 303)

    @routes.get("/import/<int:number>")
    @needs("view")
    def proposal(number: int) -> ResponseReturnValue:
        with parts.sessions() as session:
            job = find_job(session, IMPORT, number)
            if job is None:
                return gone()
            if job.open:
                works.runner.wake()
                # The page looks again by itself, without script.
                return render_template("console/release/progress.html", job=job), 200, {"Refresh": "1"}
            if job.state != READY:
                return render_template("console/release/progress.html", job=job)
            return preview(session, job, request.args.get("page", 1, int))

    @routes.post("/import/<int:number>")
    @needs("draft")
    def decide(number: int) -> ResponseReturnValue:
        do, page = request.form.get("do", ""), request.form.get("page", 1, int)
        why = reason()
        with writing(parts) as session:
            job = find_job(session, IMPORT, number)
            if job is None:
                return gone()
            if job.state != READY:
                return redirect(url_for(".proposal", number=number), 303)
            if do == "dismiss":
                job.state, job.result = ENDED, ""
                session.commit()
                flash(f"{job.subject} の取り込みをやめました。下書きはそのままです。", "done")
                return redirect(url_for(".imports"), 303)
            document, by_hand = unpack_document(job.result)
            steps = compare_with_draft(session, document, by_hand)
            job.switched = _switched(job, steps, do)
            if do != "apply":
                session.commit()
                target = int(do) if do.isdecimal() else page
                return redirect(url_for(".proposal", number=number, page=target), 303)
            if request.form.get("version", 0, int) != draft_version(session):
                session.commit()
                changed = "見ているあいだに下書きが変わりました。比べ直したので、もう一度確かめてください。"
                return preview(session, job, page, changed), 409
            wanted = accepted_keys(job, steps)
            sign_as = f"{job.subject} の取り込み" + (f"（{why}）" if why else "")
            session.info["why"] = sign_as
            apply_steps(session, steps, wanted)
            job.state, job.result, job.done = ENDED, "", len(wanted)
            session.commit()
        flash(f"{len(wanted)} 件を下書きに取り込みました。公開するまで住民への答えは変わりません。", "done")
        return redirect(url_for(".publishing"), 303)

    @routes.get("/export/<any(draft, live):which>.<any(xlsx, csv, json):suffix>")
    @needs("view")
    def export(which: str, suffix: str) -> ResponseReturnValue:
        with parts.sessions() as session:
            number = live_number(session)
            if which == "live" and number is None:
                abort(404)
            document = read_draft(session) if which == "draft" else read_release(session, number or 0)
        name = f"{'下書き' if which == 'draft' else f'公開版{number}'}_{parts.now():%Y%m%d}.{suffix}"
        return send_file(io.BytesIO(_exported(document, suffix)), as_attachment=True, download_name=name)


def _switched(job: Job, steps: Sequence[Step], do: str) -> list[str]:
    """The keys of the rows that a form decides otherwise than they stand by themselves."""
    asked = {step.key: step.action == VANISHED for step in steps if step.asks}
    wanted = accepted_keys(job, steps)
    if do in ("all", "none"):
        wanted = set(asked) if do == "all" else set()
    else:
        ticked = set(request.form.getlist("accept"))
        seen = set(request.form.getlist("seen"))
        wanted = (wanted - seen) | (ticked & seen)
    return [key for key, vanished in asked.items() if (key in wanted) == vanished]


def _kept(steps: Sequence[Step]) -> list[Step]:
    return [step for step in steps if step.action == KEPT or any(d.kept for d in step.differences)][:_LONGEST_LIST]


def _exported(document: Document, suffix: str) -> bytes:
    if suffix == "json":
        return document_to_json(document).encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"knowledge.{suffix}"
        write_table(document, path)
        return path.read_bytes()
