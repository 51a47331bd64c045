"""A table as an Excel workbook that is sent while it is made: openpyxl could begin to send only when all is written."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

ROWS_IN_SHEET = 500_000  # Excel holds 1,048,576; a sheet of more than 2 GB would need a kind of zip that Excel refuses
_LONGEST = 32_767  # letters in a cell, for Excel
_AT_ONCE = 500  # rows
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML 1.0
_LIKE_A_CODE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # which Excel reads as the letter of that number
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Cells are texts, whatever they look like: 06 stays 06, and nothing is a formula or a date. The header is bold.
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/>'
    '<xf numFmtId="49" applyNumberFormat="1" applyAlignment="1"><alignment wrapText="1" vertical="top"/></xf>'
    '<xf numFmtId="49" fontId="1" applyNumberFormat="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_ROOT = (
    f'{_HEAD}<Relationships xmlns="{_RELATIONS}">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_FROZEN = '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView>'


class _Pieces(io.RawIOBase):
    """What was written and not yet sent. It cannot go back."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._written += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken


def _row(cells: Sequence[str], style: int) -> str:
    made = []
    for cell in cells:
        text = _LIKE_A_CODE.sub("_x005F_", escape(_UNWRITABLE.sub("", cell[:_LONGEST])))
        made.append(f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>' if text else "<c/>")
    return f"<row>{''.join(made)}</row>"


def _names(title: str, sheets: int) -> list[str]:
    return [title, *(f"{title} {number}" for number in range(2, sheets + 1))]


def _contents(title: str, sheets: int) -> dict[str, str]:
    """The parts that name the sheets."""
    numbered = list(enumerate(_names(title, sheets), 1))
    listed = "".join(f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, name in numbered)
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n, _ in numbered
    )
    related += f'<Relationship Id="rId{sheets + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_KIND}.worksheet+xml"/>' for n, _ in numbered
    )
    return {
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{related}</Relationships>',
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>{kinds}</Types>'
        ),
    }


def stream_workbook(
    title: str, rows: Iterable[Sequence[str]], widths: Sequence[int], most: int = ROWS_IN_SHEET
) -> Iterator[bytes]:
    """The pieces of a workbook: rows, the header first and once a sheet, at most `most` below it; what is more goes on
    in further sheets. `widths`: of the columns, in letters. It takes the same memory for any number of rows."""
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(widths, 1)
    )
    opening = f'{_HEAD}<worksheet xmlns="{_MAIN}">{_FROZEN}</sheetViews><cols>{columns}</cols><sheetData>'
    pieces, given, sheets = _Pieces(), iter(rows), 0
    header = _row(next(given), 2)
    row = next(given, None)
    with zipfile.ZipFile(pieces, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        book.writestr("_rels/.rels", _ROOT)
        book.writestr("xl/styles.xml", _STYLES)
        yield pieces.take()
        while row is not None or not sheets:
            sheets += 1
            with book.open(f"xl/worksheets/sheet{sheets}.xml", "w") as sheet:
                sheet.write((opening + header).encode())
                written = 0
                while row is not None and written < most:
                    some: list[str] = []
                    while row is not None and written < most and len(some) < _AT_ONCE:
                        some.append(_row(row, 1))
                        written += 1
                        row = next(given, None)
                    sheet.write("".join(some).encode())
                    yield pieces.take()
                sheet.write(b"</sheetData></worksheet>")
        for name, content in _contents(title, sheets).items():
            book.writestr(name, _HEAD + content)
    yield pieces.take()
