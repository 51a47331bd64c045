"""Plain text into blocks: groups of lines between blank lines."""

from dataclasses import dataclass
from pathlib import Path

from knowledge import KnowledgeError

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
