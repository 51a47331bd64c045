"""What a plan says, in its order: initiatives in the making, contacts, and the headings of sections."""

from dataclasses import dataclass

from knowledge.document import Entry, Office
from knowledge.importers.outline.parts import Part
from knowledge.importers.outline.tree import Node


@dataclass(slots=True, eq=False)
class Found:
    """An initiative in the making: `node` under which it stands, `alone`: whether it is that node itself, `told`:
    whether a text stands below its title, `number`: its number in the list that it stands in, 0 where it has none,
    `kind`: how that is printed, as `markers.Marker` names it."""

    entry: Entry
    node: Node
    alone: bool = False
    told: bool = False
    number: int = 0
    kind: str = ""
    path: str = ""


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
