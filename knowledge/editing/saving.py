"""Saving what a person wrote in a form, without losing what another wrote meanwhile."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from knowledge import KnowledgeError
from knowledge.editing.fields import Field, FieldError, fields_of, show
from knowledge.history import CHANGED, REMOVED, Change, facts_at, label_of, read_facts
from knowledge.models import EntryRow, OfficeRow, PlanRow, WordRow

Row = PlanRow | OfficeRow | EntryRow | WordRow
KINDS: dict[str, type[Row]] = {kind.__tablename__: kind for kind in (EntryRow, OfficeRow, PlanRow, WordRow)}
NAMES = {"entry": "取組", "office": "担当", "plan": "計画", "word": "言葉"}


class FieldsError(KnowledgeError):
    """What is wrong, by field; `labels` are the fields' names on the page."""

    def __init__(self, problems: Mapping[str, str], labels: Mapping[str, str]) -> None:
        self.problems = problems
        super().__init__(" ".join(f"{labels.get(name, name)}: {text}。" for name, text in problems.items()))


@dataclass(frozen=True, slots=True)
class Clash:
    """One field that differs from what another person saved meanwhile, as text. `choice`: `mine` or `theirs` where
    only one of the two changed it, else empty: a person must say."""

    field: Field
    before: str
    theirs: str
    mine: str
    choice: str


class ConflictError(KnowledgeError):
    """Another person saved the row meanwhile; `version` is theirs."""

    def __init__(self, clashes: list[Clash], version: int, who: str) -> None:
        self.clashes, self.version, self.who = clashes, version, who
        super().__init__(f"書いているあいだに {who} さんが変更しました。両方を見て、項目ごとに選んでください。")


def find_row(session: Session, table: str, number: int, lock: bool = False) -> Row:
    """A row of the draft, with `lock` as it is now and until the transaction ends.

    Raises KnowledgeError for one that is not there (any more).
    """
    kind = KINDS[table]
    if lock:
        session.execute(select(kind.id).where(kind.id == number).with_for_update())
    row = cast("Row | None", session.get(kind, number, populate_existing=lock))
    if row is None:
        raise KnowledgeError(f"この{NAMES[table]}は下書きにありません。削除されたものは履歴から戻せます。")
    return row


def form_of(row: Row) -> dict[str, str]:
    """A row as its form holds it."""
    return {field.name: show(getattr(row, field.name)) for field in fields_of(row.__tablename__, "")}


