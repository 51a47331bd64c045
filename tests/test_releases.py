"""Publishing, and the way back."""

import time

import pytest

from handlers.commands.desk import Desk
from knowledge import KnowledgeError
from knowledge.draft import read_draft
from knowledge.exchange import shipped_document
from knowledge.merging.comparing import merge_into_draft
from knowledge.models import EntryRow
from knowledge.releases import live_number, point_to_release, publish_release, read_release
from tests.conftest import NOW


def test_a_release_never_changes_and_can_be_returned_to(desk: Desk) -> None:
    with desk.sessions() as session:
        before = read_release(session, 1)
        row = session.query(EntryRow).first()
        assert row is not None
        row.title = "新しい題"
        session.flush()
        assert publish_release(session, NOW, "題を変えた") == 2
        assert read_release(session, 1) == before
        assert read_release(session, 2).entries[0].title == "新しい題"
        point_to_release(session, 1, NOW)
        assert live_number(session) == 1
        with pytest.raises(KnowledgeError):
            point_to_release(session, 9, NOW)


def test_importing_the_same_twice_changes_nothing(desk: Desk) -> None:
    with desk.sessions() as session:
        before = read_draft(session)
        changes = merge_into_draft(session, shipped_document(), by_hand=True)
        assert (changes.added, changes.changed) == ([], {})
        assert read_draft(session) == before


def test_a_watching_process_follows_a_release_without_letting_a_question_wait(desk: Desk) -> None:
    live = desk.conversation.live
    live.watch()
    before = live.get()
    with desk.sessions() as session:
        row = session.query(EntryRow).first()
        assert row is not None
        row.explanation = "公開のあとに変わった説明"
        publish_release(session, NOW, "説明を変えた")
        session.commit()
    assert live.get() is before  # not built by the one who asks
    deadline = time.monotonic() + 2
    while live.get().release == 1 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert live.get().release == 2
    assert live.get().entries[0].explanation == "公開のあとに変わった説明"
    assert before.entries[0].explanation != "公開のあとに変わった説明"


def test_a_large_release_is_indexed_by_a_process_of_its_own(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlp.parameters.LEAST_ITEMS_FOR_FACTORS", 40)
    built_here: list[object] = []
    live = desk.conversation.live
    live.watch()
    monkeypatch.setattr("nlp.indexing.stored.build_arrays", built_here.append)
    with desk.sessions() as session:
        row = session.query(EntryRow).first()
        assert row is not None
        row.title = "ぽんぽこ祭り"
        publish_release(session, NOW, "題を変えた")
        session.commit()
    deadline = time.monotonic() + 20
    while live.get().release == 1 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert live.get().find("ぽんぽこ祭り", NOW.date(), 1)[0].entry.title == "ぽんぽこ祭り"
    assert built_here == []
