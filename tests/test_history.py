"""Every change of the draft is recorded by whoever makes it, and nothing erases the record."""

from pathlib import Path

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from bot.backup import restore_backup, save_backup
from handlers.commands.desk import Desk
from knowledge import KnowledgeError
from knowledge.document import ResidentWord
from knowledge.exchange import shipped_document
from knowledge.history import ADDED, CHANGED, COMMAND, REMOVED, Change, facts_at, list_history, sign_changes
from knowledge.merging.comparing import merge_into_draft
from knowledge.models import EntryRow, OfficeRow, PlanRow, WordRow
from tests.conftest import NOW


def test_the_first_knowledge_base_is_recorded(desk: Desk) -> None:
    with desk.sessions() as session:
        changes = list_history(session, most=1000)
        kinds = [change.kind for change in changes]
        assert (kinds.count("entry"), kinds.count("plan")) == (44, 3)
        assert {(c.who, c.why, c.action) for c in changes} == {(COMMAND, "はじめの知識ベース", ADDED)}
        assert {c.at for c in changes} == {NOW.replace(tzinfo=None)}


def test_a_change_is_who_when_why_before_and_after(desk: Desk) -> None:
    with desk.sessions() as session:
        sign_changes(session, "hanako", "窓口の移転")
        office = session.query(OfficeRow).filter_by(phone="06-6915-9162").one()
        entry = session.query(EntryRow).filter_by(title="防災訓練").first()
        assert entry is not None
        number, old = entry.id, entry.office and entry.office.name
        office.counter = "⑪番"
        entry.office = None
        session.add(WordRow(word="ほかす", official="廃棄"))
        session.commit()
        by_kind = {change.kind: change for change in list_history(session, who="hanako")}
        assert set(by_kind) == {"office", "entry", "word"}
        assert {c.why for c in by_kind.values()} == {"窓口の移転"}
        counter = by_kind["office"]
        assert (counter.action, counter.before["counter"], counter.after["counter"]) == (CHANGED, "⑩番", "⑪番")  # type: ignore[index]
        moved = by_kind["entry"]
        assert (moved.before["office"], moved.after["office"]) == (old, None)  # type: ignore[index]
        assert facts_at(session, EntryRow, number, 1)["office"] == old  # type: ignore[index]
        session.delete(entry)
        session.commit()
        (gone,) = list_history(session, "entry", number, most=1)
        assert (gone.action, gone.after, gone.before["title"]) == (REMOVED, None, "防災訓練")  # type: ignore[index]


def test_what_changes_nothing_leaves_no_trace(desk: Desk) -> None:
    with desk.sessions() as session:
        before = len(list_history(session, most=1000))
        merge_into_draft(session, shipped_document(), by_hand=True)
        entry = session.query(EntryRow).first()
        assert entry is not None
        entry.note, entry.imported = "", {"title": "x"}
        session.commit()
        assert len(list_history(session, most=1000)) == before


def test_what_is_refused_is_not_in_the_history(desk: Desk) -> None:
    with desk.sessions() as session:
        session.add(PlanRow(title="鶴見区将来ビジョン"))
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()
        assert list_history(session, "plan", most=1)[0].why == "はじめの知識ベース"


def test_two_who_write_one_row_at_once_are_told_apart(desk: Desk) -> None:
    with desk.sessions() as first, desk.sessions() as second:
        mine, theirs = first.get(EntryRow, 1), second.get(EntryRow, 1)
        assert mine is not None
        assert theirs is not None
        second.commit()
        mine.note = "一人目"
        first.commit()
        theirs.note = "二人目"
        with pytest.raises(StaleDataError):
            second.commit()


@pytest.mark.parametrize("kind", [Change, EntryRow, OfficeRow, PlanRow, WordRow])
def test_no_statement_goes_past_the_history(desk: Desk, kind: type[Change]) -> None:
    with desk.sessions() as session:
        for statement in (update(kind).values(id=7), delete(kind), insert(kind).values(id=7)):
            with pytest.raises(KnowledgeError):
                session.execute(statement)


def test_the_database_itself_keeps_the_history(desk: Desk, tmp_path: Path) -> None:
    def erase() -> None:
        for statement in ("UPDATE history SET who = 'x'", "DELETE FROM history", "DELETE FROM history WHERE id = 1"):
            with pytest.raises(DBAPIError, match="never changed"), desk.engine.begin() as connection:
                connection.execute(text(statement))

    erase()
    saved = tmp_path / "all.zip"
    save_backup(desk.engine, saved)
    with desk.sessions() as session:
        session.add(WordRow(word="ほかす", official="廃棄"))
        session.commit()
        count = len(list_history(session, most=1000))
    restore_backup(desk.engine, saved)
    with desk.sessions() as session:
        assert len(list_history(session, most=1000)) == count - 1
    erase()
    saved.write_bytes(saved.read_bytes()[:-3000])
    with pytest.raises(KnowledgeError):
        restore_backup(desk.engine, saved)
    erase()


def test_residents_words_come_with_a_document_and_go_only_when_asked(desk: Desk) -> None:
    document = shipped_document()
    document.thesaurus = [ResidentWord("ほかす", "廃棄"), ResidentWord("チャリ", "自転車")]
    with desk.sessions() as session:
        assert len(merge_into_draft(session, document, by_hand=True).added) == 2
        document.thesaurus = document.thesaurus[1:]
        assert merge_into_draft(session, document, by_hand=True).vanished == ["ほかす → 廃棄"]
        merge_into_draft(session, document, by_hand=True, remove_vanished=True)
        assert [row.word for row in session.query(WordRow)] == ["チャリ"]
        merge_into_draft(session, shipped_document(), by_hand=True, remove_vanished=True)
        assert [row.word for row in session.query(WordRow)] == ["チャリ"]
