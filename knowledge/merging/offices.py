"""Offices of one name at several counters."""

from dataclasses import replace

from knowledge.document import Document, Office


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
