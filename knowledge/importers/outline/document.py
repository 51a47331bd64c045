"""Lines into a document: plans, sections, initiatives and offices, and what was left out."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

from knowledge.document import Document, Plan
from knowledge.importers.facts.contacts import only_facts
from knowledge.importers.facts.directory import listed_offices
from knowledge.importers.facts.numbers import area_code_of, switchboard
from knowledge.importers.facts.questions import questions_as_titles
from knowledge.importers.facts.reach import speaks_of_blanks
from knowledge.importers.facts.sentences import contacts_apart
from knowledge.importers.facts.shortened import with_whole_numbers
from knowledge.importers.facts.sites import only_leads
from knowledge.importers.outline.beside import take_offices_behind_items, take_offices_beside
from knowledge.importers.outline.choice import Choice
from knowledge.importers.outline.parts import sort_lines
from knowledge.importers.outline.plans import choose_plans, first_plan, full_plan, plan_of
from knowledge.importers.outline.reading import Reading
from knowledge.importers.outline.repeated import mark_repeated
from knowledge.importers.outline.tree import grow_tree
from knowledge.importers.readers.lines import Line, is_rule


def _without_rules(lines: Sequence[Line]) -> list[Line]:
    """The lines without those that are only drawn; what stands below one is parted from what stands above. A number or
    place alone, or where a site leads to, heads nothing, whatever its letters look like."""
    drawn = [is_rule(line.text) and not line.cells for line in lines]
    return [
        replace(
            line,
            gap=line.gap or (n > 0 and drawn[n - 1]),
            level=line.level * (not (only_facts(line.text) or only_leads(line.text))),
        )
        for n, line in enumerate(lines)
        if not drawn[n]
    ]


def outline_document(lines: list[Line], area_code: str, name: str, home: str = "") -> Document:
    """The document that lines form.

    `area_code` (such as "06") of the municipality called `home` completes local numbers, unless the document states
    another or is another municipality's; `name`: the file's.
    Nothing disappears: what became neither entry nor explanation is in `left_out`.
    """
    lines = _without_rules(lines)
    lines = questions_as_titles(with_whole_numbers(lines))
    said = "\n".join(line.text for line in lines)
    area_code = area_code_of(said, area_code, home)
    joined = contacts_apart(lines, area_code)
    listed = listed_offices(joined, area_code)
    parts = sort_lines([line for n, line in enumerate(joined) if n not in listed], area_code)
    choose_plans(parts)
    mark_repeated(parts)
    take_offices_beside(parts)
    named = [office for several in listed.values() for office in several]
    take_offices_behind_items(parts, {office.name for office in named})
    root = grow_tree(parts, area_code)
    opened = [n for n, part in enumerate(parts) if part.plan]
    nodes = {id(node.part): node for node in root.walk() if node.part}
    plans: list[Plan] = []
    for n, end in itertools.pairwise([*opened, len(parts)]):
        above = parts[:n] if n == opened[0] else []
        plan = plan_of(parts[n], [*parts[n + 1 : end], *above])
        nodes[id(parts[n])].plan = full_plan(plan, plans)
        plans.append(plan)
    plan = first_plan(parts, [node.plan for node in root.walk() if node.plan], name)
    reading = Reading(area_code, Choice(root, area_code), plan, otherwise=switchboard(said))
    reading.blanks_tell = any(speaks_of_blanks(line.text) for line in joined if not line.cells)
    reading.document.offices += named
    reading.known = {office.name: office for office in reversed(named)}
    return reading.read(root)
