"""The initiatives and headings of a plan that a contact says it is meant for."""

import re
from collections.abc import Sequence

from knowledge.importers.facts.markers import clean_title
from knowledge.importers.facts.reach import Reach, path_of
from knowledge.importers.outline.events import Contact, Event, Found
from knowledge.importers.outline.tree import Node


def initiatives_meant(events: Sequence[Event], number: int, contact: Contact, reach: Reach) -> list[Found]:
    """The initiatives without an office of their own that the contact at `number` of `events` is said to be meant
    for."""
    found = [event for event in events if isinstance(event, Found)]
    above = [event for event in events[:number] if isinstance(event, Found)]
    if reach.parts or reach.around:
        places = headings_meant(contact.node, reach) if reach.numbers else []
        near = [one for one in found if one.number in reach.numbers and any(under(one.node, p) for p in places)]
        near = near or (_numbered(contact.node, found, above, reach) if reach.numbers else [])
    elif reach.nearest:
        near = above[-reach.nearest :] if reach.nearest > 0 else found[len(above) : len(above) - reach.nearest]
    elif reach.names:
        named = {clean_title(name) for name in reach.names}
        near = [one for one in found if one.entry.title in named or _headed(one.node, named)]
        near = [one for one in _beside(contact.node, found) if one not in near] if reach.but else near
    else:
        near = [one for one in found if one.path and one.path in reach.paths]
        of_parts = headings_meant(contact.node, reach) or parts_counted(events, contact, reach)
        near = near or ([] if of_parts else _numbered(contact.node, found, above, reach))
    return [one for one in near if one.entry.office is None]


def _numbered(node: Node, found: list[Found], above: list[Found], reach: Reach) -> list[Found]:
    """The initiatives of the nearest list around a contact in which all numbers of its reach come."""
    place: Node | None = node
    while place is not None and reach.numbers:
        inside = [one for one in found if under(one.node, place)]
        if reach.numbers <= {one.number for one in inside}:
            before = [one for one in inside if one in above]
            said = before if reach.numbers <= {one.number for one in before} else inside
            if reach.but:
                return [one for one in inside if one.number not in reach.numbers]
            said = said if said is inside else said[::-1]
            return [next(one for one in said if one.number == n) for n in sorted(reach.numbers)]
        place = place.parent
    return []


def parts_counted(events: Sequence[Event], contact: Contact, reach: Reach) -> list[Node]:
    """The headings of a plan's parts that are counted in the way in which a reach prints its numbers, where these parts
    hold the initiatives and none of them is counted so; else none."""
    found = [event for event in events if isinstance(event, Found)]
    if not reach.kind or reach.around or reach.parts or any(one.kind == reach.kind for one in found):
        return []
    markers = ((place, place.part.marker) for place in _plan_around(contact.node).walk() if place.part)
    counted = [p for p, marker in markers if marker.kind == reach.kind and marker.number in reach.numbers]
    whole = {place.part.marker.number for place in counted if place.part} == reach.numbers
    return counted if whole and all(any(under(one.node, p) for one in found) for p in counted) else []


def _plan_around(node: Node) -> Node:
    """The heading of the plan that a node stands in, or the document's root."""
    while node.parent is not None and not (node.part and node.part.plan):
        node = node.parent
    return node


def _beside(node: Node, found: list[Found]) -> list[Found]:
    """The initiatives of the innermost section around a contact that has several."""
    place: Node | None = node
    while place is not None:
        inside = [one for one in found if under(one.node, place)]
        if len(inside) > 1:
            return inside
        place = place.parent
    return []


def headings_meant(node: Node, reach: Reach) -> list[Node]:
    """The headings of the parts that a reach names: the one around a contact, or those with its numbers in the plan;
    none where it names no part."""
    if not (reach.around or reach.parts or reach.paths):
        return []
    around = [node]
    while (parent := around[-1].parent) is not None and not (around[-1].part and around[-1].part.plan):
        around.append(parent)
    if not (reach.around or reach.parts):
        return [place for place in around[-1].walk() if place.part and path_of(place.line.text) in reach.paths]
    nearest = next((place for place in around if _is_part(place, reach)), None)
    if nearest is not None and len(reach.parts) < 2:
        return [nearest]
    return [place for place in around[-1].walk() if _is_part(place, reach)] if reach.parts else []


def _is_part(node: Node, reach: Reach) -> bool:
    """Whether a heading begins with the word of a reach, or one like it, and has one of its numbers."""
    if node.part is None or node.part.plan:
        return False
    marker = node.part.marker
    if marker.rank >= 0:
        return reach.around in marker.kind and (marker.number in reach.parts if reach.parts else bool(reach.around))
    said = re.match(rf"{reach.around}\s*(\d*)", node.title)
    return said is not None and (int(said[1] or marker.number) in reach.parts if reach.parts else bool(reach.around))


def _headed(node: Node | None, titles: set[str]) -> bool:
    """Whether a node stands under a heading with one of some titles."""
    while node is not None and node.part is not None and not node.part.plan:
        if node.title in titles:
            return True
        node = node.parent
    return False


def under(node: Node | None, above: Node) -> bool:
    """Whether a node is another one or stands below it."""
    while node is not None:
        if node is above:
            return True
        node = node.parent
    return False
