"""Which row of the draft an entry is, under whatever names it had: what was said of it under an old one stays so."""

from collections.abc import Iterable, Iterator

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from knowledge.document import Entry, Plan
from knowledge.history import CHANGED, Change
from knowledge.models import EntryRow, PlanRow

_NAMES = ("plan_id", "section", "title", "source_id", "variant")  # by which an entry is known, its plan's title apart


def _former_plans(session: Session) -> dict[int, list[str]]:
    """Plan's number → the titles that it had, the present one last."""
    titles: dict[int, list[str]] = {}
    was, now = Change.before["title"].as_string(), Change.after["title"].as_string()
    query = select(Change.item, was).where(Change.kind == "plan", Change.action == CHANGED, was != now)
    for number, title in [
        *session.execute(query.order_by(Change.id)),
        *session.execute(select(PlanRow.id, PlanRow.title)),
    ]:
        titles.setdefault(number, []).append(title)
    return titles


def _named(session: Session) -> Iterator[tuple[int, int, str, str, str | None, str]]:
    """(row, plan's number, section, title, source's id, variant) of all entries as they were named, and as they are."""
    olds, news = ([kept[name].as_string() for name in _NAMES] for kept in (Change.before, Change.after))
    renamed = or_(*(old.is_distinct_from(new) for old, new in zip(olds, news, strict=True)))
    query = select(Change.item, *olds).where(Change.kind == "entry", Change.action == CHANGED, renamed)
    for row in session.execute(query.order_by(Change.id)):
        yield row[0], int(row[1]), row[2], row[3], row[4], row[5] or ""
    names = (EntryRow.plan_id, EntryRow.section, EntryRow.title, EntryRow.source_id, EntryRow.variant)
    for now in session.execute(select(EntryRow.id, *names)):
        yield now[0], now[1], now[2], now[3], now[4], now[5]


def rows_by_id(session: Session) -> dict[str, int]:
    """Id that an entry has, or had before it or its plan was named otherwise → number of its row in the draft.

    An id that two rows had belongs to the one that has it now, or had it last.
    """
    plans = _former_plans(session)
    found: dict[str, int] = {}
    latest: dict[str, int] = {}
    for row, plan, section, title, source_id, variant in _named(session):
        for name in plans.get(plan, ()):
            entry = Entry(Plan(name), section, title, None, source_id, variant=variant)
            found[entry.id] = row
            if name == plans[plan][-1]:
                latest[entry.id] = row
    return found | latest


def entries_by_id(session: Session, entries: Iterable[Entry]) -> dict[str, Entry]:
    """Entries of a release by their ids, and by those that they had or will have in another one."""
    own = {entry.id: entry for entry in entries}
    rows = rows_by_id(session)
    by_row = {rows[number]: entry for number, entry in own.items() if number in rows}
    return {number: by_row[row] for number, row in rows.items() if row in by_row} | own


def ids_of_same(session: Session, number: str) -> tuple[str, ...]:
    """All ids of the entry that has or had this one."""
    rows = rows_by_id(session)
    return (number, *(other for other, row in rows.items() if row == rows.get(number) and other != number))
