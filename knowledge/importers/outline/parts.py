"""What each line of a document is, judged by itself and by its neighbours."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from knowledge.document import Office
from knowledge.importers.facts import noise
from knowledge.importers.facts.contacts import contact_line, fact_label, office_at_end
from knowledge.importers.facts.labels import announces, labelled_value
from knowledge.importers.facts.markers import Marker, clean_title, is_lone_tag, read_marker, without_tag_behind
from knowledge.importers.facts.titles import plan_title
from knowledge.importers.readers.lines import Line

LONGEST_HEADING = 50
_LEVELLED = 3  # headings that the format marks; with fewer it leaves the rest to the reader
_LONGEST_NAME = 32  # letters of a heading that nothing marks
_TOLD_BESIDE = re.compile(r"^(?P<title>[^:。 ]{2,30}(?:\([^()]*\))?)(?: |:\s*)(?P<told>[^。]{6,}。.*)$")
_TOLD = re.compile(r"^(?P<title>[^:。]{2,40}):\s*(?P<told>.{6,})$")
_CONTENTS = re.compile(r"^[\W]*(?:目\s?次|もくじ|CONTENTS|Contents|(?:今号|この号|今月号?)の(?:主な)?内容)[\W]*$")
_PAGE_NUMBER = re.compile(r"[\s・.…‥─-]*\d{1,3}$")
_IN_CONTENTS = re.compile(
    r"^\d{1,2}(?:面|ページ|頁)\s*[・.…‥─]{2,}|[・.…‥─]{3,}\s*\d{1,3}(?:$|(?:[~-]\d{1,3})?\s*(?:ページ|頁|面))"
)
_OPEN_END = re.compile(r"[、,・(「のをにでがはとへもや]$")
_VALUE = re.compile(
    r"^[\d,.:%/\-~年月日時分人円件(令和平成) ]+$|^\d|^[~〜―].*[~〜―]$|^[※*(（]|^(?:平成|令和|昭和)\d+年(?!度)|様$|殿$"
)


@dataclass(slots=True)
class Part:
    """A line with its role: end (of the page), contact, row, heading, item or text. `title` and `told`: a heading's
    name and what stands beside it; `announced`: what a heading or label announces, see `labels.announces`; `plan`: it
    opens a plan; `aside`: it opens something else beside the plans;
    `top`: it stands on the highest level, whatever it looks like."""

    line: Line
    role: str
    marker: Marker
    title: str = ""
    told: str = ""
    office: Office | None = None
    announced: str = ""
    plan: bool = False
    aside: bool = False
    top: bool = False

    @property
    def text(self) -> str:
        return self.line.text

    @property
    def lists(self) -> bool:
        """Whether it is a row that names an initiative."""
        return any(kind == "title" for kind, _ in self.line.cells)

    @property
    def lists_office(self) -> bool:
        """Whether it is a row that says where an office is."""
        return any(kind == "directory" for kind, _ in self.line.cells)


@dataclass(slots=True)
class _Sorter:
    lines: Sequence[Line]
    area_code: str
    levelled: bool
    parts: list[Part] = field(default_factory=list)

    def sort(self) -> list[Part]:
        for line in self.lines:
            if line.text:
                self.parts.append(self._judge(line))
        if not self.levelled or self._outnumbered():
            self._find_unmarked_headings()
        self._set_contents_aside()
        self._join_records()
        self._tell_items()
        return self.parts

    def _outnumbered(self) -> bool:
        """Whether many more contacts than headings that the format marks speak for initiatives that nothing marks."""
        asked = sum(part.role == "contact" for part in self.parts)
        heads = sum(part.role == "heading" and not part.announced for part in self.parts)
        return asked > _LEVELLED and asked >= 1.5 * heads

    def _tell_items(self) -> None:
        """Where most items of a document have sentences or labelled facts below them, or sentences stand between items
        and never above them, these are told of the item."""
        named = [n for n, part in enumerate(self.parts) if part.role == "item" and not re.search(r"[。:]", part.text)]
        told = {n: below for n in named if (below := list(self._told_below(n)))}
        if len(told) < 2 or len(told) * 2 < len(named):
            told = self._told_between(named)
        for n, below in told.items():
            self.parts[n].told = " ".join(self.parts[number].text for number in below)
        taken = set(itertools.chain.from_iterable(told.values()))
        self.parts = [part for n, part in enumerate(self.parts) if n not in taken]

    def _told_between(self, named: Sequence[int]) -> dict[int, list[int]]:
        """Item → the number of the sentence below it, where one stands between two items and none above them; empty for
        other documents."""
        told = {n: [n + 1] for n in named if n + 1 < len(self.parts) and self._tells(self.parts[n + 1])}
        between = any(self.parts[n + 2].role == "item" for n in told if n + 2 < len(self.parts))
        return told if len(told) > 1 and between and not any(map(self._led, told)) else {}

    def _tells(self, part: Part) -> bool:
        """Whether a part is a sentence, be an office at its end."""
        sentence = not part.announced and office_at_end(part.text, self.area_code)[0].endswith("。")
        return part.role == "text" and sentence

    def _led(self, n: int) -> bool:
        """Whether a sentence stands between the heading above an item and the first item below that heading."""
        above = next((m for m in range(n, -1, -1) if self.parts[m].role == "heading"), -1)
        begins = itertools.takewhile(lambda part: part.role != "item", self.parts[above + 1 : n + 1])
        return any(part.role == "text" and "。" in part.text for part in begins)

    def _told_below(self, n: int) -> Iterator[int]:
        """The numbers of the parts right below an item that tell of it."""
        item = self.parts[n]
        for number, part in enumerate(self.parts[n + 1 :], n + 1):
            below = part.line.indent >= item.line.indent and not part.line.gap
            labelled = part.announced.endswith(":") and not part.line.level
            if not (part.role == "text" and below and (labelled or self._tells(part))):
                return
            yield number

    def _join_records(self) -> None:
        """Labels that by turns follow another one name no headings, but facts of the record that it begins."""
        labels = [part.marker.kind for part in self.parts if part.role == "heading" and part.marker.kind.endswith(":")]
        if len(labels) < 4:
            return
        first = labels[0]
        for kind in set(labels) - {first}:
            turns = [label for label in labels if label in (first, kind)]
            if turns[::2] == [first] * len(turns[::2]) and turns[1::2] == [kind] * len(turns[1::2]):
                for part in self.parts:
                    if part.role == "heading" and part.marker.kind == kind:
                        part.role, part.announced, part.told = "text", "section:", clean_title(part.title)

    def _set_contents_aside(self) -> None:
        """A table of contents says each heading that follows before it comes."""
        begun = next((n for n, part in enumerate(self.parts) if _CONTENTS.search(re.sub(r"\s", "", part.text))), None)
        if begun is None:
            return
        later = [clean_title(part.text) for part in self.parts[begun + 1 :]]
        for n, part in enumerate(self.parts[begun + 1 :], 1):
            title = clean_title(_PAGE_NUMBER.sub("", part.text))
            if title in later[n:] or _IN_CONTENTS.search(part.text):
                part.role, part.announced, part.plan = "end", "", False
                self.parts[begun].role = "end"  # it heads nothing else
            else:
                return

    def _judge(self, line: Line) -> Part:
        name, office = office_at_end(line.text, self.area_code)
        if office and not line.cells and len(name) <= LONGEST_HEADING and "。" not in name:
            part = self._judge_bare(replace(line, text=name))
            if part.role == "heading":
                part.line, part.office = line, office
                return part
        return self._judge_bare(line)

    def _judge_bare(self, line: Line) -> Part:
        text, marker = line.text, read_marker(line.text)
        if (is_lone_tag(text) or noise.edition(text)) and not line.cells:
            return Part(line, "end", marker)
        if noise.page_end(text) and not (line.level and len(text) > 20 and not noise.page_end(clean_title(text))):
            return Part(line, "heading" if line.level else "end", marker, text, announced="page")
        if line.cells:
            return Part(line, "row", marker)
        if office := contact_line(text, self.area_code):
            return Part(line, "contact", marker, office=office)
        if fact_label(text):
            return Part(line, "heading" if line.level else "text", marker, text, announced="contact")
        if line.level:
            return self._heading(line, marker)
        if marker.kind and marker.kind != "bullet":
            return self._marked(line, marker)
        announced, label, value = labelled_value(marker.rest)
        if announced and announced != "list" and label and value:
            return Part(line, "text", marker, told=value, announced=f"{announced}:")
        if not line.item and not marker.kind and plan_title(text) and len(text) <= LONGEST_HEADING:
            return Part(line, "heading", marker, text, plan=True)
        if announced := announces(text):
            return Part(line, "heading", marker, text, announced=announced)
        if (
            line.gap
            and not line.item
            and len(text) <= _LONGEST_NAME
            and (noise.about_the_plan(text) or noise.news(text))
        ):
            return Part(line, "heading", marker, text, top=not self.levelled)
        if line.item or marker.kind == "bullet":
            return Part(replace(line, text=without_tag_behind(marker.rest)), "item", marker)
        return Part(line, "text", marker)

    def _heading(self, line: Line, marker: Marker) -> Part:
        if (len(line.text) > 80 and "。" in line.text) or noise.only_dates(line.text):
            return Part(line, "text", marker)
        return Part(line, "heading", marker, line.text, announced=announces(clean_title(line.text)),
                    plan=bool(plan_title(line.text)))  # fmt: skip

    def _marked(self, line: Line, marker: Marker) -> Part:
        rest = marker.rest
        announced, _, value = labelled_value(rest)
        if announced and value and announced != "list":
            return Part(line, "text", marker, told=value, announced=f"{announced}:")
        if announced := announces(clean_title(rest)):
            return Part(line, "heading", marker, rest, announced=announced)
        if said := _TOLD_BESIDE.match(rest):
            return Part(line, "heading", marker, said["title"], told=said["told"])
        if "。" in rest or (len(rest) > LONGEST_HEADING and not office_at_end(rest, self.area_code)[1]):
            return Part(line, "item" if marker.number or line.item else "text", marker)
        if (said := _TOLD.match(rest)) and not office_at_end(rest, self.area_code)[1]:
            return Part(line, "heading", marker, said["title"], told=said["told"])
        return Part(line, "heading", marker, rest, plan=bool(plan_title(line.text)))

    def _find_unmarked_headings(self) -> None:
        """Short lines above a text, where nothing but their place makes them headings."""
        found = [n for n, part in enumerate(self.parts) if self._unmarked(n, part)]
        if len(found) < 2:
            return
        for n in found:
            part = self.parts[n]
            said = office_at_end(part.text, self.area_code)
            self.parts[n] = Part(part.line, "heading", part.marker, part.text if said[1] else said[0])
        above = [n for n in range(1, len(self.parts) - 1) if n + 1 in found and n not in found and self._may_head(n)]
        if len(above) > 1:
            for n in above:
                part = self.parts[n]
                self.parts[n] = Part(part.line, "heading", replace(part.marker, kind="section"), part.text)

    def _may_head(self, n: int) -> bool:
        """Whether a line that stands apart above an unmarked heading heads a section of them."""
        part = self.parts[n]
        plain_name = part.role == "text" and not part.announced and len(part.text) <= _LONGEST_NAME
        apart = part.line.gap and self.parts[n + 1].line.gap
        return plain_name and apart and not _VALUE.search(part.text) and "。" not in part.text and ":" not in part.text

    def _unmarked(self, n: int, part: Part) -> bool:
        text = part.text
        if part.role != "text" or part.announced or part.line.item or not len(text) >= 2 or _VALUE.search(text):
            return False
        name, office = office_at_end(text, self.area_code)
        if len(name) > _LONGEST_NAME or "。" in name or ":" in name or _OPEN_END.search(name):
            return False
        if n + 1 >= len(self.parts):
            return False
        before, after = self.parts[n - 1] if n else None, self.parts[n + 1]
        closed = before is None or part.line.gap or before.role != "text" or before.text.endswith(("。", ")"))
        begins = after.role == "text" and (after.text.endswith(("。", ")")) or after.announced or "。" in after.text)
        asked = n + 2 < len(self.parts) and self.parts[n + 2].role == "contact"
        # A text that stands on its own below another is set further in than its heading, or parted from what is above.
        set_off = (
            part.line.gap
            or after.line.indent > part.line.indent
            or (before is not None and before.role in ("contact", "item", "end"))
            or (
                before is not None and before.role == "heading" and (self.levelled or (asked and before.line.level > 0))
            )
        )
        return bool(closed and (begins or after.role == "contact" or office) and (set_off or office))


def sort_lines(lines: Sequence[Line], area_code: str) -> list[Part]:
    """The parts of a document, in its order; none disappears."""
    return _Sorter(lines, area_code, sum(line.level > 0 for line in lines) >= _LEVELLED).sort()
