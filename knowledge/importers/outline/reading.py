"""What stands under the headings of a document into initiatives and offices, and what was left out."""

from dataclasses import dataclass, field, replace

from knowledge.document import Document, Entry, LeftOut, Office, Plan
from knowledge.importers.facts import noise
from knowledge.importers.facts.contacts import office_at_end
from knowledge.importers.facts.directory import complete_offices
from knowledge.importers.facts.markers import clean_title
from knowledge.importers.facts.periods import read_period
from knowledge.importers.facts.reach import path_of
from knowledge.importers.facts.several import further_offices
from knowledge.importers.facts.titles import plan_title
from knowledge.importers.outline.choice import Choice, told_item
from knowledge.importers.outline.events import Contact, Event, Found, Opened
from knowledge.importers.outline.parts import Part
from knowledge.importers.outline.plans import Period, of_shared_periods
from knowledge.importers.outline.rows import (
    first_office,
    office_of_row,
    row_number,
    row_path,
    rows_of,
    unread_phone,
)
from knowledge.importers.outline.scopes import assign_offices, told_without_office
from knowledge.importers.outline.tree import ABOUT_THE_PLAN, OF_THE_PAGE, Node
from knowledge.importers.readers.lines import Line

ABOVE_ALL = "計画の見出しより前にあります"
FURTHER = "2つ目からの担当です"
_LONGEST_EXPLANATION = 1000  # letters


