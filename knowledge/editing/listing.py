"""Finding one's way in the draft: entries by plan, section, office, state and words."""

from dataclasses import dataclass, fields
from datetime import date, timedelta

from sqlalchemy import RowMapping, func, select
from sqlalchemy.orm import Session

from knowledge.document import NEEDS_REWRITE
from knowledge.editing.searching import Asked
from knowledge.models import EntryRow, OfficeRow, PlanRow

SOON = timedelta(days=60)  # before its last day, an entry is about to expire
FEW_EXAMPLES = 5  # fewer example questions than this are few
STATES = {
    "rewrite": NEEDS_REWRITE,
    "review": "見直し日を過ぎた",
    "expired": "期限切れ",
    "soon": "まもなく期限切れ",
    "office": "担当なし",
    "examples": "想定質問が少ない",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """What to list; an empty value does not restrict. `office`, `plan`: ids; `state`: a key of `STATES`; `words`: as
    a person types them."""

    plan: int | None = None
    section: str = ""
    office: int | None = None
    state: str = ""
    words: str = ""

    def as_query(self) -> dict[str, str]:
        """As an address holds it."""
        return {f.name: str(value) for f in fields(self) if (value := getattr(self, f.name)) not in (None, "")}


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry in the list; `states`: keys of `STATES`."""

    id: int
    plan: str
    section: str
    title: str
    variant: str
    office: str
    last_day: date | None
    review_on: date | None
    examples: int
    states: tuple[str, ...]


def _states(row: RowMapping, last_day: date | None, today: date) -> tuple[str, ...]:
    holds = {
        "rewrite": row["state"] == NEEDS_REWRITE,
        "review": row["review_on"] is not None and row["review_on"] <= today,
        "expired": last_day is not None and last_day < today,
        "soon": last_day is not None and today <= last_day <= today + SOON,
        "office": row["office_id"] is None,
        "examples": row["count"] < FEW_EXAMPLES,
    }
    return tuple(name for name, held in holds.items() if held)


def list_entries(
    session: Session, wanted: Filter, today: date, skip: int = 0, most: int = 50
) -> tuple[list[Listed], int]:
    """(entries of the draft in its order, how many there are in all)."""
    columns = [
        EntryRow.id, PlanRow.title.label("plan"), EntryRow.section, EntryRow.title, EntryRow.variant,
        OfficeRow.name.label("office"), EntryRow.office_id, EntryRow.valid_from, EntryRow.valid_to,
        PlanRow.valid_to.label("plan_to"), EntryRow.review_on, EntryRow.state,
        func.json_array_length(EntryRow.examples).label("count"),
    ]  # fmt: skip
    if wanted.words:
        columns += [
            EntryRow.examples,
            EntryRow.vocabulary,
            EntryRow.explanation,
            EntryRow.owner,
            EntryRow.note,
            EntryRow.source_id,
        ]
    query = select(*columns).join(PlanRow, EntryRow.plan_id == PlanRow.id)
    query = query.join(OfficeRow, EntryRow.office_id == OfficeRow.id, isouter=True)
    for column, value in (
        (EntryRow.plan_id, wanted.plan), (EntryRow.office_id, wanted.office), (EntryRow.section, wanted.section),
    ):  # fmt: skip
        if value:
            query = query.where(column == value)
    rows = session.execute(query.order_by(EntryRow.position, EntryRow.id)).mappings().all()
    heads = (
        (head for row in rows for head in (row["title"], row["section"], *row["vocabulary"])) if wanted.words else ()
    )
    asked = Asked(wanted.words, heads if wanted.words else ())
    found: list[Listed] = []
    count = 0
    for row in rows:
        last_day = row["valid_to"] if row["valid_from"] or row["valid_to"] else row["plan_to"]
        states = _states(row, last_day, today)
        if wanted.state and wanted.state not in states:
            continue
        if wanted.words and not asked.holds(
            (row["title"], row["section"], row["variant"], *row["vocabulary"]),
            (row["explanation"], row["office"] or "", row["owner"], row["note"], row["source_id"] or "",
             row["plan"], *row["examples"]),
        ):  # fmt: skip
            continue
        count += 1
        if skip < count <= skip + most:
            found.append(
                Listed(
                    row["id"], row["plan"], row["section"], row["title"], row["variant"], row["office"] or "",
                    last_day, row["review_on"], row["count"], states,
                )
            )  # fmt: skip
    return found, count


def count_states(session: Session, today: date) -> dict[str, int]:
    """How many entries of the draft are in each of `STATES`."""
    counts = dict.fromkeys(STATES, 0)
    for entry in list_entries(session, Filter(), today, most=1_000_000)[0]:
        for state in entry.states:
            counts[state] += 1
    return counts


def list_plans(session: Session) -> list[PlanRow]:
    """All plans of the draft, in its order."""
    return list(session.scalars(select(PlanRow).order_by(PlanRow.id)))


def list_offices(session: Session) -> list[OfficeRow]:
    """All offices of the draft, in its order."""
    return list(session.scalars(select(OfficeRow).order_by(OfficeRow.id)))


def list_sections(session: Session, plan: int | None = None) -> list[str]:
    """The sections of the draft's entries, or of one plan's, in its order."""
    first = func.min(EntryRow.position)
    query = select(EntryRow.section).where(EntryRow.section != "").group_by(EntryRow.section).order_by(first)
    return list(session.scalars(query if plan is None else query.where(EntryRow.plan_id == plan)))
