"""Publishing, changing and ending notices."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from knowledge import KnowledgeError
from knowledge.editing.fields import FieldError, fields_of
from knowledge.editing.saving import FieldsError
from knowledge.notices import NOTICE, NoticeRow, read_topic


def find_notice(session: Session, number: int) -> NoticeRow:
    """Raises KnowledgeError where there is none."""
    if (row := session.get(NoticeRow, number)) is None:
        raise KnowledgeError("このお知らせはありません。一覧から選び直してください。")
    return row


def save_notice(session: Session, row: NoticeRow | None, given: Mapping[str, str], now: datetime) -> NoticeRow:
    """Publishes a new notice, or changes one, in the caller's transaction (`sign_changes` says who).

    Raises FieldsError; `now` is the ward's own time without a zone.
    """
    fields = fields_of(NOTICE, "")
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for field in fields:
        try:
            values[field.name] = field.value(given.get(field.name, ""))
            for topic in values["topics"] if field.name == "topics" else ():
                if not read_topic(topic).says_something:
                    raise FieldError(f"「{topic}」だけでは、どの質問か分かりません。「断水」のような言葉にしてください")
        except FieldError as error:
            problems[field.name] = str(error)
    if not problems and values["ends_at"] <= max(values["starts_at"], now):
        problems["ends_at"] = "始まりより後の、これからの時刻にしてください"
    if problems:
        raise FieldsError(problems, {field.name: field.label for field in fields})
    if row is None:
        session.add(row := NoticeRow())
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    session.flush()
    return row


def end_notice(session: Session, row: NoticeRow, now: datetime) -> None:
    """Ends a notice at once, in the caller's transaction; one that has ended stays as it is."""
    if row.ends_at > now:
        row.starts_at, row.ends_at = min(row.starts_at, now), now
        session.flush()
