"""Word documents into lines."""

import io
import re
from collections.abc import Iterator
from typing import Any

from knowledge.importers.readers.lines import Line, plain, plain_cell
from knowledge.importers.readers.tables import table_lines

_HEADING = re.compile(r"(?:heading|見出し)\s*(\d)", re.IGNORECASE)
_LONGEST_HEADING = 45
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


def _style_level(paragraph: Any) -> int:
    """The level that a paragraph's style gives it: 1 for the title, 0 for body text."""
    style = paragraph.style
    while style is not None:
        name = style.name or ""
        if match := _HEADING.search(name):
            return int(match[1]) + 1
        if name.lower() in ("title", "表題"):
            return 1
        style = style.base_style
    return 0


def _look(paragraph: Any) -> tuple[float, bool]:
    """(size in points or 0, whether all of it is bold)."""
    from docx.oxml.ns import qn
    from docx.text.run import Run

    unseen = (qn("w:rt"), qn("w:txbxContent"))
    runs = [
        Run(run, paragraph)
        for run in paragraph._p.iter(qn("w:r"))
        if _text(run).strip() and not any(above.tag in unseen for above in run.iterancestors())
    ]
    sizes = [run.font.size.pt for run in runs if run.font.size]
    bold = bool(runs) and all(run.bold or (run.style is not None and run.style.font.bold) for run in runs)
    return (max(sizes) if sizes else 0.0), bold


def _is_list(paragraph: Any) -> bool:
    numbered = paragraph._p.pPr is not None and paragraph._p.pPr.numPr is not None
    return numbered or "list" in (paragraph.style.name or "").lower() or "箇条書き" in (paragraph.style.name or "")


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
    styled = any(_style_level(p) > 1 for p in document.paragraphs)
    sizes = sorted(
        {
            size
            for p in document.paragraphs
            if (text := _text(p._p)).strip() and len(text) <= _LONGEST_HEADING and "。" not in text
            for size, bold in [_look(p)]
            if size or bold
        },
        reverse=True,
    )
    body = _body_size(document)
    return list(_lines(document, name, styled, [size for size in sizes if size > body], body))


def _body_size(document: Any) -> float:
    """The size in which most letters are set; 0 where the document does not say."""
    letters: dict[float, int] = {}
    for paragraph in document.paragraphs:
        size, _ = _look(paragraph)
        letters[size] = letters.get(size, 0) + len(_text(paragraph._p))
    return max(letters, key=lambda size: letters[size]) if letters else 0.0


def _lines(document: Any, name: str, styled: bool, larger: list[float], body: float) -> Iterator[Line]:
    from docx.table import Table

    number = 0
    for part in _parts(document.element.body, document._body):
        number += 1
        where = f"{name} {number}番目の段落"
        if isinstance(part, Table):
            yield from _table(part, where)
            continue
        level = _style_level(part)
        for text in _text(part._p).splitlines() or [""]:
            cleaned = plain(text)
            if not cleaned:
                continue
            if not level and not styled and len(cleaned) <= _LONGEST_HEADING and "。" not in cleaned:
                size, bold = _look(part)
                if size in larger:
                    level = larger.index(size) + 1
                elif bold and (size == body or not size):
                    level = len(larger) + 1
            yield Line(where, cleaned, level=level, item=not level and _is_list(part))
