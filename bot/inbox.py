"""Accepted events, stored before they are acknowledged and answered from there."""

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot.events import InboundEvent
from bot.models import InboxEvent
from knowledge.database import Sessions


def store_event(sessions: Sessions, event: InboundEvent) -> bool:
    """Stores an event and commits; False where the same event was stored before (a redelivery)."""
    with sessions() as session:
        session.add(
            InboxEvent(
                channel=event.channel, event_id=event.event_id, user_id=event.user_id, text=event.text,
                reply_token=event.reply_token, sent_at=event.sent_at,
            )
        )  # fmt: skip
        try:
            session.commit()
        except IntegrityError:
            return False
    return True


def claim_event(sessions: Sessions) -> InboxEvent | None:
    """Takes the oldest waiting event for this worker; None where none waits."""
    with sessions() as session:
        while True:
            row = session.scalar(
                select(InboxEvent).where(InboxEvent.state == "waiting").order_by(InboxEvent.id).limit(1)
            )
            if row is None:
                return None
            claim = update(InboxEvent).where(InboxEvent.id == row.id, InboxEvent.state == "waiting")
            taken = session.execute(claim.values(state="claimed")).rowcount  # type: ignore[attr-defined]
            session.commit()
            if taken:
                return row


def release_claims(sessions: Sessions) -> None:
    """Puts claimed events back, for the start of the only process that answers."""
    with sessions() as session:
        session.execute(update(InboxEvent).where(InboxEvent.state == "claimed").values(state="waiting"))
        session.commit()
