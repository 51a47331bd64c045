"""The parts of a document under their headings."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from knowledge.document import Office, Plan
from knowledge.importers.facts import noise
from knowledge.importers.facts.contacts import office_at_end, office_named
from knowledge.importers.facts.markers import Marker, clean_title
from knowledge.importers.outline.levels import look_of, rank_headings
from knowledge.importers.outline.parts import Part
from knowledge.importers.readers.lines import Line

ADVERTISED = "広告です"
OF_THE_PAGE = "ページの案内です"
ABOUT_THE_PLAN = "計画そのものの説明です"
_OF_THE_PLAN = re.compile(r"^\W*(?:この|本)?(?:計画|ビジョン|プラン|方針|取組|事業)(?:全体)?(?:の|に関する|について)")
APART = "どの取組のものとも読めません"
OTHER = "計画ではない、ほかの記事です"
NOTICE = "お知らせや催しです"
_ASIDE = (ADVERTISED, OF_THE_PAGE, APART, NOTICE)  # until the next heading


@dataclass(slots=True, eq=False)
class Node:
    """A heading with what stands under it. `rank`: of its level, 0 is highest; `flow`: its own parts in order;
    `dropped`: why it is no part of the plan, empty where it is one; `office`: named beside the title."""

    title: str
    line: Line
    rank: int
    parent: "Node | None" = None
    part: Part | None = None
    children: list["Node"] = field(default_factory=list)
    flow: list[Part] = field(default_factory=list)
    told: str = ""
    office: Office | None = None
    announced: str = ""
    plan: Plan | None = None
    dropped: str = ""

    def reason(self) -> str:
        """Why this node, or one above it, is left out."""
        return self.dropped or (self.parent.reason() if self.parent else "")

    def body(self) -> str:
        """Its own text, with what stands beside the title."""
        return " ".join([self.told, *(part.text for part in self.flow if part.role == "text")]).strip()

    def having(self, role: str) -> list[Part]:
        """Its own parts of a role."""
        return [part for part in self.flow if part.role == role]

    def named(self) -> list["Node"]:
        """The nodes below it that bear a name of their own and belong to the plan."""
        return [child for child in self.children if not child.announced and not child.dropped]

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, in the document's order."""
        yield self
        for child in self.children:
            yield from child.walk()


class _Grower:
    def __init__(self, parts: Sequence[Part], area_code: str) -> None:
        self.parts, self.area_code = parts, area_code
        self.ranks = rank_headings(parts)
        self.root = Node("", Line("", ""), -2)
        self.node = self.root
        self.before_aside = self.root
        self.page_contact = False
        self.aside_level = 0

    def grow(self) -> Node:
        for number, part in enumerate(self.parts):
            if part.role == "heading":
                self._open(number, self.ranks.get(number, -1))
            elif part.role == "contact" and self.node.dropped == ADVERTISED and _OF_THE_PLAN.search(part.text):
                self.node = self.before_aside
                self.node.flow.append(part)
            elif part.role == "end" or (part.role == "contact" and self.page_contact):
                self.page_contact = self.page_contact or noise.page_contact(part.text) or self._closes(number)
                part.role = "end"
                self.node.flow.append(part)
            elif part.lists and self.node.dropped in (ADVERTISED, APART):
                self.node = self.before_aside  # a table of initiatives ends it
                self.node.flow.append(part)
            elif part.role in ("text", "item") and noise.tagged_notice(part.text):
                self._set_aside(part, NOTICE)
            elif part.role != "row" and noise.advertisement(part.text) and len(part.text) < 40:
                self._set_aside(part, ADVERTISED)
            elif part.role == "text" and part.line.gap and self._is_closed():
                self._set_aside(part, APART)
            else:
                self.node.flow.append(part)
        return self.root

    def _closes(self, number: int) -> bool:
        """Whether a line says who made the document, with nothing but their address and number below it."""
        below = self.parts[number + 1 :]
        return noise.colophon(self.parts[number].text) and not any(p.role in ("heading", "item", "row") for p in below)

    def _is_closed(self) -> bool:
        """Whether the contact below an initiative's text has ended it."""
        flow = self.node.flow
        return len(flow) > 1 and flow[-1].role == "contact" and any(part.role in ("text", "item") for part in flow[:-1])

    def _is_sold(self, number: int) -> bool:
        """Whether a heading stands right below a line that only says 広告, and bears no marker where others do, or has
        no sentence below it but whom to call."""
        part, node = self.parts[number], self.node
        look = look_of(part)
        if node.dropped != ADVERTISED or node.flow or node.part is None or not noise.only_advertises(node.part.text):
            return False
        alike = [p for p in self.parts if p.role == "heading" and not p.announced and look_of(p) == look]
        unlike = sum(bool(p.marker.kind) for p in alike) * 2 > len(alike)
        below = next((p.text for p in self.parts[number + 1 : number + 2] if p.role == "text"), "")
        return (unlike or noise.only_to_call(below)) and not (part.marker.kind or part.plan)

    def _open(self, number: int, rank: int) -> None:
        part, sold = self.parts[number], self._is_sold(number)
        if self.node.dropped in _ASIDE:
            level = self.aside_level
            if level and part.line.level > level and not part.plan:
                self._set_aside(part, self.node.dropped)
                self.aside_level = level
                return
            self.node = self.before_aside
        self.page_contact = False
        if part.announced == "page":
            self.page_contact = noise.page_contact(part.text)
            self._set_aside(part, OF_THE_PAGE)
            return
        if noise.commercial(part.title, "") or sold:
            self._set_aside(part, ADVERTISED)
            self.aside_level = 0  # all of it stands in one line
            return
        if noise.advertisement(part.title):
            self._set_aside(part, ADVERTISED)
            return
        title, office = (part.title, part.office) if part.office else office_at_end(part.title, self.area_code)
        opens = part.plan or part.aside
        parent = self.root if opens else self._parent(rank, part)
        node = Node(clean_title(title), part.line, -1 if opens else rank, parent, part,
                    told=part.told, office=office, announced=part.announced)  # fmt: skip
        node.dropped = OTHER if part.aside else ""
        parent.children.append(node)
        self.node = node

    def _set_aside(self, part: Part, why: str) -> None:
        if self.node.dropped not in _ASIDE:
            self.before_aside = self.node
        place = self.before_aside
        node = Node(clean_title(part.title or part.text), part.line, 99, place, part, dropped=why)
        place.children.append(node)
        self.node = node
        self.aside_level = part.line.level

    def _parent(self, rank: int, part: Part) -> Node:
        """The node that a heading opens below; that of a contact is one whose format sets it no lower."""
        level, node = part.line.level if part.announced == "contact" else 0, self.node
        while node.parent is not None and (
            node.rank >= rank or (part.announced and node.announced) or 0 < level < node.line.level
        ):
            node = node.parent
        return node


