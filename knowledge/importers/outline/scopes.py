"""Which initiatives a contact is meant for, by where it stands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from knowledge.document import Entry, Office
from knowledge.importers.facts.markers import clean_title
from knowledge.importers.facts.reach import Reach, read_reach
from knowledge.importers.outline.parts import Part
from knowledge.importers.outline.tree import Node

_KIND = r"(?:計画|ビジョン|プラン|方針|構想|戦略)"
_ABOUT = r"(?:全体|全般)?(?:の|に関する|について)"
_OF_THE_PLAN = re.compile(rf"^\W*(?:(?:この|本){_KIND}{_ABOUT}|[^\s:。]{{0,14}}{_KIND}(?:全体|全般){_ABOUT})")
_CHAPTERS = 2  # the lowest rank of 部, 章 and 節
_OFTEN = 5  # initiatives; a habit shows no sooner


@dataclass(slots=True, eq=False)
class Found:
    """An initiative in the making: `node` under which it stands, `alone`: whether it is that node itself, `told`:
    whether a text stands below its title, `number`: its number in the list that it stands in, 0 where it has none."""

    entry: Entry
    node: Node
    alone: bool = False
    told: bool = False
    number: int = 0


@dataclass(slots=True, eq=False)
class Contact:
    """A contact in the flow of a node. `first`: nothing but the heading stands above it in the node; `last`: nothing
    of the node stands below it."""

    office: Office
    node: Node
    part: Part
    first: bool
    last: bool
    used: bool = False


@dataclass(slots=True, eq=False)
class Opened:
    """A section's heading."""

    node: Node


Event = Found | Contact | Opened


@dataclass(slots=True)
class _Scopes:
    events: Sequence[Event]
    defaults: dict[int, Office] = field(default_factory=dict)
    above: dict[int, Contact] = field(default_factory=dict)
    general: Office | None = None  # of the plan as a whole

    def assign(self) -> None:
        self._give_as_said()
        if self._stands_before():
            self._each_covers_what_follows()
        else:
            self._cover()
        self._inherit()

    def _give(self, found: Found, contact: Contact) -> None:
        found.entry = replace(found.entry, office=contact.office)
        contact.used = True

    def _give_as_said(self) -> None:
        """Gives each contact that says what it is meant for to that, and takes it from those that must be placed."""
        placed: list[Event] = []
        for number, event in enumerate(self.events):
            reach = read_reach(event.part.text)[0] if isinstance(event, Contact) else None
            if not isinstance(event, Contact) or reach is None:
                placed.append(event)
                continue
            parts = _headings_meant(event.node, reach)
            meant = [] if reach.parts or reach.around else self._meant(number, event, reach)
            for found in meant:
                self._give(found, event)
            for part in parts:
                self.defaults[id(part)] = event.office
                event.used = True
            if parts:
                continue
            if not meant:
                placed.append(event)
        self.events = placed

    def _meant(self, number: int, contact: Contact, reach: Reach) -> list[Found]:
        """The initiatives without an office of their own that a contact is said to be meant for."""
        found = [event for event in self.events if isinstance(event, Found)]
        above = [event for event in self.events[:number] if isinstance(event, Found)]
        if reach.nearest:
            near = above[-reach.nearest :] if reach.nearest > 0 else found[len(above) : len(above) - reach.nearest]
        elif reach.names:
            named = {clean_title(name) for name in reach.names}
            near = [one for one in found if one.entry.title in named or _headed(one.node, named)]
            near = [one for one in self._beside(contact.node, found) if one not in near] if reach.but else near
        else:
            near = self._numbered(contact.node, found, above, reach)
        return [one for one in near if one.entry.office is None]

    def _numbered(self, node: Node, found: list[Found], above: list[Found], reach: Reach) -> list[Found]:
        """The initiatives of the nearest list around a contact in which all numbers of its reach come."""
        place: Node | None = node
        while place is not None and reach.numbers:
            inside = [one for one in found if _under(one.node, place)]
            if reach.numbers <= {one.number for one in inside}:
                before = [one for one in inside if one in above]
                said = before if reach.numbers <= {one.number for one in before} else inside
                if reach.but:
                    return [one for one in inside if one.number not in reach.numbers]
                said = said if said is inside else said[::-1]
                return [next(one for one in said if one.number == n) for n in sorted(reach.numbers)]
            place = place.parent
        return []

    def _beside(self, node: Node, found: list[Found]) -> list[Found]:
        """The initiatives of the innermost section around a contact that has several."""
        place: Node | None = node
        while place is not None:
            inside = [one for one in found if _under(one.node, place)]
            if len(inside) > 1:
                return inside
            place = place.parent
        return []

    def _stands_before(self) -> bool:
        """Whether contacts head what they are meant for: the first comes before all, and after the last something
        still waits for one."""
        contacts = [n for n, e in enumerate(self.events) if isinstance(e, Contact)]
        waiting = [n for n, e in enumerate(self.events) if isinstance(e, Found) and e.entry.office is None]
        if len(contacts) < 2 or not waiting or contacts[0] > waiting[0] or waiting[-1] < contacts[-1]:
            return False
        first = self.events[contacts[0]]
        return isinstance(first, Contact) and not any(isinstance(e, Opened) for e in self.events[: contacts[0]])

    def _each_covers_what_follows(self) -> None:
        office: Contact | None = None
        for event in self.events:
            if isinstance(event, Contact):
                office = event
                event.used = True
            elif isinstance(event, Found) and office and event.entry.office is None:
                self._give(event, office)

    def _cover(self) -> None:
        """Each contact is meant for what still waits for one above it, unless it heads a section or is one fact among
        others of an initiative."""
        waiting: list[Found] = []
        each_its_own = self._each_has_its_own()
        for number, event in enumerate(self.events):
            if isinstance(event, Found) and event.entry.office is None:
                if above := self.above.get(id(event.node)):
                    self._give(event, above)
                else:
                    waiting.append(event)
            elif isinstance(event, Contact):
                if self._of_the_plan(event):
                    self.general, event.used = event.office, True
                    continue
                own = [found for found in waiting if found.alone and found.node is event.node]
                waiting = [found for found in waiting if found in own or self._inherited(found) is None]
                if self._heads(number, event, own):
                    self.defaults[id(event.node)] = event.office
                    event.used = True
                elif id(event.node) in self.defaults and any(
                    isinstance(e, Found) and e.node is event.node for e in self.events[number + 1 :]
                ):
                    self.above[id(event.node)] = event  # as the first of the section, so the others head their part
                elif own and event.first and not event.last:
                    self._give(own[0], event)
                    waiting = [found for found in waiting if found is not own[0] and found.told]
                else:
                    for found in own if own and each_its_own else self._within(event, waiting):
                        self._give(found, event)
                    waiting = []

    def _of_the_plan(self, contact: Contact) -> bool:
        """Whether a contact says that it is the one for the plan as a whole."""
        said = contact.part.text
        title = next((event.entry.plan.title for event in self.events if isinstance(event, Found)), "")
        return bool(_OF_THE_PLAN.search(said)) or bool(title and re.match(rf"\W*{re.escape(title)}\W?{_ABOUT}", said))

    def _each_has_its_own(self) -> bool:
        """Whether nearly every initiative of the plan has a contact of its own, so that one without has none."""
        found = [event for event in self.events if isinstance(event, Found) and event.alone]
        asked = [event for event in self.events if isinstance(event, Contact) and event.node.announced != "contact"]
        own = {id(event.node) for event in asked} & {id(event.node) for event in found}
        return len(found) >= _OFTEN and len(own) >= 0.8 * len(found)

    def _heads(self, number: int, contact: Contact, own: list[Found]) -> bool:
        """Whether a contact stands between a section's heading and what is in the section."""
        if own or contact.node.announced == "contact":
            return False
        above, below = self.events[:number], self.events[number + 1 :]
        return not self._of(contact.node, above) and bool(self._of(contact.node, below))

    def _of(self, node: Node, events: Sequence[Event]) -> list[Found]:
        """The initiatives that stand under a node."""
        return [event for event in events if isinstance(event, Found) and _under(event.node, node)]

    def _within(self, contact: Contact, waiting: list[Found]) -> list[Found]:
        """What of those that wait a contact under a heading of its own can be meant for."""
        parent = contact.node.parent
        if contact.node.announced == "contact" and parent:
            return [found for found in waiting if _under(found.node, parent)]
        return waiting

    def _inherited(self, found: Found) -> Office | None:
        """The office given to what an initiative stands in."""
        node: Node | None = found.node
        while node is not None:
            if office := self.defaults.get(id(node)) or node.office:
                return office
            node = node.parent
        return None

    def _inherit(self) -> None:
        for event in self.events:
            if isinstance(event, Found) and event.entry.office is None:
                event.entry = replace(event.entry, office=self._inherited(event) or self.general)


