"""Word documents into lines."""

import io
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from knowledge.importers.facts.markers import is_tag, read_marker
from knowledge.importers.readers.lines import Line, is_rule, plain, plain_cell, tells_behind
from knowledge.importers.readers.numbering import Numbering
from knowledge.importers.readers.tables import table_lines

_HEADING = re.compile(r"(?:heading|見出し)\s*(\d)", re.IGNORECASE)
_LONGEST_HEADING = 45
_RUN_IN = 9  # level of names that their text follows in the same line
_BODY_TEXT = 9  # as a level of an outline
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_UNSEEN = {
    "rt", "del", "moveFrom", "drawing", "pict", "AlternateContent", "object", "tbl", "pPr", "rPr", "sdtPr", "instrText",
}  # fmt: skip


def _text(element: Any) -> str:
    """The text of a paragraph or cell as it is seen: inserted words, those in links and controls and those that have
    their reading set above them included; deleted words, the readings, boxes and tables of their own not."""
    text = []
    for child in element.iterchildren():
        name = child.tag.rsplit("}", 1)[-1] if isinstance(child.tag, str) else ""
        if name == "t":
            text.append(child.text or "")
        elif name in _SIGNS:
            text.append(_SIGNS[name])
        elif name == "p":
            text.append(f"{_text(child)}\n")
        elif name not in _UNSEEN:
            text.append(_text(child))
    return "".join(text)


def _level(paragraph: Any) -> int:
    """The level that a paragraph's style or outline gives it: 1 for the title, 0 for body text."""
    from docx.oxml.ns import qn

    style = paragraph.style
    outlines = [paragraph._p.pPr]
    while style is not None:
        name = style.name or ""
        if match := _HEADING.search(name):
            return int(match[1]) + 1
        if name.lower() in ("title", "表題"):
            return 1
        outlines.append(style.element.pPr)
        style = style.base_style
    levels = [pPr.find(qn("w:outlineLvl")) for pPr in outlines if pPr is not None]
    level = next((int(found.get(qn("w:val"))) for found in levels if found is not None), _BODY_TEXT)
    return level + 2 if level < _BODY_TEXT else 0


@dataclass(frozen=True, slots=True)
class _Run:
    """Letters that are set alike: their size in points or 0 where nothing says it, and whether they are bold."""

    text: str
    size: float
    bold: bool


def _style_chain(style: Any) -> Iterator[Any]:
    while style is not None:
        yield style
        style = style.base_style


def _printed(paragraph: Any) -> list[list[_Run]]:
    """The lines of a paragraph, each in runs."""
    from docx.oxml.ns import qn
    from docx.text.run import Run

    lines: list[list[_Run]] = [[]]
    for element in paragraph._p.iter(qn("w:r")):
        above = list(itertools.takewhile(lambda e: e is not paragraph._p, element.iterancestors()))
        if any(e.tag == qn("w:r") or e.tag.rsplit("}", 1)[-1] in _UNSEEN for e in above):
            continue
        run = Run(element, paragraph)
        fonts = [run.font, *(style.font for style in (*_style_chain(run.style), *_style_chain(paragraph.style)))]
        size = next((font.size.pt for font in fonts if font.size), 0.0)
        bold = bool(next((font.bold for font in fonts if font.bold is not None), False))
        for number, text in enumerate(_text(element).split("\n")):
            if number:
                lines.append([])
            lines[-1].append(_Run(text, size, bold))
    return lines


def _line_text(runs: Sequence[_Run]) -> str:
    return "".join(run.text for run in runs)


def _look(runs: Sequence[_Run]) -> tuple[float, bool]:
    """(size in points or 0, whether all of it is bold, tags such as 新規 left aside)."""
    seen = [run for run in runs if run.text.strip()]
    bold = [run.bold for run in seen if run.bold or not is_tag(plain(run.text))]
    return max((run.size for run in seen), default=0.0), bool(bold) and all(bold)


def _name_and_told(runs: Sequence[_Run]) -> tuple[str, str]:
    """(the name in bold letters that a line begins with, what is told of it behind); empty for other lines."""
    seen = [run for run in runs if run.text.strip()]
    first = (
        1
        if len(seen) > 1 and not seen[0].bold and (is_tag(plain(seen[0].text)) or len(plain(seen[0].text)) == 1)
        else 0
    )
    end = next((n for n, run in enumerate(seen) if n >= first and not run.bold), len(seen))
    name, told = _line_text(seen[:end]), _line_text(seen[end:])
    if first < end < len(seen) and len(plain(name)) <= _LONGEST_HEADING and tells_behind(told):
        return name, told
    return "", ""


def _is_list_style(paragraph: Any) -> bool:
    name = paragraph.style.name or ""
    return "list" in name.lower() or "箇条書き" in name