def _same_text(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _twin_of(row: Row) -> tuple[Any, str, str]:
    """(the condition that a row which must not be there twice fulfils, the field to blame, what to say)."""
    if isinstance(row, PlanRow):
        return PlanRow.title == row.title, "title", "同じ名前の計画がもうあります。別の名前にしてください"
    if isinstance(row, OfficeRow):
        said = "同じ名前の担当がもうあります。名前に係などを加えてください"
        return OfficeRow.name == row.name, "name", said
    if isinstance(row, WordRow):
        return and_(WordRow.word == row.word, WordRow.official == row.official), "word", "同じ組がもうあります"
    said = "同じ計画に同じものがもうあります。題・区別・番号のどれかを変えてください"
    same_plan = EntryRow.plan_id == row.plan_id
    if row.source_id:
        return and_(same_plan, EntryRow.source_id == row.source_id), "source_id", said
    same = and_(same_plan, EntryRow.section == row.section, EntryRow.title == row.title)
    return and_(same, EntryRow.variant == row.variant, EntryRow.source_id.is_(None)), "title", said


def _check_whole(session: Session, row: Row, problems: dict[str, str]) -> None:
    """Rules on several fields of one row, and on the rows beside it."""
    if isinstance(row, (EntryRow, PlanRow)) and row.valid_from and row.valid_to and row.valid_to < row.valid_from:
        problems.setdefault("valid_to", "始まりの日より前です。どちらかを直してください")
    if isinstance(row, WordRow) and row.word and row.word == row.official:
        problems.setdefault("word", "正式な言葉と同じです")
    with session.no_autoflush:
        if isinstance(row, EntryRow):
            if session.get(PlanRow, row.plan_id or 0) is None:
                problems.setdefault("plan_id", "計画を選んでください")
            if row.office_id is not None and session.get(OfficeRow, row.office_id) is None:
                problems.setdefault("office_id", "この担当はもうありません。選び直してください")
        twin, name, said = _twin_of(row)
        kind = type(row)
        others = select(kind.id).where(twin, kind.id != (row.id or 0))
        if name not in problems and session.scalar(others.limit(1)):
            problems[name] = said


def _apply(session: Session, row: Row, given: Mapping[str, str], area_code: str) -> None:
    """Sets the fields that differ; those that stay are not judged, so that an old oddity blocks no correction."""
    fields = fields_of(row.__tablename__, area_code)
    problems: dict[str, str] = {}
    for field in fields:
        if field.name not in given or (row.id and show(getattr(row, field.name)) == _same_text(given[field.name])):
            continue
        try:
            value = field.value(given[field.name])
        except FieldError as problem:
            problems[field.name] = str(problem)
            continue
        if value != getattr(row, field.name):
            setattr(row, field.name, value)
    _check_whole(session, row, problems)
    if problems:
        if row in session:
            session.expire(row)  # nothing of a refused form may be written by a later flush
        raise FieldsError(problems, {field.name: field.label for field in fields})


def save_row(
    session: Session, table: str, number: int, version: int, given: Mapping[str, str], area_code: str = ""
) -> Row:
    """Saves the fields of a form that began from a version of the row.

    Raises FieldsError, or ConflictError where the row is at another version by now and the form says otherwise.
    """
    row = find_row(session, table, number, lock=True)
    if row.version != version:
        clashes = _clashes(session, row, version, given, area_code)
        if clashes:
            query = select(Change.who).where(Change.kind == table, Change.item == number)
            who = session.scalar(query.order_by(Change.id.desc()).limit(1)) or ""
            raise ConflictError(clashes, row.version, who)
    _apply(session, row, given, area_code)
    session.flush()
    session.refresh(row)
    return row


def _clashes(session: Session, row: Row, version: int, given: Mapping[str, str], area_code: str) -> list[Clash]:
    base = facts_at(session, type(row), row.id, version) or {}
    clashes = []
    for field in fields_of(row.__tablename__, area_code):
        if field.name not in given:
            continue
        before, theirs = show(base.get(field.name)), show(getattr(row, field.name))
        mine = _same_text(given[field.name])
        if mine != theirs:
            choice = "theirs" if mine == before else "mine" if theirs == before else ""
            clashes.append(Clash(field, before, theirs, mine, choice))
    return clashes


def add_row(session: Session, table: str, given: Mapping[str, str], area_code: str = "") -> Row:
    """Adds a plan, office, entry or word. Raises FieldsError."""
    row = KINDS[table]()
    for field in fields_of(table, area_code):
        setattr(row, field.name, [] if field.lines else None)
    if isinstance(row, EntryRow):
        row.position = (session.scalar(select(func.max(EntryRow.position))) or 0) + 1
    whole = {field.name: given.get(field.name, "") for field in fields_of(table, area_code)}
    _apply(session, row, whole, area_code)
    session.add(row)
    session.flush()
    session.refresh(row)
    return row


def remove_row(session: Session, table: str, number: int, version: int) -> str:
    """Takes a row out of the draft; the history keeps it. Returns how staff read it.

    Raises KnowledgeError where another person changed it meanwhile, or entries still need it.
    """
    row = find_row(session, table, number, lock=True)
    if row.version != version:
        raise KnowledgeError("ほかの人が変更しています。いまの内容を見てから削除してください。")
    column = {"plan": EntryRow.plan_id, "office": EntryRow.office_id}.get(table)
    if column is not None:
        used = session.scalar(select(func.count()).select_from(EntryRow).where(column == number)) or 0
        if used:
            raise KnowledgeError(f"この{NAMES[table]}の取組が {used} 件あります。先に移すか削除してください。")
    label = label_of(read_facts(session, type(row), [number])[number])
    session.delete(row)
    session.flush()
    return label


def edit_many(session: Session, numbers: Collection[int], given: Mapping[str, str], area_code: str = "") -> int:
    """Sets the same fields of many entries, all or none; returns how many changed. Raises FieldsError."""
    changed = 0
    for number in numbers:
        row = find_row(session, "entry", number, lock=True)
        version = row.version
        try:
            changed += save_row(session, "entry", number, version, given, area_code).version != version
        except FieldsError as error:
            raise KnowledgeError(f"「{label_of(_facts(session, number))}」 {error}") from error
    return changed


def _facts(session: Session, number: int) -> dict[str, Any]:
    return read_facts(session, EntryRow, [number])[number]


def undo_change(session: Session, number: int) -> Row:
    """Brings back a removed row, or the fields that one change changed; recorded as a change of its own.

    Raises KnowledgeError for what cannot be brought back, and says what must come first.
    """
    change = session.get(Change, number)
    if change is None or change.before is None or change.kind not in KINDS:
        raise KnowledgeError("この履歴には戻す内容がありません。")
    before = dict(change.before)
    if change.action == REMOVED:
        if session.get(KINDS[change.kind], change.item) is not None:
            raise KnowledgeError("もう戻されています。")
        for name, kind, said in (("plan_id", PlanRow, "計画"), ("office_id", OfficeRow, "担当")):
            if before.get(name) and session.get(kind, before[name]) is None:
                raise KnowledgeError(f"{said}「{before[name[:-3]]}」がもうありません。先に履歴から戻してください。")
        row = KINDS[change.kind](id=change.item)
        if isinstance(row, EntryRow):
            row.position = (session.scalar(select(func.max(EntryRow.position))) or 0) + 1
        given = before
    else:
        row = find_row(session, change.kind, change.item, lock=True)
        given = {name: value for name, value in before.items() if value != (change.after or {}).get(name)}
    days = {field.name for field in fields_of(change.kind, "") if field.name in ("valid_from", "valid_to", "review_on")}
    for field in fields_of(change.kind, ""):
        if field.name in given:
            value = given[field.name]
            setattr(row, field.name, field.read(value or "") if field.name in days else value)
    problems: dict[str, str] = {}
    _check_whole(session, row, problems)
    if problems:
        if change.action == CHANGED:
            session.expire(row)
        raise FieldsError(problems, {field.name: field.label for field in fields_of(change.kind, "")})
    session.add(row)
    session.flush()
    session.refresh(row)
    return row
