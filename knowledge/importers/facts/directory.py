"""Lists of offices that say where those are that a document names elsewhere."""

import itertools
import re
from dataclasses import replace

from knowledge.document import Entry, Office
from knowledge.importers.facts.contacts import OFFICE_END, contact_line, only_facts, read_office
from knowledge.importers.readers.lines import Line

_DIVISION = re.compile(r"^\S{1,10}?[部局](?:\s+|(?=\S{2,}[課室係センター]))(?=\S)")


def listed_offices(lines: list[Line], area_code: str) -> dict[int, list[Office]]:
    """The offices, by number of line, of a list that says where the offices are that were named before: one in each of
    several lines, or several in one."""
    found = {n: o for n, line in enumerate(lines) if not line.cells and (o := contact_line(line.text, area_code))}
    listed = {n: several for n, line in enumerate(lines) if (several := _offices_in(line, area_code))}
    for first in found:
        if first - 1 in found:
            continue
        run = list(itertools.takewhile(lambda n: n in found, itertools.count(first)))
        if len(run) < 2:
            continue
        said = "\n".join(line.text for line in lines[:first])
        if sum(found[n].name in said for n in run) * 2 > len(run):
            listed |= {n: [found[n]] for n in run if n not in listed}
    return listed


def _offices_in(line: Line, area_code: str) -> list[Office]:
    """The offices of a line such as 福祉課:1階⑫番、市民課・税務課:2階; none in another line."""
    offices: list[Office] = []
    for piece in re.split(r"[、,;] ?", line.text) if not line.cells and ":" in line.text else ():
        names, _, facts = piece.rpartition(":")
        named = re.split(r"[・/]", re.split(r"[\s:]", names)[-1])
        if not only_facts(facts) or not all(OFFICE_END.search(name) for name in named):
            return []
        offices += [o for name in named if (o := read_office(f"{name} {facts}", area_code, labelled=True))]
    return offices if len(offices) > 1 else []


def complete_offices(entries: list[Entry], offices: list[Office], otherwise: str = "") -> list[Entry]:
    """The entries, where an office has the number and place that the document gives it elsewhere, in one way only, and
    the number `otherwise` where it gives none."""
    completed = []
    for entry in entries:
        office = _completed(entry.office, offices) if entry.office else None
        office = replace(office, phone=otherwise) if office and not office.phone else office
        completed.append(replace(entry, office=office))
    return completed


def _names_alike(name: str) -> list[str]:
    """What a list may call an office, the nearest first: its name, that without the division, the office it is of."""
    alone = _DIVISION.sub("", name)
    return list(dict.fromkeys((name, alone, re.split(r"[ ([〔・、/]", alone)[0])))


def _completed(office: Office, offices: list[Office]) -> Office:
    facts = ("floor", "counter", "phone")
    given = [fact for fact in facts if getattr(office, fact)]
    if office.floor and office.phone:
        return office  # printed in full: a counter given elsewhere is not said to be this one
    for called in _names_alike(office.name):
        if given and called not in (office.name, _DIVISION.sub("", office.name)):
            break  # a part of an office that has a place of its own
        alike = [
            other for other in offices
            if called in (other.name, _DIVISION.sub("", other.name))
            and all(getattr(other, f) in ("", getattr(office, f)) for f in given)
        ]  # fmt: skip
        found = {fact: {getattr(other, fact) for other in alike} - {""} for fact in facts if fact not in given}
        if any(len(values) > 1 for values in found.values()):
            return office
        if any(found.values()):
            return replace(office, **{fact: values.pop() for fact, values in found.items() if values})
    return office
