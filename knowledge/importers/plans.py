"""A plan's document of any format into plans, sections, entries and offices."""

from pathlib import Path

from knowledge import KnowledgeError
from knowledge.document import Document
from knowledge.importers.structure import build_document
from knowledge.importers.text import read_blocks, read_text


def read_plan_document(path: Path, area_code: str) -> Document:
    """The document in a file; KnowledgeError says in one line what is wrong with the file and how to mend it."""
    if path.suffix.lower() != ".txt":
        raise KnowledgeError(f"{path.name}: 読み込めるのは .txt、.csv、.xlsx、.json です。")
    document = build_document(read_blocks(read_text(path)), area_code, path.name)
    if not document.entries:
        raise KnowledgeError(f"{path.name}: 計画の見出しと取組が見つかりません。文書の形を確かめてください。")
    return document