@dataclass(slots=True)
class Reading:
    """One document's plans, initiatives and offices in the making. `known`: offices by name, as they were first given;
    `otherwise`: the number of those that have none; `blanks_tell`: whether a blank cell repeats no office above it."""

    area_code: str
    choice: Choice
    plan: Plan
    document: Document = field(default_factory=Document)
    events: list[Event] = field(default_factory=list)
    periods: dict[str, list[Period]] = field(default_factory=dict)
    by_section: dict[str, Office] = field(default_factory=dict)
    known: dict[str, Office] = field(default_factory=dict)
    otherwise: str = ""
    blanks_tell: bool = False
    opened: bool = False  # whether a plan's title has come

    def read(self, root: Node) -> Document:
        """The document whose headings stand below a root."""
        self._visit(root, "")
        self._close_plan()
        document = self.document
        document.entries = of_shared_periods(document.entries)
        document.entries = complete_offices(document.entries, document.offices, self.otherwise)
        document.offices = list(dict.fromkeys(entry.office for entry in document.entries if entry.office))
        document.plans = list(dict.fromkeys([*(e.plan for e in document.entries), *document.plans]))
        return document

    def _leave_out(self, line: Line, text: str, why: str) -> None:
        if text.strip():
            self.document.left_out.append(LeftOut(line.where, text, why))

    def _leave_out_all(self, node: Node, why: str) -> None:
        for below in node.walk():
            self._leave_out_node(below, below.dropped or why)

    def _leave_out_node(self, node: Node, why: str) -> None:
        self._leave_out(node.line, f"{node.title} {node.told}", why)
        for part in node.flow:
            self._leave_out(part.line, part.text, why)

    def _visit(self, node: Node, section: str) -> None:
        if node.dropped:
            self._leave_out_all(node, node.dropped)
        elif node.part is None or node.part.plan:
            if node.part and node.plan:
                self._close_plan(above_all=not self.opened)
                self.opened = True
                self.plan = node.plan
                self._leave_out(node.line, node.told, "計画全体の説明です")
            self._section(node, "", "計画全体の説明です")
        elif node.announced:
            self._announced(node, section)
        elif self.choice.is_leaf(node):
            self._leaf(node, section)
        else:
            self.events.append(Opened(node))
            self._leave_out(node.line, node.told, "節の説明です")
            self._section(node, node.title, "節の説明です")

    def _announced(self, node: Node, section: str) -> None:
        """A heading that announces something, where no single initiative stands above it."""
        above = node.parent
        self._leave_out(node.line, node.title, "続くものの見出しです")
        if node.announced == "list" and (node.named() or node.having("row") or node.having("item")):
            self._section(node, section or node.title, "一覧の説明です", listed=above)
        elif node.announced == "contact":
            self._flow(node, section, "問合せ先などの見出しです", False)
        else:
            self._flow(node, section, ABOUT_THE_PLAN, False)
            for child in node.children:
                self._visit(child, section)

    def _section(self, node: Node, section: str, why: str, listed: Node | None = None) -> None:
        whole = listed if listed is not None and listed.part and not listed.part.plan else node
        lists = self.choice.lists(whole) or (
            not self.choice.kids(node) and not any(c for c in node.children if not c.dropped) and bool(node.announced)
        )
        if node.part is None or node.part.plan:
            lists = not self.choice.kids(node) and self.choice.names_initiatives(node)
        self._flow(node, section, why, lists)
        for child in node.children:
            self._visit(child, section)

    def _flow(self, node: Node, section: str, why: str, lists: bool) -> None:
        """A node's own parts, none of which tells of a single initiative."""
        for number, part in enumerate(node.flow):
            if part.role == "contact":
                self._contact(node, part, number)
            elif part.role == "row":
                self._row(node, part, section)
            elif part.role == "item" and lists:
                self._item(node, part, section)
            else:
                reason = OF_THE_PAGE if part.role == "end" else "見出しのない一覧です" if part.role == "item" else why
                self._leave_out(part.line, part.text, reason)

    def _contact(self, node: Node, part: Part, number: int) -> None:
        self._leave_out(part.line, further_offices(part.text), FURTHER)
        if office := self._completed(part.office):
            said = [p for p in node.flow[:number] if p.role in ("text", "item", "row")]
            below = any(p.role in ("text", "item", "row") for p in node.flow[number + 1 :]) or bool(node.children)
            self.events.append(Contact(office, node, part, not (said or node.told), not below))

    def _leaf(self, node: Node, section: str) -> None:
        if not self.choice.is_initiative(node):
            self._leave_out_all(node, "続く取組のない見出しです")
            return
        beside, at_end = office_at_end(node.told, self.area_code)
        told, targets = [beside] if beside else [], list[str]()
        own = node.office or at_end
        office = self._completed(own)
        number, kind = (node.part.marker.number, node.part.marker.kind) if node.part else (0, "")
        entry = Entry(self.plan, section, node.title, None)
        found = Found(entry, node, alone=True, number=number, kind=kind, path=path_of(node.line.text))
        self.events.append(found)
        for below in node.walk():
            if below is not node:
                if below.dropped and not below.part:
                    continue
                told += [f"{below.title}:" if below.announced else below.title] if not below.dropped else []
            if reason := below.reason():
                self._leave_out_node(below, reason)
                continue
            for number, part in enumerate(below.flow):
                text = part.text
                if part.role == "contact":
                    first = below is node and not told
                    self._contact(node, part, number if not first else 0)
                elif part.role == "end":
                    self._leave_out(part.line, text, OF_THE_PAGE)
                elif part.role == "row":
                    self._row(below, part, section)
                elif part.announced == "section:":
                    found.entry = replace(found.entry, section=part.told)
                elif part.announced == "target:" or (below.announced == "target" and part.role != "row"):
                    targets.append(part.told or text)
                else:
                    text, at_end = office_at_end(f"{text} {part.told}" if part.role == "item" else text, self.area_code)
                    office = office or self._completed(at_end)
                    told.append(text)
        explanation = " ".join(text for text in told if text).strip()
        self._leave_out(node.line, explanation[_LONGEST_EXPLANATION:], "長い説明の終わりです")
        found.told = bool(node.body() or node.having("item"))
        explanation = explanation[:_LONGEST_EXPLANATION]
        found.entry = replace(found.entry, office=office, explanation=explanation, targets=tuple(targets))

    def _item(self, node: Node, part: Part, section: str) -> None:
        name, told = (part.text, part.told) if part.told else told_item(part.text)
        title, office = office_at_end(name, self.area_code)
        if told and not office:
            told, office = office_at_end(told, self.area_code)
        entry = Entry(self.plan, section, clean_title(title), self._completed(office), explanation=told)
        marker, path = part.marker, path_of(part.line.text)
        self.events.append(Found(entry, node, told=bool(told), number=marker.number, kind=marker.kind, path=path))

    def _row(self, node: Node, part: Part, section: str) -> None:
        cells = dict(part.line.cells)
        repeated = cells.get("repeated", "").split() if self.blanks_tell else []
        for row in rows_of({kind: cell for kind, cell in cells.items() if kind not in repeated}):
            first, others = first_office(row)
            self._leave_out(part.line, others, FURTHER)
            self._leave_out(part.line, *unread_phone(first, self.area_code))
            self._single_row(node, part, section, first)

    def _single_row(self, node: Node, part: Part, section: str, cells: dict[str, str]) -> None:
        if "directory" in cells and (listed := office_of_row(cells, self.area_code)):
            self.document.offices.append(listed)
            if "section" in cells:
                self.by_section[clean_title(cells["section"])] = listed
            elif sum(one.lists_office for one in node.flow) == 1:  # no list, but the contact of what it stands under
                part.office = listed
                self._contact(node, part, node.flow.index(part))
            return
        if "header" in cells or "directory" in cells:
            self._leave_out(part.line, part.text, "表の見出しです")
            return
        title, at_end = office_at_end(cells.get("title", ""), self.area_code)
        title = clean_title(title)
        if not title or noise.page_end(title):
            self._leave_out(part.line, part.text, OF_THE_PAGE if title else "取組の名前がありません")
            return
        office = office_of_row(cells, self.area_code) or at_end
        plan, (first, last) = self.plan, read_period(cells.get("period", ""))
        if named := cells.get("plan"):  # the period beside or behind a plan's name is the plan's
            own = plan_title(named) if read_period(named)[1] else ""
            own = own or named
            self.periods.setdefault(own, []).append((first, last) if last else read_period(named.removeprefix(own)))
            plan, first, last = Plan(own), None, None
        elif (first, last) == (plan.valid_from, plan.valid_to):
            first = last = None
        heading = clean_title(cells.get("section", "")) or section
        told = cells.get("explanation", "")
        entry = Entry(plan, heading, title, self._completed(office), explanation=told, valid_from=first, valid_to=last)
        self.events.append(Found(entry, node, told=bool(told), number=row_number(cells), path=row_path(cells)))

    def _completed(self, office: Office | None) -> Office | None:
        """An office named again without its number is the one that was named before."""
        if office is None:
            return None
        known = self.known.get(office.name)
        if known and not (office.phone or office.floor or office.counter):
            return known
        self.known.setdefault(office.name, office)
        self.document.offices.append(office)
        return office

    def _close_plan(self, above_all: bool = False) -> None:
        """Takes over what a plan says. `above_all`: it stands above all titles of plans, as menus do."""
        self._merge_repeated()
        assign_offices(self.events)
        self._fill_from_directory()
        named = {event.entry.section for event in self.events if isinstance(event, Found)}
        talk = {id(found) for found in told_without_office([e for e in self.events if isinstance(e, Found)])}
        for event in self.events:
            if id(event) in talk and isinstance(event, Found):
                why = "担当の課も、続く取組もない説明です"
                if event.alone:
                    self._leave_out_all(event.node, why)
                else:
                    self._leave_out(event.node.line, event.entry.title, why)
            elif isinstance(event, Found) and above_all and event.entry.office is None:
                self._leave_out(event.node.line, event.entry.title, ABOVE_ALL)
            elif isinstance(event, Found):
                self.document.entries.append(self._with_period(event.entry))
            elif isinstance(event, Contact) and not event.used:
                self._leave_out(event.part.line, event.part.text, "どの取組のものとも読めない連絡先です")
            elif isinstance(event, Opened) and event.node.title not in named:
                self._leave_out(event.node.line, event.node.title, "下の見出しをまとめる見出しです")
        self.events = []

    def _merge_repeated(self) -> None:
        """An initiative that is listed and told of apart is one: a list of contents, of offices, of what is planned."""
        found = [event for event in self.events if isinstance(event, Found)]
        full = {event.entry.title: event for event in found if event.told}
        repeated: set[int] = set()
        for event in found:
            title = next((t for t in (event.entry.title, event.entry.title.rsplit(" ", 1)[0]) if t in full), "")
            other = full.get(title)
            if other is None or other is event or event.told or (event.entry.office and other.entry.office):
                continue
            if event.entry.office:
                other.entry = replace(other.entry, office=event.entry.office)
            repeated.add(id(event))
            self._leave_out(event.node.line, event.entry.title, "ほかの所で説明されている取組です")
        self.events = [event for event in self.events if id(event) not in repeated]

    def _fill_from_directory(self) -> None:
        """The offices that a list at the end gives to sections."""
        for event in self.events:
            if isinstance(event, Found) and event.entry.office is None and event.entry.section in self.by_section:
                event.entry = replace(event.entry, office=self.by_section[event.entry.section])

    def _with_period(self, entry: Entry) -> Entry:
        periods = self.periods.get(entry.plan.title)
        if not periods or entry.plan.valid_to:
            return entry
        days = [day for day, _ in periods if day], [day for _, day in periods if day]
        plan = replace(entry.plan, valid_from=min(days[0], default=None), valid_to=max(days[1], default=None))
        return replace(entry, plan=plan)
