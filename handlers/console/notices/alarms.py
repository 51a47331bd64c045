"""What stands out now, and how it was told: on top of the questions, on the home page, and on a page of its own."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from bot.alarms.looking import TRIAL, add_alarm, list_active, list_alarms
from bot.alarms.models import Alarm
from bot.alarms.sending import count_troubled
from bot.alarms.wording import KINDS, body_of, subject_of, usual_words
from handlers.alarm_ways import make_ways
from handlers.console.access import needs
from handlers.console.parts import ListTasks, Parts, Task
from knowledge.database import begin_writing
from knowledge.notices import Notice
from nlp.normalise import normalise
from nlp.tokenise import analyse

STATES = {"waiting": "送る前", "sent": "送った", "given_up": "あきらめた"}


@dataclass(frozen=True, slots=True)
class Shown:
    """An alarm as a page shows it; `notice`: the valid one that answers its topic."""

    alarm: Alarm
    subject: str
    usual: str
    notice: Notice | None


def describe_active(session: Session, parts: Parts) -> list[Shown]:
    """What stands out now, the newest first."""
    notices = parts.conversation.valid_notices()
    shown = []
    for alarm in list_active(session, parts.now()):
        topic = normalise(alarm.topic)
        answering = (notice for notice in notices if topic and notice.answers(topic, analyse(topic)))
        shown.append(Shown(alarm, subject_of(alarm), usual_words(alarm), next(answering, None)))
    return shown


def alarm_tasks(parts: Parts) -> ListTasks:
    """Alarms that do not arrive; what stands out now is told above the lines."""

    def tasks(session: Session) -> list[Task]:
        troubled = count_troubled(session, parts.now())
        return [Task("送れていない知らせ", troubled, url_for("alarms.page"), True, "送り先や設定を確かめてください。")]

    return tasks


def alarm_routes(parts: Parts) -> Blueprint:
    """`/console/alarms`: the last alarms and how they were sent; `/console/alarms/try` sends one to try the ways."""
    routes = Blueprint("alarms", __name__, url_prefix="/console/alarms")
    ways = make_ways(parts.settings)

    @routes.get("")
    @needs("view")
    def page() -> str:
        with parts.sessions() as session:
            rows = [(alarm, subject_of(alarm), body_of(alarm)) for alarm in list_alarms(session)]
            alarms = describe_active(session, parts)
        return render_template(
            "console/notices/alarms.html", rows=rows, alarms=alarms, kinds=KINDS, states=STATES, ways=ways,
            targets={way.name: way.target for way in ways}, hour=parts.settings.digest_hour,
        )  # fmt: skip

    @routes.post("/try")
    @needs("manage")
    def send_trial() -> Response:
        with parts.sessions() as session:
            begin_writing(session)
            add_alarm(session, TRIAL, parts.now().replace(tzinfo=None), [way.name for way in ways])
            session.commit()
        flash("試しの知らせを、1分ほどのうちに送ります。届いたかどうかは、下の表に出ます。", "done")
        return redirect(url_for(".page"), 303)

    return routes
