"""The first page after signing in: what answers residents now, and what needs doing."""

from collections.abc import Callable, Hashable, Sequence

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.review.models import QuestionCluster
from handlers.console.access import needs
from handlers.console.behind import Behind
from handlers.console.notices.alarms import describe_active
from handlers.console.parts import ListTasks, Parts, Task
from knowledge.editing.listing import FEW_EXAMPLES, SOON, STATES, count_states
from knowledge.history import draft_state
from knowledge.releases import DraftComparison, Unpublished, live_release

_WAIT = 0.1  # seconds; a small draft is compared in that time
_PRESSING = {"expired", "review", "rewrite"}
_ABOUT = {
    "soon": f"最後の日まで {SOON.days} 日以内です。",
    "expired": "期限が過ぎたことを添えて答えています。",
    "examples": f"想定質問が {FEW_EXAMPLES} 件より少なく、見つかりにくくなります。",
    "office": "見つかっても、担当の窓口を案内できません。",
}


def home_routes(parts: Parts, makers: Sequence[Callable[[Parts], ListTasks]]) -> Blueprint:
    """`/console/`, with the lines that the makers' functions give, in this order."""
    routes = Blueprint("home", __name__)
    tasks = [make(parts) for make in makers]

    @routes.get("/console/")
    @needs("view")
    def page() -> ResponseReturnValue:
        with parts.sessions() as session:
            live = live_release(session)
            alarms = describe_active(session, parts)
            waiting = [task for lines in tasks for task in lines(session) if task.count != 0]
        counting = any(task.count is None for task in waiting)
        text = render_template("console/home.html", live=live, waiting=waiting, counting=counting, alarms=alarms)
        return text, 200, {"Refresh": "1"} if counting else {}

    return routes


def entry_tasks(parts: Parts) -> ListTasks:
    """Entries that somebody must look at, by their state; each line leads to the list of just these."""
    counted: list[tuple[Hashable, dict[str, int]]] = []  # the newest count, good until the draft or the day changes

    def count(session: Session) -> dict[str, int]:
        today = parts.now().date()
        key = (today, draft_state(session))
        known = dict(counted)
        if key not in known:
            counted[:] = [(key, count_states(session, today))]
            known = dict(counted)
        return known[key]

    def tasks(session: Session) -> list[Task]:
        return [
            Task(
                STATES[state],
                number,
                url_for("knowledge.entries", state=state),
                state in _PRESSING,
                _ABOUT.get(state, ""),
            )
            for state, number in count(session).items()
        ]

    return tasks


def draft_tasks(parts: Parts) -> ListTasks:
    """What the draft holds that residents do not get yet."""
    comparison = DraftComparison()

    def count() -> Unpublished | None:
        with parts.sessions() as session:
            return comparison.count(session)

    counted = Behind(count)

    def tasks(session: Session) -> list[Task]:
        live = live_release(session)
        if live is None:
            return []
        waiting = counted.get((live, draft_state(session)), _WAIT)
        if waiting is None:
            return [Task("公開していない下書きの変更", None, url_for("release.publishing"))]
        kinds = (("計画", waiting.plans), ("担当", waiting.offices), ("取組", waiting.entries), ("言葉", waiting.words))
        about = "、".join(f"{kind} {number} 件" for kind, number in kinds if number)
        return [Task("公開していない下書きの変更", waiting.total, url_for("release.publishing"), False, about)]

    return tasks


def question_tasks(_: Parts) -> ListTasks:
    """Residents' questions without a good answer that nobody has decided about."""

    def tasks(session: Session) -> list[Task]:
        waiting = session.scalar(select(func.count()).where(QuestionCluster.state == "open")) or 0
        return [Task("答えられなかった質問", waiting, url_for("questions.waiting"), False, "同じ質問は一つと数えます")]

    return tasks
