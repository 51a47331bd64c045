"""A reply as the JSON that `ask --json` and `POST /api/ask` give."""

from typing import Any

from bot.events import Reply
from knowledge.document import Office
from knowledge.snapshot import Match


def _office(office: Office | None) -> dict[str, str] | None:
    if office is None:
        return None
    return {"name": office.name, "floor": office.floor, "counter": office.counter, "phone": office.phone}


def _explanation(match: Match) -> dict[str, Any]:
    if not match.explanation:
        return {}
    return {"explanation": [{"term": term, "value": round(value, 6)} for term, value in match.explanation]}


def _notices(reply: Reply) -> dict[str, Any]:
    if not reply.notices:
        return {}
    return {"notices": [{"title": n.title, "text": n.text, "until": n.ends_at.isoformat()} for n in reply.notices]}


def render_json(question: str, reply: Reply) -> dict[str, Any]:
    """One JSON object an answer; offices and dates as the knowledge base has them."""
    decision = reply.decision
    return {
        "question": question,
        "intent": decision.intent,
        "answered": reply.answered,
        "service": decision.service,
        "matches": [
            {
                "id": m.entry.id,
                "source_id": m.entry.source_id,
                "plan": m.entry.plan.title,
                "section": m.entry.section,
                "title": m.entry.title,
                "score": round(m.score, 6),
                "valid_from": first and first.isoformat(),
                "valid_to": last and last.isoformat(),
                "expired": m.expired,
                "office": _office(m.entry.office),
                **_explanation(m),
            }
            for m in decision.matches
            for first, last in (m.entry.period,)
        ],
        "office": _office(decision.office),
        "text": reply.text,
        **_notices(reply),
    }
