"""Tables as rows of text: CSV and Excel in and out, without loss and without anything that a spreadsheet would run."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Any

from knowledge import KnowledgeError
from knowledge.reading import tell

LARGEST_TABLE = 100_000_000  # bytes, packed or unpacked
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_LOOKED_AT = 50  # rows that tell how wide a column of a sheet is
_NARROWEST, _WIDEST = 8, 60  # in narrow letters; Japanese ones take two
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# A cell of a table is a text of any length; the csv module's own limit is 131,072 characters.
csv.field_size_limit(10_000_000)


@dataclass(frozen=True, slots=True)
class Row:
    """`where`: file, sheet and row as staff find it; `cells` left to right, without surrounding space."""

    where: str
    cells: tuple[str, ...]


def neutralise(cell: str) -> str:
    """A text that no spreadsheet takes for a formula (OWASP, "CSV Injection")."""
    return "'" + cell if cell.startswith((*_FORMULA_STARTS, "'")) else cell


def _restored(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*_FORMULA_STARTS, "'")) else cell


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _restored(str(value).strip())


def read_rows(path: Path) -> list[Row]:
    """All rows of a .csv (UTF-8 with or without BOM, or cp932) or .xlsx file, sheet by sheet, empty ones left out."""
    try:
        if path.stat().st_size > LARGEST_TABLE:
            raise KnowledgeError(f"{path.name}: 大きすぎます（上限 {LARGEST_TABLE // 1_000_000} MB）。分けてください。")
        data = path.read_bytes()
    except OSError as error:
        raise KnowledgeError(f"{path.name}: 開けません（{error.strerror}）。名前と場所を確かめてください。") from error
    if not data.strip():
        raise KnowledgeError(f"{path.name}: 中身がありません。保存し直してください。")
    if path.suffix.lower() == ".csv":
        return _csv_rows(path.name, data)
    return _workbook_rows(path.name, data)


def _csv_rows(name: str, data: bytes) -> list[Row]:
    if data.startswith(b"PK\x03\x04"):
        raise KnowledgeError(f"{name}: 中身は CSV ではなく Excel などです。名前の末尾を .xlsx に直してください。")
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise KnowledgeError(f"{name}: 文字コードが分かりません。UTF-8 で保存し直してください。")
    if "\0" in text:
        raise KnowledgeError(f"{name}: 文字のファイルではありません。CSV で保存し直してください。")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(f"{name} {reader.line_num}行目", tuple(_text(cell) for cell in cells)))
    except csv.Error as error:
        raise KnowledgeError(
            f"{name}: {reader.line_num}行目が CSV として読めません（{error}）。引用符を確かめてください。"
        ) from error
    return rows


def _count_rows(sheet: bytes) -> int:
    """How many rows a sheet's XML holds; what a sheet says of its own size is often missing or wrong."""
    return sheet.count(b"<row ") + sheet.count(b"<row>")


def _workbook_rows(name: str, data: bytes) -> list[Row]:
    from openpyxl import load_workbook

    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise KnowledgeError(
            f"{name}: 古い形式か、パスワード付きの Excel です。パスワードを外し .xlsx で保存し直してください。"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(member.file_size for member in packed.infolist()) > LARGEST_TABLE:
                raise KnowledgeError(f"{name}: 展開すると大きすぎます。シートを分けてください。")
            done, total = 0, sum(_count_rows(packed.read(sheet)) for sheet in packed.namelist() if _SHEET.match(sheet))
        book = load_workbook(io.BytesIO(data), read_only=True)
        rows = []
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # a lone cell in the far corner would make every row 16,384 cells wide
            for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
                done += 1
                tell(done, max(done, total))
                cells = tuple(_text(value) for value in values)
                if any(cells):
                    rows.append(Row(f"{name} シート「{sheet.title}」{number}行目", cells))
    except KnowledgeError:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers raise
        raise KnowledgeError(
            f"{name}: Excel として読めません。Excel で開いて .xlsx で保存し直してください。"
        ) from error
    return rows


def write_rows(path: Path, title: str, rows: Iterable[Sequence[str]]) -> None:
    """Writes rows as the suffix says (.csv with BOM, which Excel needs to see UTF-8, or .xlsx)."""
    write_tables(path, {title: rows})


def write_tables(path: Path, tables: Mapping[str, Iterable[Sequence[str]]]) -> None:
    """Writes tables, each under its title and with its header first: sheets of a workbook, or one below the other."""
    neutral = {title: ([neutralise(cell) for cell in row] for row in rows) for title, rows in tables.items()}
    if path.suffix.lower() == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            for rows in neutral.values():
                csv.writer(file).writerows(rows)
        return
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    # Rows go to a temporary file one by one: a log of any length is written in the same memory.
    book = Workbook(write_only=True)
    for title, rows in neutral.items():
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        cells: list[Any] = []
        rows = iter(rows)
        first = list(islice(rows, _LOOKED_AT))
        for column, texts in enumerate(zip_longest(*first, fillvalue=""), 1):  # before any row is written
            longest = max((len(line) for text in texts for line in text.splitlines()), default=0)
            width = min(max(2 * longest + 2, _NARROWEST), _WIDEST)
            sheet.column_dimensions[get_column_letter(column)].width = width
        number = 0
        for number, row in enumerate(chain(first, rows)):
            if number < 2:  # the header's look, then that of all others
                cells = []
            while len(cells) < len(row):
                cell = WriteOnlyCell(sheet)
                cell.number_format = "@"
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                cell.font = Font(bold=number == 0)
                cells.append(cell)
            for cell, text in zip(cells, row, strict=False):
                # As text, whatever it looks like: 06 stays 06, and nothing is a formula or a date.
                cell.value, cell.data_type = text, "s"
            sheet.append(cells[: len(row)])
        if first:
            sheet.auto_filter.ref = f"A1:{get_column_letter(len(first[0]))}{number + 1}"
    book.save(path)
