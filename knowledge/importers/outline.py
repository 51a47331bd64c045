"""Lines into plans, sections, entries and offices, by the outline that headings and markers form.

The lowest headings are entries; those above them are sections. A list without a text of its own under a heading is a
list of entries. A contact names the office of everything since the contact before it; where nothing stands between it
and its heading, of everything that follows under that heading.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date

from knowledge.document import Document, Entry, LeftOut, Office, Plan
from knowledge.importers import noise
from knowledge.importers.contacts import (
    area_code_of,
    complete_offices,
    contact_line,
    fact_label,
    join_contacts,
    listed_offices,
    office_at_end,
    read_office,
)
from knowledge.importers.lines import Line
from knowledge.importers.markers import clean_title, read_marker
from knowledge.importers.periods import read_period

_PLAN = re.compile(
    r"^[「『【]?(?P<title>[^。]{2,40}?(?:ビジョン|計画|方針|プラン|構想|戦略|指針|大綱)(?:20\d\d(?!年))?)[」』】]?"
    r"\s*(?P<rest>[(〔\[【「].*|(?:概要版?|素案|案|本編|について|(?:の|に基づく)?\s*(?:主な|重点|具体的な?)?(?:施策|事業|取組|取り組み|アクション)(?:の?(?:一覧表?|概要|体系|内容))?|一覧表?|を(?:策定|改定|作成|更新).*|令和.*|平成.*|[\d].*|[~〜～].*)?)$"
)
_ONLY_A_KIND = re.compile(r"(?:運営|基本|本|同|当|この|実施)?(?:ビジョン|計画|方針|プラン|構想|戦略|指針|大綱)$")
_OF_A_PLAN = re.compile(r"ビジョン|計画|方針|プラン|構想|戦略|指針|大綱")
_TOLD = re.compile(r"^(?P<title>[^:。]{2,40}):\s*(?P<told>.{6,})$")
_TOLD_BESIDE = re.compile(r"^(?P<title>[^:。 ]{2,30}(?:\([^()]*\))?)(?: |:\s*)(?P<told>[^。]{6,}。.*)$")
_PERIOD_LABEL = re.compile(r"計画期間|期間|対象年度|実施年度|年度")
_ADVERTISED = "広告です"
_LONGEST_HEADING = 50
_LONGEST_ITEM = 40  # letters of a name
_LONGEST_EXPLANATION = 600


@dataclass(slots=True)
class _Node:
    title: str
    where: str
    key: tuple[str, int]
    parent: "_Node | None" = None
    children: list["_Node"] = field(default_factory=list)
    items: list[Line] = field(default_factory=list)
    body: list[Line] = field(default_factory=list)
    office: Office | None = None
    default: Office | None = None
    plan: Plan | None = None
    dropped: str = ""

    def outside(self) -> bool:
        """Whether it is no part of the plan's outline: an advertisement, a notice, talk about the plan."""
        return bool(self.dropped) or noise.notice(self.title, " ".join(line.text for line in self.body))

    def inherited(self) -> Office | None:
        """The office given to this node, or to the nearest one above."""
        return self.office or self.default or (self.parent.inherited() if self.parent else None)

    def reason(self) -> str:
        """Why this node, or one above it, is left out."""
        return self.dropped or (self.parent.reason() if self.parent else "")


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a table under a heading."""

    node: _Node
    section: str
    title: str
    office: Office | None
    cells: dict[str, str]
    line: Line


def _as_printed(kind: str, cell: str) -> str:
    """A cell as it would stand in a contact line: 2 in the column 階 is 2階."""
    if kind == "phone" and cell:
        return f"電話 {cell}"
    unit = {"floor": "階", "counter": "番"}.get(kind, "")
    return f"{cell}{unit}" if unit and re.fullmatch(r"[0-9①-⑳㉑-㉟]+", cell) else cell


@dataclass(slots=True)
class _Outline:
    lines: list[Line]
    area_code: str
    source: str
    document: Document = field(default_factory=Document)
    root: _Node = field(default_factory=lambda: _Node("", "", ("", 0)))
    since_contact: list[_Node] = field(default_factory=list)
    page_contact: bool = False
    rows: list[_Row] = field(default_factory=list)
    node: _Node = field(default_factory=lambda: _Node("", "", ("", 0)))

    def read(self) -> Document:
        """The document."""
        self.area_code = area_code_of("\n".join(line.text for line in self.lines)) or self.area_code
        self.node = self.root
        lines = join_contacts(self.lines, self.area_code)
        listed = listed_offices(lines, self.area_code)
        for number, line in enumerate(lines):
            if number in listed:
                self.document.offices.append(listed[number])
            else:
                self._take(line)
        plan = self._first_plan()
        self._emit(self.root, plan, "")
        self.document.entries = complete_offices(self.document.entries, self.document.offices)
        offices = dict.fromkeys(entry.office for entry in self.document.entries if entry.office)
        self.document.offices = list(offices)
        self.document.plans = list(dict.fromkeys([*(e.plan for e in self.document.entries), *self.document.plans]))
        return self.document

    def _leave_out(self, where: str, text: str, why: str) -> None:
        if text.strip():
            self.document.left_out.append(LeftOut(where, text, why))

    def _take(self, line: Line) -> None:
        text = line.text
        if not text:
            return
        if noise.page_end(text) and not (line.level and len(text) > 20 and not noise.page_end(clean_title(text))):
            self.page_contact = self.page_contact or noise.page_contact(text)
            if line.level:
                self._heading(line, ("heading", line.level), text, dropped="ページの案内です")
                return
            self._leave_out(line.where, text, "ページの案内です")
            return
        if line.cells:
            self._row(line, dict(line.cells))
            return
        office = contact_line(text, self.area_code)
        if office:
            self._contact(line, office)
            return
        if line.level:
            self._heading(line, ("heading", line.level), text)
            return
        kind, rest = read_marker(text)
        if kind not in ("", "bullet") and (said := _TOLD_BESIDE.match(rest)):
            self._heading(line, (kind, 0), said["title"])
            self.node.body.append(replace(line, text=said["told"]))
        elif self._is_heading(kind, text, rest, line):
            self._heading(line, (kind, 0), rest)
        elif line.item or kind == "bullet":
            self.node.items.append(replace(line, text=rest))
        elif self._explains_item(line):
            item = self.node.items[-1]
            self.node.items[-1] = replace(item, text=f"{item.text}: {text}")
        else:
            told, at_end = office_at_end(text, self.area_code)
            if at_end and not self.node.office:
                self.node.office = self._completed(at_end)
            self.node.body.append(replace(line, text=told) if at_end else line)

    def _explains_item(self, line: Line) -> bool:
        """Whether a sentence stands below the name of an item, and tells of it."""
        if not self.node.items or self.node.body or not line.text.endswith("。"):
            return False
        name = self.node.items[-1].text
        return len(name) <= _LONGEST_ITEM and not re.search(r"[。:]", name)

    def _row(self, line: Line, cells: dict[str, str]) -> None:
        """A row of a table that lists initiatives."""
        title, office = office_at_end(cells.get("title", ""), self.area_code)
        if not title:
            self._leave_out(line.where, line.text, "取組の名前がありません")
            return
        if named := cells.get("office"):
            printed = " ".join(
                [named, *(_as_printed(kind, cells.get(kind, "")) for kind in ("floor", "counter", "phone"))]
            )
            found = read_office(printed, self.area_code, labelled=True) or Office(named)
            office = self._completed(found)
        if self.node.body and self.node.office and self.node.parent and not self.node.plan:
            self.node = self.node.parent  # what its contact has closed has no table
        self.rows.append(_Row(self.node, cells.get("section", ""), clean_title(title), office, cells, line))

    def _is_heading(self, kind: str, text: str, rest: str, line: Line) -> bool:
        if len(text) > _LONGEST_HEADING and not office_at_end(rest, self.area_code)[1]:
            return False
        if "。" in text or not kind or kind == "bullet":
            return bool(not kind and self._plan_of(text) and not self.node.children and not line.item)
        return not line.item or kind not in ("bullet",)

    def _contact(self, line: Line, office: Office) -> None:
        office = self._completed(office)
        if self.page_contact:
            self._leave_out(line.where, line.text, "ページの案内です")
            return
        open_nodes = [n for n in self.since_contact if n.inherited() is None and not n.plan and not n.children]
        if self._heads(open_nodes):
            self.node.office = self.node.default = office
            self.since_contact.remove(self.node)
            return
        for node in open_nodes:
            node.office = office
        if not open_nodes:
            self.node.default = office
        self.since_contact = []

    def _heads(self, open_nodes: list[_Node]) -> bool:
        """Whether a contact below a heading is meant for it and what follows under it, not for what is above."""
        node = self.node
        if node.body or node.items or open_nodes[-1:] != [node] or any(row.node is node for row in self.rows):
            return False
        beside = [other for other in open_nodes if other is not node and other.parent is node.parent]
        return not any(other.body or not other.children for other in beside)

    def _completed(self, office: Office) -> Office:
        """An office named again without its number is the one that was named before."""
        for known in self.document.offices:
            if known.name == office.name and not (office.phone or office.floor or office.counter):
                return known
        self.document.offices.append(office)
        return office

    def _heading(self, line: Line, key: tuple[str, int], text: str, dropped: str = "") -> None:
        self.page_contact = bool(dropped) and self.page_contact
        while self.node.dropped == _ADVERTISED and self.node.parent:
            self.node = self.node.parent
        parent = self._parent_of(key)
        title, office = office_at_end(text, self.area_code)
        node = _Node(clean_title(title), line.where, key, parent)
        if office:
            node.office = self._completed(office)
        plan = self._plan_of(title)
        if dropped:
            node.dropped = dropped
        elif plan and not noise.about_the_plan(node.title):
            node.plan = plan
            self.since_contact = []
        elif noise.advertisement(node.title):
            node.dropped = _ADVERTISED
        elif noise.about_the_plan(node.title):
            node.dropped = "計画そのものの説明です"
        parent.children.append(node)
        self.node = node
        self.since_contact.append(node)

    def _parent_of(self, key: tuple[str, int]) -> _Node:
        """The node under which a heading stands: above all that have its kind, or a lower one."""
        node: _Node | None = self.node
        path = []
        while node is not None and node is not self.root:
            path.append(node)
            node = node.parent
        for ancestor in reversed(path):  # from the top
            same = ancestor.key == key
            lower = key[0] == "heading" and (ancestor.key[0] != "heading" or ancestor.key[1] >= key[1])
            if (same or lower) and not (ancestor.plan and not same and key[0] != "heading"):
                return ancestor.parent or self.root
        return self.node

    def _plan_of(self, text: str) -> Plan | None:
        match = _PLAN.match(clean_title(re.sub(r"^【[^】]*】(?=.)", "", text)))
        if not match or _ONLY_A_KIND.match(match["title"]):
            return None
        first, last = read_period(text)
        return Plan(match["title"].strip(), first, last, self.source)

    def _first_plan(self) -> Plan:
        """The plan of what stands under no plan's heading: the document's title, with the period stated near it."""
        stated: tuple[date | None, date | None] = (None, None)
        for line in self.lines:
            if _PERIOD_LABEL.search(line.text) and read_period(line.text)[1] and len(line.text) < 120:
                stated = read_period(line.text)
                break
        for node in self._nodes(self.root):
            if node.plan and not node.plan.valid_to:
                node.plan = replace(node.plan, valid_from=stated[0], valid_to=stated[1])
        named = next((node.plan for node in self._nodes(self.root) if node.plan), None)
        if named:
            return named
        title = next((clean_title(line.text) for line in self.lines if line.level == 1), "")
        for line in self.lines[:15]:
            if _OF_A_PLAN.search(title):
                break  # the page's own heading, however it ends
            if (plan := self._plan_of(line.text)) and not noise.page_end(line.text):
                title = plan.title
                break
        return Plan(title or self.source.rsplit(".", 1)[0], stated[0], stated[1], self.source)

    def _row_period(self, plan: str) -> tuple[date | None, date | None]:
        """The period that a table's rows give to a plan: from its first day to its last."""
        periods = [read_period(r.cells.get("period", "")) for r in self.rows if r.cells.get("plan") == plan]
        days = [day for day, _ in periods if day], [day for _, day in periods if day]
        return min(days[0], default=None), max(days[1], default=None)

    def _nodes(self, node: _Node) -> list[_Node]:
        return [node, *(n for child in node.children for n in self._nodes(child))]

    def _emit(self, node: _Node, plan: Plan, section: str) -> None:
        plan = node.plan or plan
        body = " ".join(line.text for line in node.body)
        why = node.reason()
        if node.plan or node is self.root:
            for line in node.body:
                self._leave_out(line.where, line.text, "計画全体の説明です")
            listed = node.items if not node.children else []
            below = section if node is self.root else ""
        elif fact_label(node.title) and not node.children:
            self._leave_out(node.where, f"{node.title} {body}".strip(), "問合せ先などの見出しです")
            listed, below = node.items, section
        elif why or noise.notice(node.title, body):
            node.dropped = why or "お知らせや催しです"
            self._leave_out(node.where, f"{node.title} {body}".strip(), node.dropped)
            listed, below = [], section
        elif any(not child.outside() for child in node.children):
            for line in node.body:
                self._leave_out(line.where, line.text, "節の説明です")
            listed, below = [], node.title
        elif any(row.node is node for row in self.rows):
            for line in node.body:
                self._leave_out(line.where, line.text, "表の説明です")
            listed, below = node.items, node.title
        else:
            told_apart = [i for i in node.items if _TOLD.match(i.text)]
            short = [i for i in node.items if "。" not in i.text and len(i.text) <= _LONGEST_HEADING]
            listed = node.items if not node.body and len(node.items) in (len(short), len(told_apart)) else []
            listed = listed if len(listed) > 1 else []
            below = node.title if listed else section
            if not listed:
                told = " ".join([body, *(item.text for item in node.items)]).strip()[:_LONGEST_EXPLANATION]
                self.document.entries.append(Entry(plan, section, node.title, node.inherited(), explanation=told))
        for row in [row for row in self.rows if row.node is node and not why]:
            first, last = read_period(row.cells.get("period", ""))
            own = plan
            if own_plan := row.cells.get("plan"):  # the period beside a plan's name is the plan's
                own, first, last = Plan(own_plan, *self._row_period(own_plan), self.source), None, None
            heading = row.section and clean_title(row.section)
            self.document.entries.append(
                Entry(
                    own, heading or ("" if node.plan or node is self.root else node.title), row.title,
                    row.office or node.inherited(), explanation=row.cells.get("explanation", ""),
                    valid_from=first, valid_to=last,
                )
            )  # fmt: skip
        for item in listed:
            said = _TOLD.match(item.text)
            title, office = office_at_end(said["title"] if said else item.text, self.area_code)
            office = self._completed(office) if office else node.inherited()
            explanation = said["told"] if said else ""
            entry = Entry(plan, below, clean_title(title), office, explanation=explanation)
            self.document.entries.append(entry)
        if not listed and (node.children or node.plan or node is self.root):
            for item in node.items:
                self._leave_out(item.where, item.text, "見出しのない一覧です")
        for child in node.children:
            self._emit(child, plan, below)


def outline_document(lines: list[Line], area_code: str, source: str) -> Document:
    """The document that lines form.

    `area_code` (such as "06") completes local numbers, unless the document states another; `source` names the file.
    Nothing disappears: what became neither entry nor explanation is in `left_out`.
    """
    return _Outline(lines, area_code, source).read()
