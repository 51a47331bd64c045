"""Which initiatives a contact is meant for, by where it stands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from knowledge.document import Office
from knowledge.importers.facts.reach import read_reach
from knowledge.importers.outline.events import Contact, Event, Found, Opened
from knowledge.importers.outline.meant import headings_meant, initiatives_meant, parts_counted, under
from knowledge.importers.outline.tree import Node

_KIND = r"(?:計画|ビジョン|プラン|方針|構想|戦略)"
_ABOUT = r"(?:全体|全般)?(?:の|に関する|について)"
_OF_THE_PLAN = re.compile(rf"^\W*(?:(?:この|本){_KIND}{_ABOUT}|[^\s:。]{{0,14}}{_KIND}(?:全体|全般){_ABOUT})")
_CHAPTERS = 2  # the lowest rank of 部, 章 and 節
_OFTEN = 5  # initiatives; a habit shows no sooner


@dataclass(slots=True)
class _Scopes:
    events: Sequence[Event]
    defaults: dict[int, Office] = field(default_factory=dict)
    above: dict[int, Contact] = field(default_factory=dict)
    general: Office | None = None  # of the plan as a whole
    apart: bool = False  # whether the plan's contact is that of what has none of its own

    def assign(self) -> None:
        self._give_as_said()
        if not self.apart and (self._stands_before() or self._stands_above_each()):
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
                if isinstance(event, Contact) and self._of_the_plan(event):
                    self._give_to_all(number, event)
                else:
                    placed.append(event)
                continue
            meant = initiatives_meant(self.events, number, event, reach)
            counted = parts_counted(self.events, event, reach)
            several = reach.numbers and not reach.paths
            parts = [] if meant else counted if several else headings_meant(event.node, reach)
            for found in meant:
                self._give(found, event)
            for part in parts:
                self.defaults[id(part)] = event.office
                event.used = True
            if reach.rest or (self._of_the_plan(event) and not event.used):
                self._give_to_all(number, event)
                self.apart = self.apart or (reach.rest and self.general is event.office)
            if not event.used:
                placed.append(event)
        self.events = placed

    def _give_to_all(self, number: int, contact: Contact) -> None:
        """Gives a contact to all without one: of the section that it heads, else of the plan."""
        if contact.node.part and not contact.node.part.plan and self._heads(number, contact, []):
            self.defaults[id(contact.node)] = contact.office
        else:
            self.general = contact.office
        contact.used = True

    def _stands_before(self) -> bool:
        """Whether contacts head what they are meant for: the first comes before all, and after the last something
        still waits for one."""
        contacts = [n for n, e in enumerate(self.events) if isinstance(e, Contact)]
        waiting = [n for n, e in enumerate(self.events) if isinstance(e, Found) and e.entry.office is None]
        if len(contacts) < 2 or not waiting or contacts[0] > waiting[0] or waiting[-1] < contacts[-1]:
            return False
        opened = [n for n, e in enumerate(self.events) if isinstance(e, Opened)]
        if opened and opened[0] < contacts[0]:
            return False
        # Where sections follow, those below the plan's own stand right below the headings, or are of initiatives.
        return not opened or all(n - 1 in opened or n - 1 in contacts for n in contacts[1:])

    def _stands_above_each(self) -> bool:
        """Whether, in sections too, each initiative has one contact right above its title."""
        told = [event for event in self.events if not isinstance(event, Opened)]
        above, below = told[::2], told[1::2]
        alternate = all(isinstance(e, Contact) for e in above) and all(isinstance(e, Found) for e in below)
        return alternate and len(above) == len(below) >= _OFTEN - 1

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
                own = [found for found in waiting if found.alone and found.node is event.node]
                waiting = [found for found in waiting if found in own or self._may_wait(found, event)]
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
                    meant = own if own and each_its_own else self._within(event, waiting)
                    for found in meant or self._right_above(number, event):
                        self._give(found, event)
                    waiting = []

    def _right_above(self, number: int, contact: Contact) -> list[Found]:
        """The initiative of a list that a contact stands right below."""
        above = self.events[number - 1] if number else None
        listed = isinstance(above, Found) and above.node is contact.node and above.entry.office is None
        return [above] if listed and isinstance(above, Found) else []

    def _may_wait(self, found: Found, contact: Contact) -> bool:
        """Whether an initiative without an office may have waited for a contact below it, not in it: where the plan has
        one for all, none waits for that of another part, or of another initiative."""
        if self._inherited(found) or (self.apart and not under(found.node, contact.node)):
            return False
        part = _part_of(contact.node)
        of_a_part = contact.part.line.gap or contact.node is part or contact.node.announced == "contact"
        return self.general is None or (of_a_part and _part_of(found.node) is part)

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
        return len(found) >= _OFTEN and len(own) > 0.8 * len(found)

    def _heads(self, number: int, contact: Contact, own: list[Found]) -> bool:
        """Whether a contact stands between a section's heading and what is in the section."""
        if own or contact.node.announced == "contact":
            return False
        above, below = self.events[:number], self.events[number + 1 :]
        return not self._of(contact.node, above) and bool(self._of(contact.node, below))

    def _of(self, node: Node, events: Sequence[Event]) -> list[Found]:
        """The initiatives that stand under a node."""
        return [event for event in events if isinstance(event, Found) and under(event.node, node)]

    def _within(self, contact: Contact, waiting: list[Found]) -> list[Found]:
        """What of those that wait a contact under a heading of its own can be meant for."""
        parent = contact.node.parent
        if contact.node.announced == "contact" and parent:
            return [found for found in waiting if under(found.node, parent)]
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
    counted = {_count_of(one) for one in asked} - {("", "")}
    return [
        one for one in silent
        if (one.alone or not one.told) and not _by_word(one.node) and _count_of(one) not in counted
    ]  # fmt: skip


def _count_of(found: Found) -> tuple[str, str]:
    """How an initiative that is a heading is counted, and how the part is that it stands in; empty for others."""
    node, top = found.node, _part_of(found.node)
    if not (found.alone and found.number and node.part and top.part) or top is node:
        return "", ""
    return node.part.marker.kind, top.part.marker.kind


def _part_of(node: Node) -> Node:
    """The highest heading below the plan's under which a node stands."""
    while node.parent is not None and node.parent.part is not None and not node.parent.part.plan:
        node = node.parent
    return node


def _by_word(node: Node) -> bool:
    top = _part_of(node)
    return any(n.part is not None and n.part.marker.rank > _CHAPTERS for n in (node, top))
