"""A backup holds everything, as of one moment."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Engine, Table, insert, select

import bot.backup
from bot.backup import restore_backup, save_backup
from knowledge.accounts.models import Account, AccountAct
from knowledge.database import Base, make_engine, make_sessions, migrate
from tests.servers import Postgres

NOW = datetime(2026, 11, 24, 10, 0)
_VALUES = {int: 1, str: "あ", bool: True, float: 1.5, datetime: NOW, date: NOW.date(), bytes: b"\x00\xff"}


@pytest.fixture(params=["sqlite", "postgresql"])
def engines(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Engine, Engine]]:
    """Two empty databases."""
    server = Postgres() if request.param == "postgresql" else None
    urls = [server.url, server.create("other")] if server else [f"sqlite:///{tmp_path}/{n}.sqlite3" for n in (1, 2)]
    made = make_engine(urls[0]), make_engine(urls[1])
    for engine in made:
        migrate(engine)
    yield made
    for engine in made:
        engine.dispose()
    if server:
        server.close()


def _row(table: Table) -> dict[str, Any]:
    """A row with something in every column; keys are 1, so that those of other tables are found."""
    return {
        column.name: ["あ"] if isinstance(column.type, JSON) else _VALUES[column.type.python_type]
        for column in table.columns
    }


def _all_rows(engine: Engine) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        return {table.name: [*map(tuple, connection.execute(select(table)))] for table in Base.metadata.sorted_tables}


def test_a_row_of_every_table_comes_back(engines: tuple[Engine, Engine], tmp_path: Path) -> None:
    first, second = engines
    with first.begin() as connection:
        for table in Base.metadata.sorted_tables:
            if connection.execute(select(table)).first() is None:  # a migration may have begun one
                connection.execute(insert(table), _row(table))
    saved = tmp_path / "all.zip"
    rows = _all_rows(first)
    assert all(rows.values())
    assert save_backup(first, saved) == sum(map(len, rows.values()))
    assert saved.stat().st_mode & 0o777 == 0o600
    restore_backup(second, saved)
    assert _all_rows(second) == rows


def test_what_is_written_meanwhile_is_in_none_of_its_tables(
    engines: tuple[Engine, Engine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = engines

    def select_late(table: Table) -> Any:
        if table.name == AccountAct.__tablename__:
            with make_sessions(first)() as session:
                session.add(Account(id=7, name="hanako", role="editor", password="x", created_at=NOW))
                session.flush()
                session.add(AccountAct(at=NOW, who="admin", account_id=7, what="added"))
                session.commit()
        return select(table)

    monkeypatch.setattr(bot.backup, "select", select_late)
    save_backup(first, tmp_path / "all.zip")
    monkeypatch.undo()
    restore_backup(second, tmp_path / "all.zip")
    rows = _all_rows(second)
    assert rows[Account.__tablename__] == rows[AccountAct.__tablename__] == []
