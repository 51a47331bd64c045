"""Plain text into blocks: groups of lines between blank lines."""

import itertools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge import KnowledgeError
from knowledge.importers.facts.contacts import contact_line
from knowledge.importers.facts.labels import labelled_value
from knowledge.importers.facts.markers import read_marker
from knowledge.importers.readers.lines import Line, is_rule, plain
from knowledge.importers.readers.tables import table_lines

LARGEST_FILE = 50_000_000  # bytes; a page of plain text has some ten thousand


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that stand together. `line`: number of the first, from 1."""

    line: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "".join(self.lines)


def read_text(path: Path) -> str:
    """The text of a UTF-8 (with or without BOM), UTF-16 (with BOM) or cp932 file; KnowledgeError for others."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise KnowledgeError(f"{path.name}: 大きすぎます（上限 {LARGEST_FILE // 1_000_000} MB）。分けてください。")
        data = path.read_bytes()
    except OSError as error:
        raise KnowledgeError(f"{path.name}: 開けません（{error.strerror}）。名前と場所を確かめてください。") from error
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise KnowledgeError(f"{path.name}: 文字がこわれています。UTF-8 で保存し直してください。") from error
    if b"\0" in data:
        raise KnowledgeError(f"{path.name}: 文字のファイルではありません。テキストで保存し直してください。")
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise KnowledgeError(f"{path.name}: 文字コードが分かりません。UTF-8 で保存し直してください。")


def read_blocks(text: str) -> list[Block]:
    """The blocks of a plain text, in order."""
    blocks: list[Block] = []
    lines: list[str] = []
    for number, line in enumerate([*text.splitlines(), ""], 1):
        if line.strip():
            lines.append(line.strip())
        elif lines:
            blocks.append(Block(number - len(lines), tuple(lines)))
            lines = []
    return blocks


_MARKDOWN = re.compile(r"^#{1,6} \S", re.MULTILINE)
_ENDS = re.compile(r"[。!?」】)]$|\d$|^.{0,12}:|\s")  # of lines that were not broken at the edge of their column
_NARROWEST = 14  # letters of a column
_LOOSE = 4  # letters by which broken lines differ, so that words and signs do not part


def text_lines(text: str) -> list[Line]:
    """The lines of a plain text; a sentence that goes on in the next line is one."""
    full, marked_down = _full_width(text), len(_MARKDOWN.findall(text)) > 1
    lines: list[Line] = []
    gap, open_end = True, False
    rows: list[tuple[int, list[str]]] = []
    for number, raw in enumerate([*text.splitlines(), ""], 1):
        if cells := _cells(raw):
            rows.append((number, cells))
            continue
        if rows:
            lines += _table(rows)
            rows, open_end = [], False
        cleaned, level = _without_markdown(plain(raw)) if marked_down else (plain(raw), 0)
        if not cleaned or is_rule(raw):
            gap, open_end = True, False
            continue
        indent = _indent(raw)
        deeper = bool(lines) and indent > lines[-1].indent and read_marker(lines[-1].text).kind not in ("", "bullet")
        begins = bool(gap or level or deeper or read_marker(cleaned).kind or labelled_value(cleaned)[0])
        broken = bool(lines) and not gap and re.search(r"\d-$", lines[-1].text) and re.match(r"\d", cleaned)
        if broken or (open_end and not begins and contact_line(cleaned, "") is None):
            lines[-1] = replace(lines[-1], text=plain(lines[-1].text + cleaned))
        else:
            lines.append(Line(f"{number}行目", cleaned, level, indent=indent, gap=gap))
        gap = False
        # A line that fills its column and ends no sentence goes on below.
        ends = bool(level or re.search(r"[。!?」】)]$|\d$", cleaned)) or contact_line(cleaned, "") is not None
        open_end = not ends and 0 < full <= len(cleaned)
    return lines


def _full_width(text: str) -> int:
    """Letters from which on a line may have been broken at the edge of its column; 0 where none was."""
    lines = [plain(line) if not is_rule(line) else "" for line in text.splitlines()]
    widths = [
        len(line) for line, below in itertools.pairwise(lines)
        if line and below and not _ENDS.search(line) and not read_marker(line).kind and not read_marker(below).kind
    ]  # fmt: skip
    needed = max(3, len(widths) // 4)
    for width in sorted(set(widths), reverse=True):
        if width < _NARROWEST:
            break
        if sum(width - 2 <= other <= width for other in widths) >= needed:
            return width - _LOOSE
    return 0


def _cells(raw: str) -> list[str]:
    """The cells of a line that is a table's row, parted by tabs or upright strokes; empty for another line."""
    if raw.strip().startswith("|") and raw.count("|") > 2:
        return [plain(cell) for cell in raw.strip().strip("|").split("|")]
    return [plain(cell) for cell in raw.split("\t")] if raw.strip("\t ").count("\t") or raw.count("\t") > 2 else []


def _table(rows: Sequence[tuple[int, list[str]]]) -> list[Line]:
    width = max(len(cells) for _, cells in rows)
    grid = [[*cells, *[""] * (width - len(cells))] for _, cells in rows]
    drawn = [n for n, cells in enumerate(grid) if not any(re.sub(r"[-:\s]", "", cell) for cell in cells) and any(cells)]
    kept = [n for n in range(len(rows)) if n not in drawn]
    return list(table_lines([grid[n] for n in kept], lambda row: f"{rows[kept[row - 1]][0]}行目"))


def _without_markdown(text: str) -> tuple[str, int]:
    """(a line of Markdown without its signs, the level of its heading or 0)."""
    heading = re.match(r"(#{1,6})\s+(.+)$", text)
    level, text = (len(heading[1]), heading[2]) if heading else (0, re.sub(r"^>\s*", "", text))
    return re.sub(r"\*\*(.+?)\*\*", r"\1", text), level


def _indent(raw: str) -> int:
    """Halves of a letter before a line's text."""
    blank = raw[: len(raw) - len(raw.lstrip())]
    return sum(4 if c == "\t" else 2 if unicodedata.east_asian_width(c) == "F" else 1 for c in blank)
