"""The history of the draft: every change of a plan, office, entry or word, written with the change itself.

Whatever writes the draft, a form, an import or a command, flushes a session, and the flush writes the history. The
database refuses to change or delete what was written (migration of the table).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Connection, Index, Select, Text, event, func, insert, select
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, declared_attr, mapped_column

from knowledge import KnowledgeError
from knowledge.database import Base, table_of

COMMAND = "コマンド"  # who changed what no signed-in person did
ADDED, CHANGED, REMOVED = "追加", "変更", "削除"
_AT_ONCE = 500  # rows in one look at the database


class Change(Base):
    """One change of one row of the draft: who, when (the ward's own time), why, before and after.

    `kind` is the table's name, `item` the row's id, `version` the one that the change made. Kept for ever; the
    database lets nobody update or delete a row.
    """

    __tablename__ = "history"
    __table_args__ = (Index("ix_history_item", "kind", "item"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    who: Mapped[str]
    why: Mapped[str] = mapped_column(Text)
    kind: Mapped[str]
    item: Mapped[int]
    version: Mapped[int]
    action: Mapped[str]
    label: Mapped[str] = mapped_column(Text)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


# Notices have their changes here too, but are no part of the draft: they answer at once.
OF_DRAFT = Change.kind != "notice"


class Recorded:
    """A row whose changes go into the history; `version` counts them, and an update of an older one is refused."""

    __tablename__: str
    id: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805  (SQLAlchemy hands over the class)
        return {"version_id_col": cls.version}

    @classmethod
    def facts(cls) -> Select[*tuple[Any, ...]]:
        """What the history keeps of the rows, their id first."""
        raise NotImplementedError


def sign_changes(session: Session, who: str, why: str) -> None:
    """Says who changes the draft in this session, and why; without it the changes are the command line's."""
    session.info.update(who=who, why=why)


def label_of(facts: dict[str, Any]) -> str:
    """A plan, office, entry or word as staff read it in a list."""
    if "official" in facts:
        return f"{facts['word']} → {facts['official']}"
    if "name" in facts:
        return " ".join(filter(None, (facts["name"], facts["floor"], facts["counter"])))
    parts = (facts.get("plan"), facts.get("section"), facts["title"], facts.get("variant"))
    return " / ".join(part for part in parts if part)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def read_facts(session: Session, kind: type[Recorded], ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What the database holds of some rows now, as the history keeps it, by their ids."""
    wanted, found = sorted(ids), {}
    query = kind.facts()
    for start in range(0, len(wanted), _AT_ONCE):
        some = query.where(kind.id.in_(wanted[start : start + _AT_ONCE]))
        for row in session.connection().execute(some).mappings():
            facts = {name: _plain(value) for name, value in row.items()}
            found[facts.pop("id")] = facts
    return found


def _by_kind(rows: Iterable[Any]) -> dict[type[Recorded], dict[int, Recorded]]:
    kinds: dict[type[Recorded], dict[int, Recorded]] = {}
    for row in rows:
        if isinstance(row, Recorded):
            kinds.setdefault(type(row), {})[row.id] = row
    return kinds


def _number_new_rows(session: Session, kind: type[Recorded]) -> None:
    """SQLite would give the number of a deleted row again, and the history of two things would be one."""
    if session.get_bind().dialect.name != "sqlite":
        return
    used = select(func.max(Change.item)).where(Change.kind == kind.__tablename__)
    last = max(session.connection().scalar(query) or 0 for query in (used, select(func.max(kind.id))))
    for row in session.new:
        if type(row) is kind and row.id is None:
            row.id = last = last + 1


@event.listens_for(Session, "before_flush")
def _look_before(session: Session, _context: Any, _instances: Any) -> None:
    """Keeps what the database holds of the rows that the flush will change or delete; numbers the new ones."""
    for kind in {type(row) for row in session.new if isinstance(row, Recorded)}:
        _number_new_rows(session, kind)
    touched = [row for row in session.dirty if session.is_modified(row)] + list(session.deleted)
    session.info["before"] = {kind: read_facts(session, kind, rows) for kind, rows in _by_kind(touched).items()}


@event.listens_for(Session, "after_flush")
def _write_history(session: Session, _context: Any) -> None:
    before: dict[type[Recorded], dict[int, dict[str, Any]]] = session.info.pop("before", {})
    clock = session.info.get("clock", datetime.now)
    head = {
        "at": clock().replace(tzinfo=None),
        "who": session.info.get("who", COMMAND),
        "why": session.info.get("why", ""),
    }
    changes = []
    fresh = _by_kind(session.new)
    for kind, rows in _by_kind([*session.new, *session.dirty, *session.deleted]).items():
        old = before.get(kind, {})
        touched = old.keys() | fresh.get(kind, {}).keys()
        new = read_facts(session, kind, touched)
        for number in sorted(touched):
            row, was, now = rows[number], old.get(number), new.get(number)
            if was == now:
                continue
            action = ADDED if was is None else REMOVED if now is None else CHANGED
            changes.append(
                {
                    **head,
                    "kind": row.__tablename__,
                    "item": number,
                    "version": row.version,
                    "action": action,
                    "label": label_of(now or was or {}),
                    "before": was,
                    "after": now,
                }
            )
    if changes:
        session.connection().execute(insert(table_of(Change)), changes)


@event.listens_for(Session, "do_orm_execute")
def _refuse_unrecorded(state: ORMExecuteState) -> None:
    """A statement that changes rows past the session would leave no history."""
    if state.is_update or state.is_delete or state.is_insert:
        mapper = state.bind_mapper
        if mapper is not None and issubclass(mapper.class_, (Recorded, Change)):
            raise KnowledgeError("下書きは行ごとに書きかえてください。まとめて書きかえると履歴が残りません。")


def list_history(
    session: Session, kind: str = "", item: int | None = None, who: str = "", skip: int = 0, most: int = 50
) -> list[Change]:
    """Changes, newest first: of everything, of one kind, or of one row."""
    query = select(Change).order_by(Change.id.desc()).offset(skip).limit(most)
    if kind:
        query = query.where(Change.kind == kind)
    if item is not None:
        query = query.where(Change.item == item)
    if who:
        query = query.where(Change.who == who)
    return list(session.scalars(query))


def draft_state(session: Session) -> tuple[int, datetime] | None:
    """The same as long as the draft is the same: its last change, for what is worth keeping until the next one."""
    row = session.execute(select(Change.id, Change.at).where(OF_DRAFT).order_by(Change.id.desc()).limit(1)).first()
    return (row.id, row.at) if row else None


def facts_at(session: Session, kind: type[Recorded], item: int, version: int) -> dict[str, Any] | None:
    """What a row held at an earlier version: what the first change after it found."""
    query = select(Change.before).where(
        Change.kind == kind.__tablename__, Change.item == item, Change.version > version, Change.action == CHANGED
    )
    return session.scalar(query.order_by(Change.id).limit(1)) or read_facts(session, kind, [item]).get(item)


_GUARDS = ("history_is_not_updated", "history_is_not_deleted")


def guard_history(connection: Connection) -> None:
    """Lets the database itself refuse to change or delete what was written."""
    text = "The history is never changed."
    if connection.dialect.name == "sqlite":
        for name, what in zip(_GUARDS, ("UPDATE", "DELETE"), strict=True):
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name} BEFORE {what} ON history BEGIN SELECT RAISE(ABORT, '{text}'); END"
            )
        return
    connection.exec_driver_sql(
        "CREATE FUNCTION refuse_change_of_history() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{text}'; END $$"
    )
    connection.exec_driver_sql(
        f"CREATE TRIGGER {_GUARDS[0]} BEFORE UPDATE OR DELETE OR TRUNCATE ON history "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history()"
    )


def release_history(connection: Connection) -> None:
    """Takes the guards away, for a schema that goes back and for a backup that comes back."""
    if connection.dialect.name == "sqlite":
        for name in _GUARDS:
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
        return
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {_GUARDS[0]} ON history")
    connection.exec_driver_sql("DROP FUNCTION IF EXISTS refuse_change_of_history()")


@contextmanager
def history_replaced(connection: Connection) -> Iterator[None]:
    """For a restored backup, which replaces the history with all the rest, in one transaction or not at all."""
    if connection.dialect.name == "sqlite":
        # pysqlite begins only before a write of rows; the guards must come back with everything else.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    release_history(connection)
    yield
    guard_history(connection)
