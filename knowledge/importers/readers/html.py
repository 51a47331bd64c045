"""Web pages into lines."""

import re
from collections.abc import Iterator
from dataclasses import replace

from bs4 import BeautifulSoup
from bs4.dammit import EncodingDetector
from bs4.element import NavigableString, Tag

from knowledge.importers.facts.contacts import fact_label
from knowledge.importers.facts.markers import is_tag
from knowledge.importers.facts.titles import plan_title
from knowledge.importers.readers.dialled import print_whole_numbers
from knowledge.importers.readers.lines import Line, plain, plain_cell, tells_behind
from knowledge.importers.readers.runs import LONGEST_HEADING, SKIPPED, name_and_told, part_name, runs_of, text_of
from knowledge.importers.readers.styles import LEVEL, mark_headings
from knowledge.importers.readers.tables import table_lines

_SKIPPED_NAMES = re.compile(
    r"(?:^|[\s_-])(?:ad|ads|advert\w*|banner|bnr|pr|sponsor\w*|breadcrumb\w*|topicpath|pankuzu|gnav|globalnav|lnav|sidebar|"
    r"footer|sns|share|pagetop|related|menu|search)(?:$|[\s_-])",
    re.IGNORECASE,
)
_SHIFT_JIS = re.compile(r"(?:x-|ms_|cs)?(?:shift[-_]?jis|sjis|kanji)", re.IGNORECASE)
_LIST_LEVEL = 9  # of an item that has a list of its own
_CAPTION_LEVEL = 6
_BOLD_LEVEL = 8  # below h6 and the terms of lists
_HEADINGS = ["h1", "h2", "h3", "h4", "table"]
_TEXT_OF_A_CELL = 120  # letters, above which
_LINES_OF_A_CELL = 4  # with more than these a cell is a part of the page
_MAIN_NAMES = re.compile(r"^(?:main|contents?|main[-_]?contents?|tmp_contents|honbun|article)$", re.IGNORECASE)
_BLOCKS = {
    "p", "div", "section", "article", "main", "li", "dt", "dd", "ul", "ol", "dl", "table", "tr", "blockquote",
    "address", "h1", "h2", "h3", "h4", "h5", "h6", "header", "body", "figure", "caption", "details", "summary",
    "center",
}  # fmt: skip


def _skipped(tag: Tag) -> bool:
    names = " ".join([*(tag.get("class") or []), str(tag.get("id") or "")])
    return (
        tag.name in SKIPPED
        or tag.get("role") in ("navigation", "banner", "contentinfo", "complementary")
        or (bool(_SKIPPED_NAMES.search(names)) and tag.name not in ("body", "main", "article"))
    )


def _is_layout(table: Tag) -> bool:
    """Whether a table sets a page in columns rather than listing something."""
    if table.get("role") == "presentation":
        return True
    cells = [cell for cell in table.find_all(["td", "th"]) if cell.find_parent("table") is table]
    return any(
        len(cell.get_text(strip=True)) > _TEXT_OF_A_CELL
        and (cell.find(_HEADINGS) is not None or len(cell.find_all(["br", "p", "div"])) > _LINES_OF_A_CELL)
        for cell in cells
    )


def _is_menu(tag: Tag) -> bool:
    """Whether an element holds hardly anything but links, or nothing but those to places of the same page."""
    links = [link for link in tag.find_all("a") if link.get_text(strip=True)]
    linked = sum(len(link.get_text(strip=True)) for link in links) / max(1, len(tag.get_text(strip=True)))
    if tag.name in ("td", "th"):
        return len(links) > 2 and linked > 0.6
    return len(links) > 1 and linked > 0.8 and all(str(link.get("href") or "").startswith("#") for link in links)


def _cell_text(cell: Tag) -> str:
    """The text of a cell, what stands in paragraphs or items of its own on lines of its own, as what follows a name in
    bold letters does."""
    text: list[str] = []
    for child in cell.children:
        part = (
            _cell_text(child)
            if isinstance(child, Tag) and child.find(list(_BLOCKS))
            else re.sub(r"[\r\n\t]+", " ", text_of(child))
            if isinstance(child, NavigableString)
            else text_of(child)
        )
        own_line = isinstance(child, Tag) and child.name in _BLOCKS
        if isinstance(child, Tag) and child.name in ("b", "strong") and not "".join(text).strip():
            part += "\n"
        text.append(f"\n{'・' if isinstance(child, Tag) and child.name == 'li' else ''}{part}\n" if own_line else part)
    return "".join(text)


