"""Offices of one name at several counters, and new ones that the draft has under another name."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from knowledge.document import Document, Office
from knowledge.models import OfficeRow


def tell_offices_apart(document: Document) -> Document:
    """The document, where an office that has two counters or numbers is two offices, the second named with its place:
    residents of either are sent to the right one."""
    first: dict[str, Office] = {}
    named: dict[Office, Office] = {}
    for office in (*document.offices, *(entry.office for entry in document.entries if entry.office)):
        known = first.setdefault(office.name, office)
        apart = [
            fact for fact in ("floor", "counter", "phone")
            if getattr(known, fact) and getattr(office, fact) and getattr(known, fact) != getattr(office, fact)
        ]  # fmt: skip
        place = office.phone if apart == ["phone"] else office.floor + office.counter
        named[office] = replace(office, name=f"{office.name}({place})") if apart else office
    return replace(
        document,
        offices=list(dict.fromkeys(named[office] for office in document.offices))
        + [office for office in dict.fromkeys(named.values()) if office.name not in first],
        entries=[replace(entry, office=entry.office and named[entry.office]) for entry in document.entries],
    )


def likely_offices(office: Office, rows: Iterable[OfficeRow]) -> list[OfficeRow]:
    """The draft's offices that a new one may be, the likeliest first: with the same number, or with a name that holds
    the other's."""

    def signs(row: OfficeRow) -> tuple[bool, bool]:
        return bool(office.phone) and row.phone == office.phone, office.name in row.name or row.name in office.name

    return sorted((row for row in rows if any(signs(row))), key=signs, reverse=True)


def join_offices(document: Document, chosen: Mapping[str, OfficeRow]) -> Document:
    """The document, where its offices of these names are those of the draft."""

    def known(office: Office) -> Office:
        row = chosen.get(office.name)
        return Office(row.name, row.floor, row.counter, row.phone, tuple(row.hours)) if row else office

    return replace(
        document,
        offices=[office for office in document.offices if office.name not in chosen],
        entries=[replace(entry, office=entry.office and known(entry.office)) for entry in document.entries],
    )
