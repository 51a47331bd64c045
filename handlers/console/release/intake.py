"""Import and export: a file becomes a proposal, a person decides on its rows, the draft takes what was accepted."""

import io
import tempfile
from pathlib import Path

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.draft_check.trial import draft_version
from handlers.console.access import needs, visitor
from handlers.console.numbers import as_number, page_number, read_number
from handlers.console.parts import Parts
from handlers.console.release.works import IMPORT, Works, document_of, proposal_of, reason, writing
from knowledge import KnowledgeError
from knowledge.document import Document
from knowledge.draft import read_draft
from knowledge.exchange import document_to_json
from knowledge.importers.files import FORMATS, LARGEST_UPLOAD, check_upload
from knowledge.jobs import ENDED, READY, Job, add_job, begin_again, find_job
from knowledge.merging.comparing import apply_steps, compare_with_draft
from knowledge.merging.proposal import Decisions, Proposal
from knowledge.merging.steps import ADDED, CHANGED, KEPT, VANISHED
from knowledge.releases import live_number, read_release
from knowledge.tables import FIELD_NAMES, write_table

PER_PAGE = 100
_LONGEST_SOURCE = 300  # characters
_ROOM = 2 * LARGEST_UPLOAD  # bytes of a request, so that a file that is a little too large gets its own message


def add_intake_routes(routes: Blueprint, parts: Parts, works: Works) -> None:
    """`/import…` and `/export/…`."""

    @routes.url_value_preprocessor
    def make_room(endpoint: str | None, _: object) -> None:
        # Before anything reads the form; only for those who may send a file at all.
        if endpoint == "release.upload" and current_user.is_authenticated and visitor().may("draft"):
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
        proposal, decisions = proposal_of(job), Decisions.from_list(job.switched)
        pages = max(1, -(-len(proposal) // PER_PAGE))
        page = min(max(1, page), pages)
        rows = proposal.page((page - 1) * PER_PAGE, page * PER_PAGE)
        return render_template(
            "console/release/preview.html", job=job, rows=rows, proposal=proposal,
            count={action: proposal.count(action) for action in (ADDED, CHANGED, VANISHED, KEPT)},
            might_be={row.key: proposal.might_be(row) for row in rows if row.action == ADDED and row.what == "entry"},
            accepted=proposal.accepted(decisions), page=page, pages=pages, names=FIELD_NAMES, error=error,
        )  # fmt: skip

    def compare_again(number: int) -> Job:
        """A file that is to be compared once more, for the draft has changed."""
        with writing(parts) as session:
            job = session.get_one(Job, number)
            if job.state == READY:
                begin_again(job)
            session.commit()
            return job

    def waiting(job: Job, why: str = "") -> ResponseReturnValue:
        works.runner.wake()
        # The page looks again by itself, without script.
        text = render_template("console/release/progress.html", job=job, why=why)
        return text, 409 if why else 200, {"Refresh": f"1;url={url_for('.proposal', number=job.id)}"}

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
            if job.state == READY and proposal_of(job).version != draft_version(session):
                job = compare_again(number)
            if job.open:
                return waiting(job)
            if job.state != READY:
                return render_template("console/release/progress.html", job=job)
            return preview(session, job, page_number())

    @routes.post("/import/<int:number>")
    @needs("draft")
    def decide(number: int) -> ResponseReturnValue:
        do, page = request.form.get("do", ""), read_number(request.form, "page", 1)
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
            before, proposal = Decisions.from_list(job.switched), proposal_of(job)
            decisions = _decided(before, proposal, do)
            job.switched = decisions.as_list()
            stale = proposal.version != draft_version(session)
            if stale or decisions.same != before.same:
                begin_again(job)
                session.commit()
                if not stale and do != "apply":
                    return redirect(url_for(".proposal", number=number, page=page), 303)
                changed = "見ているあいだに下書きが変わりました。" if stale else "同じものとされた行があります。"
                return waiting(job, f"{changed}比べ直すので、もう一度確かめてから取り込んでください。")
            if do != "apply":
                session.commit()
                target = as_number(do) or page
                return redirect(url_for(".proposal", number=number, page=target), 303)
            wanted = proposal.accepted(decisions)
            session.info["why"] = f"{job.subject} の取り込み" + (f"（{why}）" if why else "")
            document, by_hand = document_of(job)
            source = request.form.get("source", "").strip()[:_LONGEST_SOURCE]
            document = document.published_in(source, proposal.without_source)
            apply_steps(session, compare_with_draft(session, document, by_hand, decisions.same), wanted)
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


def _decided(before: Decisions, proposal: Proposal, do: str) -> Decisions:
    """What a form decides, with what was decided on the other pages."""
    keys, seen = proposal.keys, set(request.form.getlist("seen"))
    # Only what the page asked for is changed: a row of another page keeps what was said of it.
    same = {new: old for new, old in before.same.items() if new not in seen}
    same |= {
        key: old
        for key in seen & proposal.may_be_same
        if (old := request.form.get(f"same-{key}", "")) and "=" not in old
    }
    if do in ("all", "none"):
        accepted = keys if do == "all" else set()
    else:
        accepted = (proposal.accepted(before) - seen) | (set(request.form.getlist("accept")) & seen)
    return Decisions(proposal.switched(accepted), same)


def _exported(document: Document, suffix: str) -> bytes:
    if suffix == "json":
        return document_to_json(document).encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"knowledge.{suffix}"
        write_table(document, path)
        return path.read_bytes()
