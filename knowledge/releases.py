"""Releases: what is published, which of them answers, and the way back."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from knowledge import KnowledgeError
from knowledge.document import Document
from knowledge.draft import read_draft
from knowledge.exchange import document_from_json, document_to_json
from knowledge.models import LiveRelease, Release


def check_draft(document: Document) -> None:
    """Raises KnowledgeError for a draft that must not answer residents."""
    if not document.entries:
        raise KnowledgeError("下書きに取組がありません。import で読み込んでから publish してください。")
    for plan in document.plans:
        if plan.valid_from and plan.valid_to and plan.valid_to < plan.valid_from:
            raise KnowledgeError(f"計画「{plan.title}」の終わりの日が始まりの日より前です。日付を直してください。")
    known = {entry.id for entry in document.entries}
    if len(known) < len(document.entries):
        raise KnowledgeError("同じ計画・節・題の取組が二つあります。一つにしてください。")


def publish_release(session: Session, now: datetime, reason: str) -> int:
    """Makes the draft a numbered release that answers from now on; returns its number."""
    document = read_draft(session)
    check_draft(document)
    number = (session.scalar(select(func.max(Release.number))) or 0) + 1
    session.add(Release(number=number, published_at=now, reason=reason, document=document_to_json(document)))
    session.flush()
    point_to_release(session, number, now)
    return number


def point_to_release(session: Session, number: int, now: datetime) -> None:
    """Makes a kept release the one that answers; the others stay."""
    if session.get(Release, number) is None:
        raise KnowledgeError(f"公開版 {number} はありません。releases で番号を確かめてください。")
    live = session.get(LiveRelease, 1)
    if live is None:
        session.add(LiveRelease(id=1, number=number, since=now))
    else:
        live.number, live.since = number, now
    session.flush()


def live_number(session: Session) -> int | None:
    """The number of the release that answers; None where nothing was published."""
    return session.scalar(select(LiveRelease.number))


def read_release(session: Session, number: int) -> Document:
    """A release's document."""
    release = session.get(Release, number)
    if release is None:
        raise KnowledgeError(f"公開版 {number} はありません。releases で番号を確かめてください。")
    return document_from_json(release.document, f"公開版 {number}")


def list_releases(session: Session) -> list[Release]:
    """All releases, newest first."""
    return list(session.scalars(select(Release).order_by(Release.number.desc())))
