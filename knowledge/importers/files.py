"""Any file into a document: by its form, with what must not be read refused before anything reads it."""

import io
import multiprocessing
import os
import resource
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from knowledge import KnowledgeError
from knowledge.document import Document
from knowledge.exchange import document_from_json
from knowledge.importers.facts.numbers import read_number
from knowledge.importers.plans import Progress, read_plan_document, say_nothing
from knowledge.importers.readers.lines import plain_cell
from knowledge.importers.readers.text import read_text
from knowledge.reading import telling
from knowledge.tables import document_from_table, is_table

LARGEST_UPLOAD = 50_000_000  # bytes
FORMATS = (".xlsx", ".csv", ".json", ".docx", ".pdf", ".html", ".htm", ".txt")
_WITH_MACROS = (".xlsm", ".xltm", ".xlsb", ".docm", ".dotm", ".pptm")
_OLD = (".xls", ".doc")
_LARGEST_UNPACKED = 300_000_000  # bytes
_MOST_MEMBERS = 10_000
_LONGEST_READING = 600.0  # seconds
_MEMORY = 3_000_000_000  # bytes of address space of the process that reads


def read_any(path: Path, area_code: str, progress: Progress = say_nothing, home: str = "") -> tuple[Document, bool]:
    """(the document in a file, whether it is the knowledge base's own form, edited by hand). `progress` and `home`: as
    of `read_plan_document`."""
    suffix = path.suffix.lower()
    if suffix == ".json":
        return document_from_json(read_text(path), path.name), True
    if suffix in (".csv", ".xlsx") and is_table(path):
        table, own = document_from_table(path, lambda cell: read_number(plain_cell(cell), area_code))
        plan = None if own or any(entry.office for entry in table.entries) else _plan_beside(path, area_code, home)
        return plan or table, own
    return read_plan_document(path, area_code, progress, home), False


def _plan_beside(path: Path, area_code: str, home: str) -> Document | None:
    """The plan in a workbook that asks and answers as well, as a survey does: where its initiatives have offices."""
    try:
        plan = read_plan_document(path, area_code, home=home)
    except KnowledgeError:
        return None
    return plan if any(entry.office for entry in plan.entries) else None


def check_upload(name: str, data: bytes) -> str:
    """The file's name without folders. KnowledgeError says what is wrong with an upload and how to mend it."""
    plain = "".join(c for c in name.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable()).strip()[-150:]
    suffix = Path(plain).suffix.lower()
    if suffix in _WITH_MACROS:
        raise KnowledgeError(f"{plain}: マクロ入りのファイルは受け取りません。.xlsx か .docx で保存し直してください。")
    if suffix in _OLD:
        raise KnowledgeError(f"{plain}: 古い形式です。.xlsx か .docx で保存し直してください。")
    if suffix not in FORMATS:
        raise KnowledgeError(f"{plain or 'ファイル'}: 読み込めるのは {'、'.join(FORMATS)} です。")
    if len(data) > LARGEST_UPLOAD:
        raise KnowledgeError(f"{plain}: 大きすぎます（上限 {LARGEST_UPLOAD // 1_000_000} MB）。分けてください。")
    if not data.strip():
        raise KnowledgeError(f"{plain}: 中身がありません。保存し直してください。")
    if data.startswith(b"PK\x03\x04"):
        _check_packed(plain, data)
    elif suffix in (".xlsx", ".docx") and not data.startswith(b"\xd0\xcf\x11\xe0"):
        raise KnowledgeError(f"{plain}: 中身が {suffix} ではありません。Excel か Word で保存し直してください。")
    return plain


def _check_packed(name: str, data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            members = packed.infolist()
    except zipfile.BadZipFile as error:
        raise KnowledgeError(f"{name}: ファイルがこわれています。元の文書から保存し直してください。") from error
    if any(member.filename.lower().endswith("vbaproject.bin") for member in members):
        raise KnowledgeError(f"{name}: マクロが入っています。マクロなしの .xlsx か .docx で保存し直してください。")
    if sum(member.file_size for member in members) > _LARGEST_UNPACKED or len(members) > _MOST_MEMBERS:
        raise KnowledgeError(f"{name}: 展開すると大きすぎます。必要な部分だけを保存し直してください。")


@dataclass(frozen=True, slots=True)
class _Far:
    """How much of a file is read, of how much."""

    done: int
    total: int


def _read_apart(pipe: Connection, name: str, data: bytes, area_code: str, home: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    if hasattr(os, "sched_setaffinity"):  # the web process keeps to one core, where residents are answered
        os.sched_setaffinity(0, range(os.cpu_count() or 1))
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(data)
            with telling(lambda done, total: pipe.send(_Far(done, total))):
                read = read_any(path, area_code, home=home)
            pipe.send(read)
    except KnowledgeError as error:
        pipe.send(str(error))
    except MemoryError:
        pipe.send(f"{name}: 読むのに要る記憶が大きすぎます。分けてください。")


def read_upload(
    name: str, data: bytes, area_code: str, home: str, tick: Callable[[int, int], None]
) -> tuple[Document, bool]:
    """As `read_any`, in a process of its own: what a file does to its reader it does not do to those who answer.

    `tick` is called a few times a second with how many rows are read, of how many; 0 and 0 where there are none to
    count. KnowledgeError says what is wrong with the file.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    reader = context.Process(target=_read_apart, args=(theirs, name, data, area_code, home), daemon=True)
    reader.start()
    theirs.close()
    started = time.monotonic()
    try:
        far = _Far(0, 0)
        while True:
            if ours.poll(0.3):
                read: tuple[Document, bool] | str | _Far = ours.recv()
                if not isinstance(read, _Far):
                    break
                far = read
            if time.monotonic() - started > _LONGEST_READING:
                raise KnowledgeError(f"{name}: 読むのに時間がかかりすぎます。分けてください。")
            tick(far.done, far.total)
    except EOFError as error:
        raise KnowledgeError(f"{name}: 読めません。元の文書から保存し直すか、分けてください。") from error
    finally:
        reader.kill()
        reader.join()
    if isinstance(read, str):
        raise KnowledgeError(read)
    return read