def _grid(table: Tag) -> list[list[str]]:
    """The cells of a table, each spanned place filled with the text of its cell."""
    rows: list[dict[int, str]] = []
    own = [row for row in table.find_all("tr") if row.find_parent("table") is table]
    for number, row in enumerate(own):
        while len(rows) <= number:
            rows.append({})
        column = 0
        for cell in row.find_all(["td", "th"], recursive=False):
            while column in rows[number]:
                column += 1
            text = plain_cell(_cell_text(cell))
            wide, high = (min(int(str(cell.get(key) or 1)) if str(cell.get(key) or 1).isdigit() else 1, 100)
                          for key in ("colspan", "rowspan"))  # fmt: skip
            for down in range(max(1, high)):
                while len(rows) <= number + down:
                    rows.append({})
                for right in range(max(1, wide)):
                    rows[number + down].setdefault(column + right, text)
            column += max(1, wide)
    width = max((max(row, default=-1) + 1 for row in rows), default=0)
    return [[row.get(n, "") for n in range(width)] for row in rows[: len(own)]]


def _names_above_told(text: str) -> bool:
    """Whether the first line of an item is a name, and sentences stand on lines of their own below it."""
    first, *below = [line for line in map(plain, text.split("\n")) if line] or [""]
    return 0 < len(first) <= LONGEST_HEADING and "。" not in first and any("。" in line for line in below)


def _told(term: Tag) -> Iterator[Tag]:
    """The descriptions of a term."""
    for beside in term.find_next_siblings(["dt", "dd"]):
        if beside.name == "dt":
            return
        yield beside


class _Page:
    """A page. `run_in`: whether names in bold letters are followed by what is told of them in the same line."""

    def __init__(self, name: str, run_in: bool) -> None:
        self.name, self.run_in = name, run_in

    def where(self, tag: Tag) -> str:
        return f"{self.name} {tag.sourceline or '?'}行目"

    def read(self, tag: Tag) -> Iterator[Line]:
        """The lines of an element, in the order of the page."""
        loose: list[tuple[str, bool]] = []
        for child in tag.children:
            if isinstance(child, Tag) and child.name in _BLOCKS:
                yield from self._loose(tag, loose)
                loose = []
                yield from self._block(child)
            elif isinstance(child, Tag) and child.find(list(_BLOCKS)) is not None:
                yield from self._loose(tag, loose)
                loose = []
                if not _skipped(child):
                    yield from self.read(child)
            else:
                loose += runs_of(child, tag.name in ("b", "strong"))
        yield from self._loose(tag, loose)

    def _loose(self, tag: Tag, runs: list[tuple[str, bool]]) -> Iterator[Line]:
        item = tag.name == "li"
        styled = bool(re.search(r"font-weight:\s*(?:bold|[6-9]00)", str(tag.get("style") or "")))
        parted = item and _names_above_told("".join(text for text, _ in runs))
        lines: list[list[tuple[str, bool]]] = [[]]
        for text, bold in runs:
            for number, piece in enumerate(text.split("\n") if parted or not item else [text.replace("\n", " ")]):
                if number:
                    lines.append([])
                lines[-1].append((piece, bold or styled))
        for number, line in enumerate(lines):
            item = item and (number == 0 or not parted)
            if item:
                part_name(line)
            elif self.run_in and (named := name_and_told(line))[1]:
                yield Line(self.where(tag), named[0], _BOLD_LEVEL)
                yield Line(self.where(tag), plain(named[1]))
                continue
            if cleaned := plain("".join(text for text, _ in line)):
                heads = all(bold or is_tag(plain(text)) for text, bold in line if text.strip()) and not item
                short = len(cleaned) <= LONGEST_HEADING and "。" not in cleaned
                level = int(str(tag.get(LEVEL) or 0)) if not item else 0
                yield Line(self.where(tag), cleaned, level or (_BOLD_LEVEL if heads and short else 0), item=item)

    def _block(self, tag: Tag) -> Iterator[Line]:
        if _skipped(tag):
            if tag.name not in ("script", "style", "noscript") and (text := plain(text_of(tag).replace("\n", " "))):
                yield Line(self.where(tag), f"このページの案内: {text[:200]}")
            return
        if tag.name in ("ul", "ol", "p", "div") and _is_menu(tag):
            yield Line(self.where(tag), f"このページの案内: {plain(tag.get_text(' '))[:200]}")
        elif tag.name == "table" and _is_layout(tag):
            for cell in [c for c in tag.find_all(["td", "th"]) if c.find_parent("table") is tag]:
                if _is_menu(cell):
                    yield Line(self.where(cell), f"このページの案内: {plain(cell.get_text(' '))[:200]}")
                else:
                    yield from self.read(cell)
        elif tag.name == "table":
            if tag.caption and (text := plain(text_of(tag.caption).replace("\n", " "))):
                yield Line(self.where(tag), text, level=_CAPTION_LEVEL if len(text) <= LONGEST_HEADING else 0)
            yield from table_lines(_grid(tag), lambda number: f"{self.where(tag)}の表 {number}段目")
        elif re.fullmatch("h[1-6]", tag.name):
            if text := plain(text_of(tag).replace("\n", " ")):
                yield Line(self.where(tag), text, level=int(tag.name[1]))
        elif tag.name == "dt" and fact_label(plain(text_of(tag))):
            told = [plain(text_of(beside).replace("\n", " ")) for beside in _told(tag)]
            yield Line(self.where(tag), f"{plain(text_of(tag)).strip(': ')}: {' '.join(told)}")
        elif tag.name == "dd" and (label := tag.find_previous_sibling("dt")) and fact_label(plain(text_of(label))):
            return
        elif tag.name == "dt" or (tag.name == "summary" and tag.find(_HEADINGS) is None):
            if text := plain(text_of(tag).replace("\n", " ")):
                yield Line(self.where(tag), text, level=7)
        elif tag.name == "li" and tag.find(["ul", "ol"]) is not None:
            yield from self._group(tag)
        else:
            blocks = [child for child in tag.children if isinstance(child, Tag) and child.name in _BLOCKS]
            for number, line in enumerate(self.read(tag)):
                yield replace(line, gap=True) if number == 0 and len(blocks) > 1 else line

    def _group(self, tag: Tag) -> Iterator[Line]:
        """An item that has a list of its own: the heading of that list."""
        for number, line in enumerate(self.read(tag)):
            depth = len(tag.find_parents("li"))
            heads = number == 0 and line.item and len(line.text) <= LONGEST_HEADING and "。" not in line.text
            yield Line(line.where, line.text, _LIST_LEVEL + depth) if heads else line