def _parts(holder: Any, document: Any) -> Iterator[Any]:
    """The paragraphs and tables below an element, in order: those in content controls, frames of one cell and boxes of
    text as well, a box after the paragraph that it is fixed to."""
    from docx.oxml.ns import qn
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    for child in holder.iterchildren():
        if child.tag == qn("w:p"):
            yield Paragraph(child, document)
            for box in child.iter(qn("w:txbxContent")):
                if not any(above.tag.endswith("}Fallback") for above in box.iterancestors()):
                    yield from _parts(box, document)
        elif child.tag == qn("w:tbl"):
            cells = list(child.iter(qn("w:tc")))
            if len(cells) == 1:
                yield from _parts(cells[0], document)
            else:
                yield Table(child, document)
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent")):
            yield from _parts(child, document)


def _table(table: Any, where: str) -> Iterator[Line]:
    """The lines of a table; one that stands in a cell comes below the row of that cell."""
    from docx.oxml.ns import qn
    from docx.table import Table

    rows: list[list[str]] = []
    for number, row in enumerate(table.rows, 1):
        rows.append([plain_cell(_text(cell._tc)) for cell in row.cells])
        inside = [t for cell in dict.fromkeys(row._tr.iter(qn("w:tc"))) for t in cell.iterchildren(qn("w:tbl"))]
        inside = [t for t in inside if t.getparent().getparent() is row._tr]
        if inside or number == len(table.rows):
            first = number - len(rows)
            yield from table_lines(rows, lambda n, first=first: f"{where}の表 {first + n}行目")  # type: ignore[misc]
            rows = []
        for nested in inside:
            yield from _table(Table(nested, table), f"{where}の表 {number}行目の中")


def word_lines(data: bytes, name: str) -> list[Line]:
    """The lines of a .docx: headings by style, or, where it has none, by size and weight of the letters."""
    import docx

    document = docx.Document(io.BytesIO(data))
    lowest = max((_level(p) for p in document.paragraphs), default=0)
    styled = lowest > 1
    lines = [runs for p in document.paragraphs for runs in _printed(p) if _line_text(runs).strip()]
    letters: Counter[float] = Counter()
    for runs in lines:
        letters[_look(runs)[0]] += len(_line_text(runs))
    body = letters.most_common(1)[0][0] if letters else 0.0
    sizes = {_look(runs)[0] for runs in lines if _may_head(plain(_line_text(runs)))}
    below = lowest + 1 if styled and _bold_names(document) else 0
    larger = sorted((size for size in sizes if size > body), reverse=True)
    return list(_lines(document, name, styled, larger, body, below))


def _bold_names(document: Any) -> bool:
    """Whether short lines in bold letters, which no style makes headings, stand right above what is told of them."""
    lines = [
        (_level(p), _look(runs)[1], plain(_line_text(runs)))
        for p in document.paragraphs
        for runs in _printed(p)
        if _line_text(runs).strip()
    ]
    found = [n for n, (level, bold, text) in enumerate(lines) if bold and not level and _may_name(text)]
    told = [n for n in found if n + 1 < len(lines) and not any(lines[n + 1][:2]) and "。" in lines[n + 1][2]]
    return len(found) > 2 and len(told) * 3 >= len(found) * 2


def _may_head(text: str) -> bool:
    return len(text) <= _LONGEST_HEADING and "。" not in text


def _may_name(text: str) -> bool:
    """Whether a line may head what is told of something, with nothing but its letters to show it."""
    return _may_head(text) and not read_marker(text).kind


def _lines(document: Any, name: str, styled: bool, larger: list[float], body: float, bold_level: int) -> Iterator[Line]:
    """`bold_level`: of short lines in bold letters in a document whose headings have styles; 0: they are none."""
    from docx.table import Table

    numbering = Numbering(document)
    run_in = sum(bool(_name_and_told(runs)[1]) for p in document.paragraphs for runs in _printed(p)) > 1
    gap = False
    for number, part in enumerate(_parts(document.element.body, document._body), 1):
        where = f"{name} {number}番目の段落"
        if isinstance(part, Table):
            yield from _table(part, where)
            continue
        styled_level, (listed, label) = _level(part), numbering.before(part)
        listed = listed or _is_list_style(part)
        if not plain("".join(map(_line_text, _printed(part)))):
            gap = True
        for runs in _printed(part):
            level, text = styled_level, _line_text(runs)
            if not plain(text) or is_rule(text):
                gap = True
                continue
            if not level and styled and bold_level and _may_name(plain(text)) and _look(runs)[1]:
                level = bold_level
            elif not level and not styled and _may_head(plain(text)):
                size, bold = _look(runs)
                if size in larger:
                    level = larger.index(size) + 1
                elif bold and (size == body or not size):
                    level = len(larger) + 1
            item = listed and not level
            name_of, told = _name_and_told(runs) if not level else ("", "")
            if told and not item and run_in:
                yield Line(where, plain(f"{label} {name_of}"), level=_RUN_IN, gap=gap)
                yield Line(where, plain(told))
            else:
                yield Line(
                    where, plain(f"{label} {f'{name_of}:{told}' if told and item else text}"), level, item, gap=gap
                )
            label, gap = "", False
