"""The queue of questions without a good answer, and the decisions about them."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from bot.draft_check.effect import preview_wording
from bot.retention import read_last_run
from bot.review import queue
from bot.review.decisions import KINDS, Choice, decide_cluster, in_one_line, undo_decision
from bot.review.filing import Filer, keep_others_from_filing
from bot.review.merging import find_cluster
from bot.review.models import QuestionCluster
from bot.review.parting import list_hidden, part_wordings
from handlers.console.access import needs, visitor
from handlers.console.notices.alarms import describe_active
from handlers.console.numbers import as_number, page_number, read_number, read_numbers
from handlers.console.parts import Parts
from handlers.settings import retention_of
from intents.policy import knows
from knowledge import KnowledgeError
from knowledge.database import begin_writing
from knowledge.publishing.questions import draft_entries
from nlp.normalise import normalise

STATES = {"open": "決めていないもの", **KINDS}
_CANDIDATES = 5


def add_queue_routes(routes: Blueprint, parts: Parts) -> None:
    """`/` of the questions, `/<number>` of a cluster, `/<number>/decide` and `/part`, `/decisions/<number>/undo`."""
    filer = Filer(parts.sessions, parts.conversation.live)
    parts.chores.append(filer.file_waiting)  # so that the queue is ready, and its texts are read, when it is opened
    parts.steady_chores.append(filer.file_some)

    @routes.get("")
    @needs("view")
    def waiting() -> str:
        filer.file_soon()
        state, page = request.args.get("state", "open"), page_number()
        if state not in STATES:
            abort(404)
        with parts.sessions() as session:
            rows, count = queue.list_clusters(session, state, page, parts.now())
            last_run = read_last_run(session)
            alarms = describe_active(session, parts)
        pages = -(-count // queue.AT_ONCE)
        return render_template(
            "console/questions/queue.html",
            rows=rows,
            count=count,
            state=state,
            states=STATES,
            page=page,
            pages=pages,
            kept=retention_of(parts.settings),
            last_run=last_run,
            alarms=alarms,
        )

    def existing(session: Session, number: int, to_decide: bool = False) -> QuestionCluster:
        return find_cluster(session, number, to_decide) or abort(404)

    def moved(into: QuestionCluster) -> Response:
        """To the cluster that one was merged into: nothing is decided of questions that were not seen."""
        flash("開いたまとまりは、同じ用件のこのまとまりと一つになりました。確かめてから決めてください。", "warning")
        return redirect(url_for(".cluster", number=into.id), 303)

    def cluster_page(
        session: Session, cluster: QuestionCluster, form: dict[str, str], error: KnowledgeError | None = None
    ) -> str:
        number = cluster.id
        snapshot = parts.conversation.live.get()
        wordings = queue.list_wordings(session, number)
        matches = snapshot.find(normalise(cluster.label), parts.now().date(), _CANDIDATES) if cluster.label else ()
        drafted = queue.find_drafted(session, [match.entry for match in matches])
        before, behind = queue.find_neighbours(session, cluster)
        return render_template(
            "console/questions/cluster.html", cluster=cluster, wordings=wordings, form=form, error=error,
            candidates=[(match, drafted[match.entry.id]) for match in matches if match.entry.id in drafted],
            understood=knows(matches), questions=queue.list_questions(session, number), states=STATES,
            hidden=list_hidden(session, number) if cluster.state == "ignored" else (),
            decisions=queue.list_decisions(session, number), before=before, behind=behind, kinds=KINDS,
            chosen=request.form.getlist("wording") if "entry" in request.form else None,
        )  # fmt: skip

    @routes.get("/<int:number>")
    @needs("view")
    def cluster(number: int) -> ResponseReturnValue:
        with parts.sessions() as session:
            found = existing(session, number)
            return cluster_page(session, found, {}) if found.id == number else moved(found)

    @routes.post("/<int:number>/decide")
    @needs("operate")
    def decide(number: int) -> ResponseReturnValue:
        form = request.form
        entry = as_number(form.get("entry", ""))
        choice = Choice(
            form.get("kind", "") if entry is None else "example", entry or 0,
            tuple(form.getlist("wording")), form.get("title", ""), form.get("authority", ""), form.get("phone", ""),
            form.get("url", ""), form.get("assigned", "")[:64], form.get("note", "")[:1000],
        )  # fmt: skip
        with parts.sessions() as session:
            begin_writing(session)
            found = existing(session, number, to_decide=True)
            if found.id != number:
                return moved(found)
            try:
                decision = decide_cluster(session, number, choice, visitor().name, parts.now())
                session.commit()
            except KnowledgeError as error:
                session.rollback()
                return cluster_page(session, existing(session, number), form.to_dict(), error), 422
        flash(_told(choice.kind, decision.changed.get("title", "")), "done")
        return redirect(url_for(".cluster", number=number), 303)

    @routes.post("/<int:number>/part")
    @needs("operate")
    def part(number: int) -> ResponseReturnValue:
        chosen = read_numbers(request.form, "part")
        with parts.sessions() as session:
            keep_others_from_filing(session)
            found = existing(session, number, to_decide=True)
            if found.id != number:
                return moved(found)
            try:
                parted = part_wordings(session, found, chosen)
                session.commit()
            except KnowledgeError as error:
                session.rollback()
                return cluster_page(session, existing(session, number), {}, error), 422
            into = parted.id
        flash("別の用件として一覧に戻しました。この質問をどうしますか。", "done")
        return redirect(url_for(".cluster", number=into), 303)

    @routes.post("/<int:number>/preview")
    @needs("operate")
    def preview(number: int) -> ResponseReturnValue:
        form, row = request.form, read_number(request.form, "entry", 0)
        wordings = in_one_line(form.getlist("wording"))
        with parts.sessions() as session:
            cluster = existing(session, number)
            entry = draft_entries(session).get(row)
            if cluster.id != number:
                return moved(cluster)
            own = [one.text for one in queue.list_wordings(session, number) if one.text]
            if entry is None or not wordings:
                problem = KnowledgeError("言い方を一つは書くか選び、取組を選んでください。")
                return cluster_page(session, cluster, form.to_dict(), problem), 422
            folder = parts.settings.data_dir / "index"
            try:
                effect = preview_wording(parts.sessions, parts.conversation, folder, entry.id, wordings, own)
            except KnowledgeError as error:
                return cluster_page(session, cluster, form.to_dict(), error), 422
        return render_template(
            "console/questions/preview.html", cluster=cluster, entry=entry, row=row, wordings=wordings, effect=effect
        )

    @routes.post("/decisions/<int:number>/undo")
    @needs("operate")
    def undo(number: int) -> Response:
        with parts.sessions() as session:
            begin_writing(session)
            decision = undo_decision(session, number, visitor().name, parts.now())
            session.commit()
        flash("決定を取り消し、下書きも元に戻しました。", "done")
        return redirect(url_for(".cluster", number=decision.cluster_id), 303)


def _told(kind: str, title: str) -> str:
    if kind == "example":
        return (
            f"「{title}」の想定質問として下書きに加えました。公開すると答えるようになります。"
            if title
            else "もう想定質問にあります。"
        )
    if kind == "elsewhere":
        return f"「{title}」を下書きに加えました。公開すると、その機関を案内します。"
    return f"「{KINDS[kind]}」に決めました。"
