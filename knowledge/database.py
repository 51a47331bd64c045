"""The database: one engine, its schema's version, sessions."""

import contextlib
import fcntl
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table, create_engine, event, func, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
# The newest revision under migrations/; a test holds the two together. Kept here so that a start with an
# up-to-date schema need not import Alembic, which takes longer than answering.
HEAD_REVISION = "0015"

_WAIT_FOR_WRITER = 2.0  # seconds

# An address without a driver means the one that is installed; "postgres" is what hosting services write.
_POSTGRESQL = ("postgresql", "postgres")
# A server that is gone is noticed within seconds: a connection that cannot be made, one that hangs (milliseconds).
_REACHED_WITHIN = {"connect_timeout": 2, "tcp_user_timeout": 5_000}
_SETTING_UP = 0x5E7_0B07  # of the lock that one process holds while it makes the database

Sessions = Callable[[], Session]


class Base(DeclarativeBase):
    """Root of every table, of this room and of those above it."""


def table_of(model: type[Base]) -> Table:
    """The table behind a mapped class, for statements that must not cost what mapping costs."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


def insert_of(dialect: str) -> Callable[[Table], Any]:
    """What makes an insert that knows conflicts, for a database's dialect by its name; the other dialect's is not
    loaded, which would take 2 MB of every process."""
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_postgresql

        return insert_postgresql
    from sqlalchemy.dialects.sqlite import insert as insert_sqlite

    return insert_sqlite


def make_engine(url: str) -> Engine:
    """An engine for an SQLAlchemy URL; SQLite in WAL mode, so that readers never wait for a writer. Its errors do not
    tell what was to be written: that may be what a resident wrote."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        server = parsed.set(drivername="postgresql+psycopg") if parsed.drivername in _POSTGRESQL else parsed
        return create_engine(server, pool_pre_ping=True, hide_parameters=True, connect_args=_REACHED_WITHIN)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, hide_parameters=True, connect_args={"timeout": _WAIT_FOR_WRITER})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def make_sessions(engine: Engine, clock: Callable[[], datetime] = datetime.now) -> Sessions:
    """Sessions that stamp the history of what they change by a clock."""
    return sessionmaker(engine, expire_on_commit=False, info={"clock": clock})


def error_kind(error: BaseException) -> str:
    """What went wrong, without what was asked: the database's own name or code for it (SQLITE_FULL, 57P01), or the
    name of the error."""
    original = getattr(error, "orig", None)
    told = getattr(original, "sqlite_errorname", None) or getattr(original, "sqlstate", None)
    return told or type(original or error).__name__


def begin_writing(session: Session) -> None:
    """Begins a transaction that writes. Raises OperationalError where another writer does not make way in time.

    SQLite would let it read first, and refuse the write where another came in between; and its own waiting sleeps up
    to 100 ms while the other needs one.
    """
    if session.get_bind().dialect.name != "sqlite":
        return
    deadline = time.monotonic() + _WAIT_FOR_WRITER
    driver: Any = session.connection().connection.driver_connection
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if time.monotonic() > deadline:
                    raise OperationalError("BEGIN IMMEDIATE", None, error) from error
            time.sleep(0.001)
    finally:
        driver.execute(f"PRAGMA busy_timeout={_WAIT_FOR_WRITER * 1000:.0f}")


@contextlib.contextmanager
def one_process_at_a_time(engine: Engine) -> Iterator[None]:
    """Holds back other processes, on any machine that uses the database, which want to set it up as well."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            connection.execute(select(func.pg_advisory_lock(_SETTING_UP)))
            try:
                yield
            finally:
                connection.execute(select(func.pg_advisory_unlock(_SETTING_UP)))
        return
    database = engine.url.database
    if not database or database == ":memory:":
        yield
        return
    with Path(f"{database}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def schema_revision(engine: Engine) -> str | None:
    """The revision the database stands at; None for one without tables."""
    if not inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect() as connection:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(engine: Engine) -> bool:
    """Brings the schema to the newest revision; returns whether there was no database before."""
    before = schema_revision(engine)
    if before == HEAD_REVISION:
        return False
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = engine
    command.upgrade(config, "head")
    return before is None
