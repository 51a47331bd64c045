"""The log of questions: search, one question, export."""

from datetime import date

from flask import Blueprint, Response, abort, render_template, request

from bot.models import QuestionLog
from bot.record.export import stream_export
from bot.record.search import find_next, search_log
from bot.record.terms import NO_BAND, LogFilter
from handlers.console.access import needs
from handlers.console.naming import CHANNELS, INTENTS, SAID, TABLE_TYPES
from handlers.console.numbers import read_number
from handlers.console.parts import Parts
from knowledge import KnowledgeError
from knowledge.releases import read_release

BANDS = {"4": "0.8 以上", "3": "0.6〜0.8", "2": "0.4〜0.6", "1": "0.2〜0.4", "0": "0.2 未満", NO_BAND: "候補なし"}


def _wanted() -> LogFilter:
    return LogFilter(**{name: request.args.get(name, "").strip()[:200] for name in LogFilter.__slots__})


def add_log_routes(routes: Blueprint, parts: Parts) -> None:
    """`/log`, `/log/<number>` and `/log/export.csv` or `.xlsx`."""

    def today() -> date:
        return parts.now().date()

    @routes.get("/log")
    @needs("view")
    def log() -> tuple[str, int]:
        wanted, found, error = _wanted(), None, ""
        with parts.sessions() as session:
            try:
                found = search_log(session, wanted, today(), read_number(request.args, "before", 0))
            except KnowledgeError as refused:
                error = str(refused)
        entries = parts.conversation.live.get().entries
        offices = sorted({(entry.office.name, entry.office.name) for entry in entries if entry.office})
        return render_template(
            "console/questions/log.html", found=found, wanted=wanted, error=error, channels=CHANNELS,
            intents=INTENTS, bands=BANDS, said=SAID, offices=offices,
            entries=[(entry.id, entry.title) for entry in entries],
            kept={name: value for name in LogFilter.__slots__ if (value := getattr(wanted, name))},
        ), 422 if error else 200  # fmt: skip

    @routes.get("/log/export.<any(csv, xlsx):kind>")
    @needs("operate")
    def export(kind: str) -> Response:
        wanted = _wanted()
        wanted.period()  # refused here: what is sent while it is made cannot tell any more
        made = stream_export(parts.sessions, kind, wanted, today())
        headers = {"Content-Disposition": f'attachment; filename="questions-{today()}.{kind}"'}
        return Response(made, content_type=TABLE_TYPES[kind], headers=headers)

    @routes.get("/log/<int:number>")
    @needs("view")
    def question(number: int) -> str:
        with parts.sessions() as session:
            row = session.get(QuestionLog, number)
            if row is None:
                abort(404)
            titles = {e.id: e.title for e in read_release(session, row.release).entries} if row.release else {}
            behind = find_next(session, row)
        reply = parts.conversation.answer(row.question, 3, explain=True) if row.question else None
        candidates = [(titles.get(str(key), str(key)), float(str(score))) for key, score in row.candidates]
        return render_template(
            "console/questions/question.html", row=row, candidates=candidates, reply=reply, behind=behind,
            channels=CHANNELS, intents=INTENTS, said=SAID, live=parts.conversation.live.get().release,
        )  # fmt: skip