def _headings_meant(node: Node, reach: Reach) -> list[Node]:
    """The headings of the parts that a reach names: the one around a contact, or those with its numbers in the plan;
    none where it names no part."""
    if not (reach.around or reach.parts):
        return []
    around = [node]
    while (parent := around[-1].parent) is not None and not (around[-1].part and around[-1].part.plan):
        around.append(parent)
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


def _under(node: Node | None, above: Node) -> bool:
    while node is not None:
        if node is above:
            return True
        node = node.parent
    return False


def assign_offices(events: Sequence[Event]) -> None:
    """Gives the initiatives of one plan their offices. `events`: what the plan says, in order."""
    _Scopes(events).assign()


def told_without_office(found: Sequence[Found]) -> list[Found]:
    """What stands like an initiative, or a bare one of a list, in a part of a plan that names no office where
    others do: talk. A part that a word such as 基本目標 begins is none of that."""
    asked = [one for one in found if one.entry.office]
    full = [one for one in found if one.alone or one.told or one.entry.office]
    if len(asked) < _OFTEN - 1 or len(asked) < 0.75 * len(full):
        return []
    parts = {id(_part_of(one.node)) for one in asked}
    silent = [one for one in found if one.entry.office is None and id(_part_of(one.node)) not in parts]
    return [one for one in silent if (one.alone or not one.told) and not _by_word(one.node)]


def _part_of(node: Node) -> Node:
    """The highest heading below the plan's under which a node stands."""
    while node.parent is not None and node.parent.part is not None and not node.parent.part.plan:
        node = node.parent
    return node


def _by_word(node: Node) -> bool:
    top = _part_of(node)
    return any(n.part is not None and n.part.marker.rank > _CHAPTERS for n in (node, top))
