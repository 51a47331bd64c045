"""Blocks into plans, sections, entries and offices, recognised by their form.

A plan is announced by a line that ends in a kind of plan (ビジョン, 計画, 方針 …) with its period. Below it,
  heading + paragraph     is an entry,
  heading + headings      is a section of the entries that follow,
  heading + numbered list is an entry and the section of the list's items,
  label, number, heading  (基本目標 / 1 / …) is an entry in a section of its own (基本目標1) and holds the list below,
  contact line            names the office of all that stands since the contact before.
"""

import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import date

from knowledge.document import Document, Entry, LeftOut, Office, Plan
from knowledge.importers.facts import noise
from knowledge.importers.facts.contacts import contact_line
from knowledge.importers.readers.lines import plain
from knowledge.importers.readers.text import Block

_PLAN = re.compile(
    r"^[「『【]?(?P<title>.{2,40}?(?:ビジョン|計画|方針|プラン|構想|戦略|指針|大綱))"
    r"(?:\((?P<period>[^)]*)\))?[」』】]?(?:を?(?:策定|改定|作成|更新)(?:しま(?:した|す))?)?$"
)
_YEAR = re.compile(r"(?:(?P<era>令和|平成|R|H)\s*(?P<n>元|\d{1,2})|(?P<y>\d{4}))\s*年度")
_CONTACT = re.compile(
    r"^(?:お?問い?合わ?せ先?|担当課?|連絡先)\s*[:：]?\s*(?P<office>\S.*?)\s+"
    r"(?:(?P<floor>(?:本館|別館|新館)?\s*(?:地下)?\d+階)\s*)?(?:(?P<counter>\S{1,3}番)(?:窓口)?)?\s*"
    r"(?:☎|℡|TEL|電話)\s*[:：]?\s*(?P<phone>[\d()\-]+)",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^(?:[-*・●○■◆]\s*)?(?:\(?(?:\d{1,2}|[①-⑳])[).．、]?)\s+(?P<title>\S.*)$")
_NUMBER = re.compile(r"^\d{1,2}$")
_LABEL_NUMBER = re.compile(r"^(?P<label>\D{1,8}?)\s*(?P<number>\d{1,2})$")
_TRAILING = re.compile(r"\s*(?:など|等)$")
_TARGET_LABEL = re.compile(r"(?:目標値?|指標|KPI)$")
_LIST_LABEL = re.compile(
    r"^(?:施策|取組|取り組み|事業|具体的な|主な).{0,6}(?:方向性|内容|施策|取組|取り組み|項目|一覧)$|^(?:施策|取組|主な事業)$"
)
_LONGEST_HEADING = 45
_ERA_FIRST_YEAR = {"令和": 2019, "R": 2019, "平成": 1989, "H": 1989}


def fiscal_period(text: str) -> tuple[date | None, date | None]:
    """First and last day of the fiscal years (April to March) that a text names; (None, None) where it names none."""
    years = []
    for match in _YEAR.finditer(unicodedata.normalize("NFKC", text)):
        n = 1 if match["n"] == "元" else int(match["n"] or 0)
        years.append(int(match["y"]) if match["y"] else _ERA_FIRST_YEAR[match["era"]] + n - 1)
    if not years:
        return None, None
    return date(min(years), 4, 1), date(max(years) + 1, 3, 31)


def whole_phone(printed: str, area_code: str) -> str:
    """A printed number with its area code: 6915-9173 → 06-6915-9173; a whole one and an extension stay."""
    digits = re.sub(r"[()]", "-", unicodedata.normalize("NFKC", printed)).strip("-")
    alone = digits.startswith(("0", "内線")) or not area_code
    return digits if alone else f"{area_code}-{digits}"


@dataclass(slots=True)
class _Reader:
    blocks: list[Block]
    area_code: str
    document: Document = field(default_factory=Document)
    plan: Plan | None = None
    section: str = ""
    goal: str = ""
    open_entries: list[Entry] = field(default_factory=list)

    def read(self) -> Document:
        position = 0
        while position < len(self.blocks):
            position += self._read_at(position)
        self._close(None)
        return self.document

    def _kind(self, position: int) -> str:
        """What the block at a position is by its form: plan, contact, list, number, paragraph, heading or end."""
        if position >= len(self.blocks):
            return "end"
        lines = [unicodedata.normalize("NFKC", line) for line in self.blocks[position].lines]
        joined = "".join(lines)
        if self._contact(self.blocks[position].lines[0]):
            return "contact"
        plan = _PLAN.match(joined)
        if plan and (fiscal_period(joined)[0] or joined.endswith(("しました", "します"))):
            return "plan"
        if all(_ITEM.match(line) for line in lines):
            return "list"
        if _NUMBER.match(joined):
            return "number"
        if "。" in joined or len(joined) > _LONGEST_HEADING or re.search(r"[:：].*\d", joined):
            return "paragraph"
        return "heading"

    def _read_at(self, position: int) -> int:
        """Reads what begins at a position; returns how many blocks it took."""
        block, kind, following = self.blocks[position], self._kind(position), self._kind(position + 1)
        text = block.text
        if kind == "plan":
            self._begin_plan(text)
            return 1
        if kind == "contact":
            self._close(self._contact(block.lines[0]))
            return 1
        if self.plan is None or kind in ("paragraph", "number", "list"):
            if kind == "list" and self.plan is not None:
                return self._read_list(block)
            why = "計画の見出しより前にあります" if self.plan is None else "見出しのない本文です"
            self._leave_out(block, why)
            return 1
        if self._is_noise(position):
            self._leave_out(block, "お知らせや広告、ページの案内です")
            if following == "paragraph":
                self._leave_out(self.blocks[position + 1], "お知らせや広告、ページの案内です")
            # A heading of many notices ends what the plan says.
            self._close(None)
            self.plan = None if following == "heading" else self.plan
            return 2 if following == "paragraph" else 1
        return self._read_heading(position, block, text, following)

    def _is_noise(self, position: int) -> bool:
        """Whether a heading is a notice's, an advertisement's or the page's own."""
        title = unicodedata.normalize("NFKC", self.blocks[position].text)
        body = self.blocks[position + 1].text if self._kind(position + 1) == "paragraph" else ""
        body = unicodedata.normalize("NFKC", body)
        return noise.notice(title, body) or noise.advertisement(title) or noise.page_end(title)

    def _contact(self, line: str) -> Office | None:
        """The office of a line that is a contact."""
        if _CONTACT.match(unicodedata.normalize("NFKC", line)):
            return self._office(line)
        return contact_line(plain(line), self.area_code)

    def _read_heading(self, position: int, block: Block, text: str, following: str) -> int:
        label = _LABEL_NUMBER.match(unicodedata.normalize("NFKC", text))
        if following == "number" and self._kind(position + 2) == "heading":
            self._begin_goal(text + self.blocks[position + 1].text, self.blocks[position + 2].text)
            return 3
        if label and following == "heading" and len(label["label"]) >= 2:
            self._begin_goal(label["label"] + label["number"], self.blocks[position + 1].text)
            return 2
        if following == "paragraph" and _TARGET_LABEL.search(text) and self.open_entries:
            last = self.open_entries[-1]
            self.open_entries[-1] = replace(last, targets=(*last.targets, self.blocks[position + 1].text))
            return 2
        if following == "list":
            if self.goal and _LIST_LABEL.match(text):
                self._leave_out(block, "一覧の見出しです")
            else:
                self.goal, self.section = "", ""
                self._add(text)
                self.section = text
            return 1
        # A label set over several short lines, as pages do in a box, has the line beside it as its text.
        boxed = len(block.lines) > 1 and all(len(line) <= 6 for line in block.lines)
        if following == "paragraph" or (boxed and following == "heading"):
            if boxed:
                self.section = ""
            self._add(text, self.blocks[position + 1].text)
            return 2
        if following == "heading":
            self.section, self.goal = text, ""
            return 1
        self._leave_out(block, "続く本文も一覧もない見出しです")
        return 1

    def _read_list(self, block: Block) -> int:
        if not self.section:
            self._leave_out(block, "見出しのない一覧です")
            return 1
        for line in block.lines:
            match = _ITEM.match(unicodedata.normalize("NFKC", line))
            self._add(_TRAILING.sub("", match["title"] if match else line))
        return 1

    def _begin_plan(self, text: str) -> None:
        match = _PLAN.match(unicodedata.normalize("NFKC", text))
        self._close(None)
        title = match["title"] if match else text
        valid_from, valid_to = fiscal_period(text)
        self.plan = Plan(title, valid_from, valid_to)
        self.section = self.goal = ""
        self.document.plans.append(self.plan)

    def _begin_goal(self, goal: str, title: str) -> None:
        self.goal = self.section = unicodedata.normalize("NFKC", goal)
        self._add(title)

    def _add(self, title: str, statement: str = "") -> None:
        assert self.plan is not None
        title = unicodedata.normalize("NFKC", title)
        self.open_entries.append(Entry(self.plan, self.section, title, None, explanation=statement))

    def _office(self, line: str) -> Office:
        match = _CONTACT.match(unicodedata.normalize("NFKC", line))
        printed = _CONTACT.match(line)
        assert match is not None
        office = Office(
            match["office"],
            match["floor"] or "",
            (printed or match)["counter"] or "",
            whole_phone(match["phone"], self.area_code),
        )
        if office not in self.document.offices:
            self.document.offices.append(office)
        return office

    def _close(self, office: Office | None) -> None:
        self.document.entries += [replace(entry, office=office) for entry in self.open_entries]
        self.open_entries = []

    def _leave_out(self, block: Block, why: str) -> None:
        self.document.left_out.append(LeftOut(f"{block.line}行目", block.text, why))


def build_document(blocks: list[Block], area_code: str) -> Document:
    """The document that blocks form.

    `area_code` (such as "06") completes local numbers. Nothing disappears: what became neither entry nor fact is
    in `left_out`.
    """
    return _Reader(blocks, area_code).read()
