"""Everything that the database holds in one file, and back again, on SQLite and PostgreSQL alike."""

import base64
import io
import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, insert, select, text

# Every table must be known before any is saved.
import bot.alarms.models
import bot.judging.models
import bot.models
import bot.record.models
import bot.review.meanings
import bot.review.models  # noqa: F401
import knowledge.accounts.models
import knowledge.jobs
import knowledge.models
import knowledge.notices
import knowledge.publishing.models  # noqa: F401
from knowledge import KnowledgeError
from knowledge.database import HEAD_REVISION, Base
from knowledge.history import history_replaced

_FORMAT = "answer-desk-backup-1"
_AT_ONCE = 500  # rows in one insert


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def _restored(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    values = {}
    for name, value in row.items():
        kind = table.c[name].type.python_type if isinstance(value, str) else None
        if kind in (date, datetime):
            values[name] = kind.fromisoformat(value)
        else:
            values[name] = base64.b64decode(value) if kind is bytes else value
    return values


@contextmanager
def _one_moment(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the database as it is now, whatever is written meanwhile."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")  # the driver itself begins none for reading
            yield connection
    else:
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            yield connection


def save_backup(engine: Engine, path: Path) -> int:
    """Writes every row of every table, as of one moment; returns how many. An old file stays until the new is whole.

    The file is its owner's alone: it holds residents' texts and the passwords' hashes.
    """
    count = 0
    beside = path.with_name(path.name + ".part")
    beside.unlink(missing_ok=True)
    beside.touch(mode=0o600)
    with _one_moment(engine) as connection, zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("format.json", json.dumps({"format": _FORMAT, "revision": HEAD_REVISION}))
        for table in Base.metadata.sorted_tables:
            with packed.open(f"{table.name}.jsonl", "w", force_zip64=True) as file:
                for row in connection.execute(select(table)).yield_per(_AT_ONCE).mappings():
                    values = {name: _plain(value) for name, value in row.items()}
                    file.write((json.dumps(values, ensure_ascii=False) + "\n").encode())
                    count += 1
    os.replace(beside, path)
    return count


def _lines(packed: zipfile.ZipFile, table: Table) -> Iterator[dict[str, Any]]:
    with packed.open(f"{table.name}.jsonl") as file:
        for line in io.TextIOWrapper(file, encoding="utf-8"):
            yield _restored(table, json.loads(line))


def _fill(connection: Connection, table: Table, packed: zipfile.ZipFile) -> int:
    rows: list[dict[str, Any]] = []
    count = 0
    for row in _lines(packed, table):
        rows.append(row)
        if len(rows) == _AT_ONCE:
            connection.execute(insert(table), rows)
            count, rows = count + len(rows), []
    if rows:
        connection.execute(insert(table), rows)
    return count + len(rows)


def _follow_sequence(connection: Connection, table: Table) -> None:
    """PostgreSQL numbers new rows from a sequence of its own, which must go on behind the restored ones."""
    key = table.autoincrement_column
    if connection.dialect.name == "postgresql" and key is not None:
        last = connection.scalar(select(func.max(key))) or 0
        sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, key.name)))
        if sequence:
            connection.execute(
                text("SELECT setval(:name, :last, :used)"), {"name": sequence, "last": max(last, 1), "used": last > 0}
            )


def restore_backup(engine: Engine, path: Path) -> int:
    """Replaces all that the database holds by a backup, in one transaction; returns the number of rows.

    Raises KnowledgeError for a file that is no backup, or one of another revision of the schema; nothing is lost then.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            head = json.loads(packed.read("format.json"))
            if not isinstance(head, dict) or head.get("format") != _FORMAT:
                raise KnowledgeError(f"{path.name}: この案内係のバックアップではありません。")
            if head.get("revision") != HEAD_REVISION:
                raise KnowledgeError(
                    f"{path.name}: 別の版（{head.get('revision')}）のバックアップです。その版の案内係で戻してください。"
                )
            with engine.begin() as connection, history_replaced(connection):
                for table in reversed(Base.metadata.sorted_tables):
                    connection.execute(table.delete())
                count = 0
                for table in Base.metadata.sorted_tables:
                    count += _fill(connection, table, packed)
                    _follow_sequence(connection, table)
            return count
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
        raise KnowledgeError(f"{path.name}: バックアップとして読めません。別の写しで試してください。") from error
    except OSError as error:
        raise KnowledgeError(f"{path.name}: 開けません（{error.strerror}）。名前と場所を確かめてください。") from error
