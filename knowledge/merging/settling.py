"""Rows of a table that differ on one plan or office: the one that changes what the draft has now is meant."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from knowledge.cells import COLUMNS, Faults
from knowledge.document import Document, Doubt
from knowledge.merging.steps import shown
from knowledge.models import EntryRow
from knowledge.own_table import fact_of

_KINDS = {"plan": "計画", "office": "担当"}
_HEADINGS = {**COLUMNS, "valid_from": COLUMNS["plan_from"], "valid_to": COLUMNS["plan_to"]}
Notes = dict[tuple[str, str], str]


def _heading(doubt: Doubt) -> str:
    return COLUMNS["plan_source"] if (doubt.what, doubt.fact) == ("plan", "source") else _HEADINGS[doubt.fact]


def _fault(doubt: Doubt, others: list[tuple[str, str]], now: str | None) -> str:
    (first, there), (second, here) = others[0], others[1]
    known = f"、いまの下書きでは「{now}」" if now else ""
    return (
        f"{_KINDS[doubt.what]}「{doubt.name}」の「{_heading(doubt)}」の列: {there}では「{first}」、"
        f"{here}では「{second}」です{known}。どちらかにそろえてください。"
    )


def _left_over(doubt: Doubt, text: str, places: tuple[int, ...], found: Sequence[EntryRow | None]) -> bool:
    """Whether a text is of the office that the draft gives to all entries whose rows state it: staff named another
    office, and left what stood beside the old one."""
    rows = [found[place] for place in places]
    olds = [row.office for row in rows if row and row.office and row.office.name != doubt.name]
    return 0 < len(rows) == len(olds) and all(shown(getattr(old, doubt.fact)) == text for old in olds)


def settle_doubts(
    document: Document, rows: Mapping[str, Mapping[str, Any]], found: Sequence[EntryRow | None]
) -> tuple[Document, Notes]:
    """(the document with one value for each fact, what is to be said of a plan or an office by kind and name).

    `rows`: kind → name → the row of the draft; `found`: the row of each entry. Raises KnowledgeError with all facts on
    which rows contradict each other, not only the draft.
    """
    faults, notes = Faults(), Notes()
    meant: dict[tuple[str, str], dict[str, Any]] = {}
    for doubt in document.doubts:
        row = rows[doubt.what].get(doubt.name)
        now = None if row is None else shown(getattr(row, doubt.fact))
        key = doubt.what, doubt.name
        others = [
            (text, where) for text, where, places in doubt.said
            if text != now and not (doubt.what == "office" and _left_over(doubt, text, places, found))
        ]  # fmt: skip
        if len(others) > 1:
            faults.note(_fault(doubt, others, now))
            continue
        meant.setdefault(key, {})[doubt.fact] = fact_of(doubt.fact, others[0][0] if others else now or "")
        if others and row is not None:
            said = (
                f"{others[0][1]}の「{_heading(doubt)}」の変更です。この{_KINDS[doubt.what]}のすべての取組に当てます。"
            )
            notes[key] = f"{notes[key]}\n{said}" if key in notes else said
    faults.check()
    if not meant:
        return document, notes
    plans = {plan: replace(plan, **meant.get(("plan", plan.title), {})) for plan in document.plans}
    offices = {office: replace(office, **meant.get(("office", office.name), {})) for office in document.offices}
    entries = [
        replace(entry, plan=plans[entry.plan], office=entry.office and offices[entry.office])
        for entry in document.entries
    ]
    return replace(document, plans=list(plans.values()), offices=list(offices.values()), entries=entries), notes


def left_blank(document: Document, found: Sequence[EntryRow | None]) -> set[tuple[str, str, str]]:
    """What a table does not say of plans and offices because all its rows leave it empty. Where an entry stood under
    the plan or office before, its row was written with the fact, and staff emptied it."""
    known = {("plan", row.plan.title) for row in found if row}
    known |= {("office", row.office.name) for row in found if row and row.office}
    return {(what, name, fact) for what, name, fact in document.blank if (what, name) not in known}