def _is_about_the_plan(node: Node, marker: Marker) -> bool:
    """Whether a node speaks of the plan itself: by its title, unless it is counted, as no chapter, and says whom to
    ask about it."""
    asked = marker.number > 0 and marker.rank not in (0, 1) and bool(node.having("contact"))
    announces_others = node.announced not in ("", "list") and any(
        not (child.announced or child.dropped) for child in node.children
    )
    talk = noise.about_the_plan(node.title) and not node.announced and not asked
    return talk or announces_others or (noise.states_the_aim(node.title) and not node.named())


def _announces(node: Node, marker: Marker, body: str) -> bool:
    """Whether a node announces an event or tells news. A question of a list of them does not."""
    marked = marker.kind not in ("", "bullet")
    return marker.kind != "Q" and noise.notice(node.title, body, marker.number > 0, marked)


def _placed(node: Node) -> bool:
    """Whether the contact of a node says on which floor or at which counter one asks, as only an office's does."""
    offices = [node.office, *(part.office for part in node.having("contact"))]
    return any(office and (office.floor or office.counter) for office in offices)


def _drop_foreign(root: Node) -> None:
    """Marks what is no part of the plan: talk about it, notices, sales."""
    for node in root.walk():
        if node.dropped or node is root or node.part is None or node.part.plan:
            continue
        marker = node.part.marker
        told = [part.text for role in ("item", "contact") for part in node.having(role)]
        body = " ".join([node.body(), *told])
        if _is_about_the_plan(node, marker):
            node.dropped = ABOUT_THE_PLAN
        elif _announces(node, marker, body):
            node.dropped = NOTICE
        elif not (node.children or _placed(node)) and noise.commercial(node.title, body):
            node.dropped = ADVERTISED


def _lift_out(root: Node) -> None:
    """Lifts most of what a plan says out of a greeting, contents or aim: it only stands below, in an outline that
    marks both alike."""
    asked = {id(node) for node in root.walk() if node.office or node.having("contact") or node.having("row")}
    for node in list(root.walk()):
        talk = node.announced in ("text", "target") or (not node.announced and noise.about_the_plan(node.title))
        if not talk or node.parent is None or not any(not child.announced for child in node.children):
            continue
        below = sum(id(n) in asked for n in node.walk() if n is not node)
        if below > 1 and below * 2 > len(asked):
            place = node.parent.children.index(node) + 1
            node.parent.children[place:place] = node.children
            for child in node.children:
                child.parent = node.parent
            node.children = []


def _name_offices(root: Node, area_code: str) -> None:
    """A heading that is an office's name, with place and number below it, gives that office to what stands under it."""
    for node in root.walk():
        first = node.flow[0] if node.flow and node.part and not node.part.plan and not node.office else None
        if first and first.role == "text" and (office := office_named(node.title, first.text, area_code)):
            node.office = office
            node.flow.remove(first)


def _move_tables(root: Node) -> None:
    """A table below the last of several initiatives that have none is no part of it, but of the section."""
    for node in [n for n in root.walk() if n.having("row") and n.part and not n.part.plan and n.parent]:
        beside = [n for n in root.walk() if n.rank == node.rank and n is not node and not n.announced and not n.dropped]
        alike = [n for n in beside if n.body()]
        told = bool(node.body()) and not any(n.named() for n in beside)
        first = next(n for n, part in enumerate(node.flow) if part.role == "row")
        closed = any(part.role == "contact" for part in node.flow[:first])
        if told and (closed or (len(alike) > 1 and not any(n.having("row") for n in alike))):
            assert node.parent is not None
            node.parent.flow += [part for part in node.flow[first:] if part.role == "row"]
            node.flow = [part for n, part in enumerate(node.flow) if n < first or part.role != "row"]


def grow_tree(parts: Sequence[Part], area_code: str) -> Node:
    """The root of a document's headings."""
    root = _Grower(parts, area_code).grow()
    _lift_out(root)
    _drop_foreign(root)
    _move_tables(root)
    _name_offices(root, area_code)
    return root
