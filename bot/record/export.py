"""The log as a table, written as it is read: memory does not grow with the log."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from bot.models import QuestionLog
from bot.record.search import read_log
from bot.record.terms import LogFilter
from bot.record.workbook import stream_workbook
from knowledge import KnowledgeError
from knowledge.database import Sessions
from knowledge.releases import read_release
from knowledge.rows import neutralise

_AT_ONCE = 1_000  # rows
_RELEASES_HELD = 8  # whose titles are in memory
_COLUMNS = (
    "日時", "経路", "利用者", "質問", "種類", "答えた", "候補1", "候補2", "候補3", "公開版", "ミリ秒", "担当", "評価",
    "お尋ねの意味",
)  # fmt: skip
_WIDTHS = (20, 8, 18, 60, 12, 8, 36, 36, 36, 8, 10, 24, 12, 36)  # letters
_SAID = {"good": "役に立った", "wrong": "違います"}
_EVERYTHING = LogFilter()
_Titles = dict[int, dict[str, str]]


def _titles_of(session: Session, release: int, titles: _Titles) -> dict[str, str]:
    if release not in titles:
        while len(titles) >= _RELEASES_HELD:
            titles.pop(next(iter(titles)))
        titles[release] = {e.id: e.title for e in read_release(session, release).entries} if release else {}
    return titles[release]


def _cells(row: QuestionLog, titles: dict[str, str]) -> list[str]:
    named = [f"{titles.get(str(i), i)}（{float(str(score)):.2f}）" for i, score in row.candidates[:3]]
    return [
        row.asked_at.strftime("%Y-%m-%d %H:%M:%S"), row.channel, row.user, row.question, row.intent,
        "はい" if row.answered else "いいえ", *named, *[""] * (3 - len(named)), str(row.release),
        f"{row.milliseconds:.2f}", row.office, _SAID.get(row.feedback, ""), row.meant,
    ]  # fmt: skip


def export_rows(sessions: Sessions, wanted: LogFilter, today: date) -> Iterator[list[str]]:
    """The header, then what fits of the log, oldest first. Each piece is read in a session of its own: a long reading
    would keep SQLite's log of writes from being cut."""
    yield list(_COLUMNS)
    titles: _Titles = {}
    last = 0
    while True:
        with sessions() as session:
            rows = read_log(session, wanted, today, last, _AT_ONCE)
            cells = [_cells(row, _titles_of(session, row.release, titles)) for row in rows]
        yield from cells
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1].id


def _csv(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    piece = io.StringIO()
    writer = csv.writer(piece)
    piece.write("\ufeff")
    for number, row in enumerate(rows, 1):
        writer.writerow([neutralise(cell) for cell in row])
        if number % _AT_ONCE == 0:
            yield piece.getvalue().encode()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue().encode()


def _workbook(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    return stream_workbook("質問の記録", ([neutralise(cell) for cell in row] for row in rows), _WIDTHS)


_FORMS = {"csv": _csv, "xlsx": _workbook}


def stream_export(sessions: Sessions, kind: str, wanted: LogFilter, today: date) -> Iterator[bytes]:
    """The same as the pieces of a file: `kind` csv (with BOM) or xlsx (of as many sheets as the rows need)."""
    return _FORMS[kind](export_rows(sessions, wanted, today))


def export_questions(sessions: Sessions, path: Path, today: date, wanted: LogFilter = _EVERYTHING) -> int:
    """Writes what fits of the log as the suffix says; returns the number of questions. Raises KnowledgeError for
    another suffix."""
    form = _FORMS.get(path.suffix.lower().removeprefix("."))
    if form is None:
        raise KnowledgeError(f"{path.name}: 書き出せる形は .csv と .xlsx です。名前の末尾を直してください。")
    count = -1

    def counted() -> Iterator[list[str]]:
        nonlocal count
        for row in export_rows(sessions, wanted, today):
            count += 1
            yield row

    with path.open("wb") as file:
        file.writelines(form(counted()))
    return count
