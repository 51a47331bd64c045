"""Plain text into blocks: groups of lines between blank lines."""

import re
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge import KnowledgeError
from knowledge.importers.facts.contacts import contact_line
from knowledge.importers.facts.markers import read_marker
from knowledge.importers.readers.lines import Line, is_rule, plain

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
    """The text of a UTF-8 (with or without BOM) or cp932 file; KnowledgeError where it is neither."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise KnowledgeError(f"{path.name}: 大きすぎます（上限 {LARGEST_FILE // 1_000_000} MB）。分けてください。")
        data = path.read_bytes()
    except OSError as error:
        raise KnowledgeError(f"{path.name}: 開けません（{error.strerror}）。名前と場所を確かめてください。") from error
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


def text_lines(text: str) -> list[Line]:
    """The lines of a plain text; a sentence that goes on in the next line is one."""
    lines: list[Line] = []
    gap, open_end = True, False
    widths = [len(plain(raw)) for raw in text.splitlines()]
    full = max(18, int(sorted(widths)[int(len(widths) * 0.95)] * 0.75)) if widths else 18
    for number, raw in enumerate(text.splitlines(), 1):
        cleaned = plain(raw)
        if not cleaned or is_rule(raw):
            gap, open_end = True, False
            continue
        indent = _indent(raw)
        begins = gap or bool(read_marker(cleaned).kind) or contact_line(cleaned, "") is not None
        if open_end and not begins:
            lines[-1] = replace(lines[-1], text=plain(lines[-1].text + cleaned))
        else:
            lines.append(Line(f"{number}行目", cleaned, indent=indent, gap=gap))
        gap = False
        # A line that fills its column and ends no sentence goes on below.
        open_end = (
            len(cleaned) >= full and not re.search(r"[。!?」】)]$|\d$", cleaned) and contact_line(cleaned, "") is None
        )
    return lines


def _indent(raw: str) -> int:
    """Halves of a letter before a line's text."""
    blank = raw[: len(raw) - len(raw.lstrip())]
    return sum(4 if c == "\t" else 2 if unicodedata.east_asian_width(c) == "F" else 1 for c in blank)
