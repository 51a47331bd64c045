"""A plan's document of any format into plans, sections, entries and offices."""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from knowledge import KnowledgeError
from knowledge.document import Document, LeftOut
from knowledge.importers.facts.markers import read_marker
from knowledge.importers.facts.numbers import area_code_of
from knowledge.importers.outline.document import outline_document
from knowledge.importers.readers.lines import Line, plain, plain_cell
from knowledge.importers.readers.text import LARGEST_FILE, read_blocks, read_text, text_lines
from knowledge.importers.structure import build_document

Progress = Callable[[int, int], None]

_LARGEST_UNPACKED = 300_000_000  # bytes
_CLEARLY_MARKED = 3  # headings; one or two signs stand on any page
_FORMATS = (".txt", ".html", ".htm", ".docx", ".pdf", ".xlsx", ".csv")


def _content(path: Path) -> str:
    """What a file's first bytes show: pdf, docx, xlsx, zip, old (encrypted, or of before 2007), html, text."""
    data = path.read_bytes()[:4096]
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return "old"
    if data.startswith(b"PK"):
        return _packed(path)
    start = data.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    return "html" if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) else "text"


def _packed(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as packed:
            names = packed.namelist()
            if sum(member.file_size for member in packed.infolist()) > _LARGEST_UNPACKED:
                raise KnowledgeError(f"{path.name}: 展開すると大きすぎます。必要な部分だけを保存し直してください。")
    except zipfile.BadZipFile as error:
        raise KnowledgeError(f"{path.name}: ファイルがこわれています。元の文書から保存し直してください。") from error
    return "docx" if "word/document.xml" in names else "xlsx" if "xl/workbook.xml" in names else "zip"


_SHOULD_BE = {"pdf": "pdf", "docx": "docx", "xlsx": "xlsx", "html": "html", "htm": "html", "txt": "text", "csv": "text"}


def _check(path: Path) -> None:
    """Raises KnowledgeError for a file that is missing, empty, too large, or not what its name says."""
    suffix = path.suffix.lower()
    if suffix not in _FORMATS:
        raise KnowledgeError(f"{path.name}: 読み込めるのは {'、'.join(_FORMATS)}、.json です。")
    try:
        if path.is_dir():
            raise KnowledgeError(f"{path.name}: フォルダーです。中のファイルを一つずつ選んでください。")
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise KnowledgeError(f"{path.name}: 大きすぎます（上限 {LARGEST_FILE // 1_000_000} MB）。分けてください。")
        if not size:
            raise KnowledgeError(f"{path.name}: 中身がありません。保存し直してください。")
        content = _content(path)
    except OSError as error:
        raise KnowledgeError(f"{path.name}: 開けません（{error.strerror}）。名前と場所を確かめてください。") from error
    expected = _SHOULD_BE[suffix[1:]]
    if content == "old":
        raise KnowledgeError(f"{path.name}: パスワード付きか、古い形式です。外して新しい形式で保存し直してください。")
    if content != expected and not (expected == "html" and content == "text"):
        raise KnowledgeError(f"{path.name}: 中身は {content} のようです。名前の末尾を中身に合わせてください。")


def _table_lines(path: Path, unseen: list[LeftOut]) -> Iterator[Line]:
    """The lines of a table's or workbook's sheets; what stands in hidden ones is added to `unseen`."""
    from knowledge.importers.readers.sheet import figures_beside, sheet_rows
    from knowledge.importers.readers.tables import table_lines
    from knowledge.rows import read_rows

    if path.suffix.lower() == ".csv":
        rows = read_rows(path)
        grid = [[plain_cell(cell) for cell in row.cells] for row in rows]
        yield from table_lines(grid, lambda number: rows[number - 1].where)
        return
    for title, shown, grid in sheet_rows(path.read_bytes()):
        place = f"{path.name} シート「{title}」"
        if shown:
            end = figures_beside(grid) or None
            yield from table_lines([row[:end] for row in grid], lambda number, place=place: f"{place}{number}行目")  # type: ignore[misc]
            beside = [(number, " ".join(filter(None, row[end:]))) for number, row in enumerate(grid, 1)] if end else []
            unseen += [
                LeftOut(f"{place}{number}行目", text, "一覧の横の数字の表です") for number, text in beside if text
            ]
            continue
        for number, cells in enumerate(grid, 1):
            if text := " ".join(dict.fromkeys(cell for cell in cells if cell)):
                unseen.append(LeftOut(f"{place}{number}行目", text, "表示されていないシートです"))


def _lines(path: Path, progress: Progress, unseen: list[LeftOut]) -> list[Line]:
    suffix = path.suffix.lower()
    if suffix in (".csv", ".xlsx"):
        return list(_table_lines(path, unseen))
    if suffix == ".docx":
        from knowledge.importers.readers.word import word_lines

        return word_lines(path.read_bytes(), path.name)
    if suffix == ".pdf":
        from knowledge.importers.readers.pdf.pages import pdf_lines

        return pdf_lines(path.read_bytes(), path.name, progress)
    from knowledge.importers.readers.html import html_lines

    return html_lines(path.read_bytes(), path.name)


def _text_document(path: Path, area_code: str, home: str) -> Document:
    """A plain text by its markers where it has them, else by the blank lines between its parts."""
    text = read_text(path)
    lines = text_lines(text)
    by_blanks = build_document(read_blocks(text), area_code_of(plain(text), area_code, home))
    by_markers = outline_document(lines, area_code, path.name, home)
    marked = sum(read_marker(line.text).kind not in ("", "bullet", "1") for line in lines)
    clear = marked >= _CLEARLY_MARKED and by_markers.entries
    return by_markers if clear or len(by_markers.entries) > len(by_blanks.entries) else by_blanks


def say_nothing(done: int, total: int) -> None:
    """The progress of a reading that nobody watches."""


def read_plan_document(path: Path, area_code: str, progress: Progress = say_nothing, home: str = "") -> Document:
    """The document in a file; KnowledgeError says in one line what is wrong with the file and how to mend it.
    `area_code` and `home`: as of `outline_document`.

    `progress` is told how many pages of a long document are read, and of how many.
    """
    _check(path)
    try:
        if path.suffix.lower() == ".txt":
            document = _text_document(path, area_code, home)
        else:
            unseen: list[LeftOut] = []
            document = outline_document(_lines(path, progress, unseen), area_code, path.name, home)
            document.left_out += unseen
    except KnowledgeError:
        raise
    except Exception as error:  # the formats' libraries raise whatever their parsers raise
        raise KnowledgeError(f"{path.name}: 読めません。元の文書から保存し直してください。") from error
    if not document.entries:
        raise KnowledgeError(f"{path.name}: 計画の見出しと取組が見つかりません。文書の形を確かめてください。")
    return document
