"""A reply as the JSON that `ask --json` and `POST /api/ask` give."""

from typing import Any

from bot.events import Reply
from knowledge.document import Office


def _office(office: Office | None) -> dict[str, str] | None:
    if office is None:
        return None
    return {"name": office.name, "floor": office.floor, "counter": office.counter, "phone": office.phone}


def render_json(question: str, reply: Reply) -> dict[str, Any]:
    """One JSON object an answer; offices and dates as the knowledge base has them."""
    decision = reply.decision
    return {
        "question": question,
        "intent": decision.intent,
        "answered": decision.answered,
        "service": decision.service,
        "matches": [
            {
                "id": m.entry.id,
                "source_id": m.entry.source_id,
                "plan": m.entry.plan.title,
                "section": m.entry.section,
                "title": m.entry.title,
                "score": round(m.score, 6),
                "valid_from": m.entry.plan.valid_from and m.entry.plan.valid_from.isoformat(),
                "valid_to": m.entry.plan.valid_to and m.entry.plan.valid_to.isoformat(),
                "expired": m.expired,
                "office": _office(m.entry.office),
            }
            for m in decision.matches
        ],
        "office": _office(decision.office),
        "text": reply.text,
    }
