"""Releases: what is published, which of them answers, and the way back."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from knowledge import KnowledgeError
from knowledge.document import Document, Plan
from knowledge.draft import read_draft
from knowledge.exchange import document_from_json, document_to_json
from knowledge.history import COMMAND, draft_state
from knowledge.merging.pairing import pair_known
from knowledge.models import LiveRelease, Release
from knowledge.publishing.difference import compare_documents, count_edits
from knowledge.publishing.identity import rows_by_id
from knowledge.publishing.models import ReleaseAct

PUBLISHED, RETURNED = "公開", "戻す"

_NO_PLAN = Plan("")


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


@dataclass(frozen=True, slots=True)
class Unpublished:
    """How many plans, offices, entries and words of the draft are not as the release has them, and of all of them
    how many are new, other or gone."""

    plans: int
    offices: int
    entries: int
    words: int
    added: int
    changed: int
    removed: int

    @property
    def total(self) -> int:
        return self.added + self.changed + self.removed


_Facts = tuple[dict[str, int], ...]


def _facts(document: Document) -> _Facts:
    """Of plans, offices, entries and words: key → hash of what is said of it, as small as a comparison needs."""
    return (
        {plan.title: hash(plan) for plan in document.plans},
        {office.name: hash(office) for office in document.offices},
        {
            entry.id: hash((replace(entry, office=None, plan=_NO_PLAN), entry.office and entry.office.name))
            for entry in document.entries
        },
        dict.fromkeys((f"{word.word}\0{word.official}" for word in document.thesaurus), 0),
    )


def _under_new_names(release: _Facts, draft: _Facts, rows: Mapping[str, int]) -> _Facts:
    """The release's facts, those of entries that the draft names otherwise under their new ids."""
    plans, offices, entries, words = release
    then, now = entries.keys(), draft[2].keys()
    renamed = {gone: came for came, gone in pair_known(then - now, now - then, rows).items()}
    return plans, offices, {renamed.get(number, number): said for number, said in entries.items()}, words


def _compare(draft: _Facts, release: _Facts) -> Unpublished:
    pairs = list(zip(draft, release, strict=True))
    added = [len(new.keys() - old.keys()) for new, old in pairs]
    removed = [len(old.keys() - new.keys()) for new, old in pairs]
    changed = [sum(new[key] != old[key] for key in new.keys() & old.keys()) for new, old in pairs]
    plans, offices, entries, words = map(sum, zip(added, removed, changed, strict=True))
    return Unpublished(plans, offices, entries, words, sum(added), sum(changed), sum(removed))


class DraftComparison:
    """Counts what publishing the draft would change; again only after the draft or the live release has changed."""

    def __init__(self) -> None:
        self._counted: tuple[Hashable, Unpublished] | None = None
        self._release: tuple[Hashable, _Facts] | None = None

    def count(self, session: Session) -> Unpublished | None:
        """None where nothing was published. An office's new counter is a change of the office, not of its entries."""
        live, state = live_release(session), draft_state(session)
        if live is None:
            return None
        if (counted := self._counted) is None or counted[0] != (live, state):
            if (kept := self._release) is None or kept[0] != live:
                self._release = kept = (live, _facts(read_release(session, live.number)))
            draft = _facts(read_draft(session))
            release = _under_new_names(kept[1], draft, rows_by_id(session))
            self._counted = counted = ((live, state), _compare(draft, release))
        return counted[1]


def publish_release(
    session: Session,
    now: datetime,
    reason: str,
    who: str = COMMAND,
    override: str = "",
    problems: Sequence[str] = (),
) -> int:
    """Makes the draft a numbered release that answers from now on; returns its number.

    `problems`: what the checks said and `override`, the reason, let pass; both are recorded.
    """
    document = read_draft(session)
    check_draft(document)
    number = (session.scalar(select(func.max(Release.number))) or 0) + 1
    here = now.replace(tzinfo=None)
    session.add(Release(number=number, published_at=here, reason=reason, document=document_to_json(document)))
    session.flush()
    act = ReleaseAct(
        at=here, who=who, action=PUBLISHED, number=number, why=reason, override=override,
        problems=list(problems),
    )  # fmt: skip
    _point(session, act, document, now)
    return number


def point_to_release(session: Session, number: int, now: datetime, who: str = COMMAND, why: str = "") -> None:
    """Makes a kept release the one that answers; the others, and the draft, stay as they are."""
    document = read_release(session, number)
    act = ReleaseAct(at=now.replace(tzinfo=None), who=who, action=RETURNED, number=number, why=why)
    _point(session, act, document, now)


def _point(session: Session, act: ReleaseAct, document: Document, now: datetime) -> None:
    """Lets a release answer and records the act, with what it changes for residents."""
    live = session.get(LiveRelease, 1)
    before = Document()
    if live is None:
        session.add(LiveRelease(id=1, number=act.number, since=now.replace(tzinfo=None)))
    else:
        act.before = live.number
        before = read_release(session, live.number)
        live.number, live.since = act.number, now.replace(tzinfo=None)
    act.added, act.changed, act.removed = count_edits(compare_documents(before, document, rows_by_id(session)))
    session.add(act)
    session.flush()


def live_number(session: Session) -> int | None:
    """The number of the release that answers; None where nothing was published."""
    return session.scalar(select(LiveRelease.number))


@dataclass(frozen=True, slots=True)
class Published:
    """A release without its document."""

    number: int
    published_at: datetime
    reason: str


def live_release(session: Session) -> Published | None:
    """The release that answers; None where nothing was published."""
    query = select(Release.number, Release.published_at, Release.reason)
    row = session.execute(query.join(LiveRelease, LiveRelease.number == Release.number)).first()
    return Published(*row) if row else None


def read_release(session: Session, number: int) -> Document:
    """A release's document."""
    release = session.get(Release, number)
    if release is None:
        raise KnowledgeError(f"公開版 {number} はありません。releases で番号を確かめてください。")
    return document_from_json(release.document, f"公開版 {number}")


def list_releases(session: Session) -> list[Release]:
    """All releases, newest first."""
    return list(session.scalars(select(Release).order_by(Release.number.desc())))


def list_acts(session: Session, skip: int = 0, most: int = 50) -> list[ReleaseAct]:
    """What was published and returned to, newest first."""
    return list(session.scalars(select(ReleaseAct).order_by(ReleaseAct.id.desc()).offset(skip).limit(most)))