def _main_part(body: Tag) -> Tag | None:
    """The element that holds what the page says, where the page marks one."""
    marked = [
        *body.find_all("main"), *body.find_all(role="main"), *body.find_all(id=_MAIN_NAMES),
        *body.find_all("article"),
    ]  # fmt: skip
    for tag in marked:
        if isinstance(tag, Tag) and tag.name != "body" and len(tag.get_text()) * 3 > len(body.get_text()):
            return tag
    return None


def _outside(page: _Page, body: Tag, main: Tag) -> Iterator[Line]:
    """What stands beside the main part; only the page's own title says something of the document."""
    for child in body.children:
        if child is main or not isinstance(child, Tag):
            continue
        if main in child.descendants:
            yield from _outside(page, child, main)
            continue
        title = child if child.name == "h1" else child.find("h1")
        if isinstance(title, Tag) and not main.find("h1") and plan_title(plain(text_of(title))):
            yield Line(page.where(title), plain(text_of(title)), level=1)
        elif child.name not in ("script", "style", "noscript") and (text := plain(text_of(child).replace("\n", " "))):
            yield Line(page.where(child), f"このページの案内: {text[:200]}")


def _take_wrappings_off(soup: BeautifulSoup) -> None:
    """Takes forms from around what a page says, and buttons that unfold it from around headings."""
    for form in soup.find_all("form"):
        if form.find(_HEADINGS) is not None:
            form.unwrap()
    for button in soup.find_all("button"):
        if button.find_parent(["h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary"]) is not None:
            button.unwrap()


def _part_labels(soup: BeautifulSoup) -> None:
    """Sets blanks between a label and its values, or three and more, where only elements of their own part them."""
    for tag in soup.find_all(["div", "p", "li", "dd", "td"]):
        spans = [child for child in tag.children if not isinstance(child, NavigableString) or child.strip()]
        alone = len(spans) > 1 and all(isinstance(child, Tag) and child.name == "span" for child in spans)
        if alone and (len(spans) > 2 or fact_label(plain(spans[0].get_text()))):
            for span in spans[1:]:
                span.insert_before(NavigableString(" "))


def html_lines(data: bytes, name: str) -> list[Line]:
    """The lines of a page: what its main part says, navigation, footers and advertisements marked as such."""
    declared = EncodingDetector.find_declared_encoding(data, is_html=True) or ""
    # What calls itself Shift_JIS is Windows' own, as browsers know (WHATWG Encoding Standard, names and labels).
    soup = BeautifulSoup(data, "lxml", from_encoding="cp932" if _SHIFT_JIS.fullmatch(declared) else None)
    _take_wrappings_off(soup)
    print_whole_numbers(soup)
    _part_labels(soup)
    mark_headings(soup)
    body = soup.body or soup
    bold = [tag for tag in body.find_all(["b", "strong"]) if not isinstance(tag.next_sibling, Tag)]
    page = _Page(name, sum(tells_behind(str(tag.next_sibling)) for tag in bold) > 1)
    main = _main_part(body)
    if main is None:
        return list(page.read(body))
    beside = list(_outside(page, body, main))
    return [*(line for line in beside if line.level), *page.read(main), *(line for line in beside if not line.level)]
