"""Next year: a plan copied to its next period, its entries carried over, the old one retired on its last day."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from knowledge import KnowledgeError
from knowledge.document import NEEDS_REWRITE
from knowledge.editing.saving import add_row, find_row
from knowledge.merging.facts import ENTRY_FACTS, RESIDENTS_WORDS, plain_fact
from knowledge.models import EntryRow, PlanRow

_ERA_YEAR = re.compile(r"(令和|平成|R|H)(\s?)([0-9０-９]{1,2}|元)(?=\s?(?:年|[～~〜\-－ー.]))")
_WESTERN_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?=\s?(?:年|[～~〜\-－]))")
_YEARS = re.compile(r"(?:令和|平成)\s?(?:[0-9０-９]{1,2}|元)年?度?|20[0-9]{2}年度?|(?:今|本|来|昨)年度?")


@dataclass(frozen=True, slots=True)
class NextPeriod:
    """What a plan would be called in its next period, and its first and last day."""

    title: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class Carried:
    """An entry that can be carried over. `dated`: what in its texts names a year and must be rewritten."""

    id: int
    section: str
    title: str
    dated: tuple[str, ...]


def shift_years(text: str, years: int) -> str:
    """A title with its years moved: 令和5年度 → 令和6年度, 令和5年度～令和9年度 by five → 令和10年度～令和14年度."""

    def era(match: re.Match[str]) -> str:
        number = 1 if match[3] == "元" else int(match[3])
        return f"{match[1]}{match[2]}{number + years}"

    return _WESTERN_YEAR.sub(lambda match: str(int(match[1]) + years), _ERA_YEAR.sub(era, text))


def _moved(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 2, 28)


def _years(plan: PlanRow) -> int:
    """How many years the plan's period has: at least one."""
    if not plan.valid_from or not plan.valid_to:
        return 1
    return max(1, round((plan.valid_to - plan.valid_from).days / 365.25))


def propose_next(plan: PlanRow, today: date) -> NextPeriod:
    """The plan's next period: as long as its own and right behind it; the coming fiscal year where it has none.

    Where the plan ended so long ago that this period is over as well, the one of that length that is not over.
    """
    years = _years(plan)
    coming = date(today.year + (today.month >= 4), 4, 1)
    first = plan.valid_to + timedelta(days=1) if plan.valid_to else coming
    later = 0
    while _moved(first, later + years) <= today:
        later += years
    begins = _moved(first, later)
    return NextPeriod(shift_years(plan.title, later + years), begins, _moved(begins, years) - timedelta(days=1))


def list_carried(session: Session, plan: PlanRow) -> list[Carried]:
    """The plan's entries with what in them names a year."""
    rows = session.scalars(select(EntryRow).where(EntryRow.plan_id == plan.id).order_by(EntryRow.position))
    carried = []
    for row in rows:
        texts = (row.title, row.explanation, *row.targets, *row.vocabulary, *row.examples)
        dated = dict.fromkeys(year for text in texts for year in _YEARS.findall(text))
        carried.append(Carried(row.id, row.section, row.title, tuple(dated)))
    return carried


def begin_next_year(
    session: Session, number: int, version: int, period: NextPeriod, chosen: Collection[int]
) -> tuple[PlanRow, int]:
    """Copies a plan to its next period with the chosen entries, each to be rewritten; returns the new plan and how
    many entries it has. The old plan, and every entry of it, ends on the day before at the latest.

    Raises KnowledgeError where the plan was changed meanwhile or the new one cannot be.
    """
    old = find_row(session, "plan", number, lock=True)
    assert isinstance(old, PlanRow)
    if old.version != version:
        raise KnowledgeError("ほかの人がこの計画を変更しています。いまの内容を見てから始めてください。")
    if old.valid_from and period.valid_from <= old.valid_from:
        raise KnowledgeError("新しい計画の始まりの日は、いまの計画の始まりの日より後にしてください。")
    given = {
        "title": period.title, "valid_from": period.valid_from.isoformat(), "valid_to": period.valid_to.isoformat(),
        "precedence": str(old.precedence),
    }  # fmt: skip
    new = add_row(session, "plan", given)
    assert isinstance(new, PlanRow)
    last_day = period.valid_from - timedelta(days=1)
    years = max(1, round((period.valid_from - (old.valid_from or _moved(period.valid_from, -1))).days / 365.25))
    position = session.scalar(select(func.max(EntryRow.position))) or 0
    count = 0
    for row in session.scalars(select(EntryRow).where(EntryRow.plan_id == old.id).order_by(EntryRow.position)).all():
        if row.id in chosen:
            count += 1
            session.add(_carried_over(row, new, position + count, years))
        starts_before = row.valid_from is None or row.valid_from <= last_day
        if (row.valid_from or row.valid_to) and starts_before and (row.valid_to is None or row.valid_to > last_day):
            row.valid_to = last_day
    if old.valid_to is None or old.valid_to > last_day:
        old.valid_to = last_day
    session.flush()
    return new, count


def _carried_over(row: EntryRow, plan: PlanRow, position: int, years: int) -> EntryRow:
    carried = EntryRow(
        position=position, plan=plan, office=row.office, section=row.section, title=row.title, variant=row.variant,
        source_id=row.source_id, targets=list(row.targets), explanation=row.explanation,
        vocabulary=list(row.vocabulary), examples=list(row.examples), url=row.url, owner=row.owner,
        valid_from=row.valid_from and _moved(row.valid_from, years),
        valid_to=row.valid_to and _moved(row.valid_to, years),
        review_on=row.review_on and _moved(row.review_on, years),
        source="", page="", state=NEEDS_REWRITE, note=row.note,
    )  # fmt: skip
    carried.imported = _said_before(row, carried)
    return carried


def _said_before(row: EntryRow, carried: EntryRow) -> dict[str, object]:
    """What counts as said by a document in what is carried over, so that the new one overwrites it: last year's texts,
    whoever wrote them, but neither what staff corrected in them nor residents' words."""
    said = dict(row.imported)
    for name in ENTRY_FACTS:
        if name in said or name not in RESIDENTS_WORDS:
            corrected = name in said and said[name] != plain_fact(getattr(row, name))
            said[name] = said[name] if corrected else plain_fact(getattr(carried, name))
    return said
