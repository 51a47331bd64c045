"""One decision about a cluster, its effect on the draft, and the way back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.review.models import ClusterWording, QuestionCluster, ReviewDecision
from knowledge import KnowledgeError
from knowledge.history import sign_changes
from knowledge.models import EntryRow, OfficeRow, PlanRow

KINDS = {
    "example": "この取組の質問",
    "new": "新しい取組が要る",
    "elsewhere": "ほかの機関の用件",
    "ignored": "答えなくてよい",
    "later": "あとで決める",
}
ELSEWHERE_PLAN = "ほかの機関の案内"


@dataclass(frozen=True, slots=True)
class Choice:
    """What an operator chose. `entry_id` and `wordings` for example; `authority`, `phone`, `url` and `title` for
    elsewhere; `assigned` and `note` for later and new."""

    kind: str
    entry_id: int = 0
    wordings: tuple[str, ...] = ()
    title: str = ""
    authority: str = ""
    phone: str = ""
    url: str = ""
    assigned: str = ""
    note: str = ""


def _cluster(session: Session, number: int) -> QuestionCluster:
    cluster = session.get(QuestionCluster, number)
    if cluster is None:
        raise KnowledgeError("この質問のまとまりはありません。一覧から選び直してください。")
    return cluster


def decide_cluster(session: Session, number: int, choice: Choice, who: str, now: datetime) -> ReviewDecision:
    """Records a decision with its effect on the draft, in the caller's transaction.

    Raises KnowledgeError for a kind, an entry or a form that cannot be.
    """
    cluster = _cluster(session, number)
    if choice.kind not in KINDS:
        raise KnowledgeError("決め方を選んでください。")
    sign_changes(session, who, f"質問「{cluster.label[:40]}」から")
    before = {"state": cluster.state, "assigned": cluster.assigned, "note": cluster.note}
    changed: dict[str, Any] = {}
    if choice.kind == "example":
        changed = _add_examples(session, choice.entry_id, choice.wordings)
    elif choice.kind == "elsewhere":
        changed = _add_authority(session, choice, cluster.label)
    elif choice.kind == "ignored":  # what comes in from now on is not seen by anybody
        last = select(func.max(ClusterWording.id)).where(ClusterWording.cluster_id == number)
        changed = {"seen": session.scalar(last) or 0}
    cluster.state, cluster.assigned, cluster.note = choice.kind, choice.assigned, choice.note
    decision = ReviewDecision(
        cluster_id=number, kind=choice.kind, at=now.replace(tzinfo=None), who=who, before=before, changed=changed
    )
    session.add(decision)
    session.flush()
    return decision


def in_one_line(wordings: Sequence[str]) -> list[str]:
    """Wordings as an entry holds them, each once and in one line; empty ones left out."""
    lines = (" ".join(wording.split()) for wording in wordings)
    return list(dict.fromkeys(line for line in lines if line))


def _add_examples(session: Session, entry_id: int, wordings: Sequence[str]) -> dict[str, Any]:
    entry, chosen = session.get(EntryRow, entry_id), in_one_line(wordings)
    if entry is None:
        raise KnowledgeError("この取組は下書きにありません。別の取組を選んでください。")
    if not chosen:
        raise KnowledgeError("想定質問にする言い方がありません。一つ書くか、選んでください。")
    if any("〔" in wording for wording in chosen):
        raise KnowledgeError("消した個人情報（〔…〕）が言い方に残っています。その部分を除いた文にしてください。")
    added = [wording for wording in chosen if wording not in entry.examples]
    if not added:
        return {}
    entry.examples = [*entry.examples, *added]
    return {"entry": entry.id, "title": entry.title, "examples": added}


def _add_authority(session: Session, choice: Choice, label: str) -> dict[str, Any]:
    """An entry of its own whose office is the authority: published, it answers like any other."""
    name, title = choice.authority.strip(), (choice.title or label).strip()
    if not name or not (choice.phone.strip() or choice.url.strip()):
        raise KnowledgeError("機関の名前と、電話番号かページのアドレスを入れてください。")
    if choice.url and not choice.url.startswith(("https://", "http://")):
        raise KnowledgeError("ページのアドレスは https:// から書いてください。")
    if "〔" in title:
        raise KnowledgeError("消した個人情報（〔…〕）が残っています。その部分を除いた文にしてください。")
    plan = session.scalar(select(PlanRow).where(PlanRow.title == ELSEWHERE_PLAN))
    if plan is None:
        plan = PlanRow(title=ELSEWHERE_PLAN, source="", precedence=0)
        session.add(plan)
    office = session.scalar(select(OfficeRow).where(OfficeRow.name == name))
    if office is None:
        office = OfficeRow(name=name, floor="", counter="", phone=choice.phone.strip(), imported={})
        session.add(office)
    session.flush()
    same = select(EntryRow).where(EntryRow.plan_id == plan.id, EntryRow.title == title)
    if session.scalar(same):
        raise KnowledgeError(f"「{title}」という案内はもうあります。その取組の質問として加えてください。")
    position = (session.scalar(select(func.max(EntryRow.position))) or 0) + 1
    entry = EntryRow(
        position=position, section="", title=title, source_id=None, variant="", targets=[], explanation="",
        vocabulary=[], examples=[] if "〔" in label else in_one_line([label]), url=choice.url.strip(), plan=plan,
        office=office, imported={},
    )  # fmt: skip
    session.add(entry)
    session.flush()
    return {"made": entry.id, "title": title}


def undo_decision(session: Session, number: int, who: str, now: datetime) -> ReviewDecision:
    """Takes the last decision of a cluster back, the draft's change too, in the caller's transaction."""
    decision = session.get(ReviewDecision, number)
    if decision is None or decision.undone_at:
        raise KnowledgeError("この決定はもう取り消されています。")
    newer = select(ReviewDecision.id).where(
        ReviewDecision.cluster_id == decision.cluster_id, ReviewDecision.id > number, ReviewDecision.undone_at.is_(None)
    )
    if session.scalar(newer.limit(1)):
        raise KnowledgeError("この後に別の決定があります。新しい決定から取り消してください。")
    sign_changes(session, who, "質問の決定の取り消し")
    changed = decision.changed
    if "entry" in changed and (entry := session.get(EntryRow, changed["entry"])):
        gone = changed.get("examples", [changed.get("example")])  # older decisions added one
        entry.examples = [text for text in entry.examples if text not in gone]
    if "made" in changed and (entry := session.get(EntryRow, changed["made"])):
        session.delete(entry)
    cluster = _cluster(session, decision.cluster_id)
    cluster.state, cluster.assigned, cluster.note = (decision.before[k] for k in ("state", "assigned", "note"))
    decision.undone_by, decision.undone_at = who, now.replace(tzinfo=None)
    session.flush()
    return decision
