"""The home page: what waits, how much of it, and where it is dealt with."""

import re
import threading
import time
from datetime import timedelta

import pytest
from flask import Flask

from bot.review.models import QuestionCluster
from handlers.commands.desk import Desk
from knowledge.models import EntryRow, OfficeRow, WordRow
from knowledge.releases import DraftComparison, publish_release
from tests.conftest import NOW
from tests.console import Console

LINE = re.compile(r'<a href="([^"]+)">([^<]+)</a>(?:(?!</tr>).)*<td class="number">(\d+)</td>', re.DOTALL)


def waiting(console: Console) -> dict[str, tuple[int, str]]:
    page = console.text("/console/")
    while "数えています" in page:
        time.sleep(0.05)
        page = console.text("/console/")
    table = page.partition('<table class="tasks">')[2]
    return {label: (int(count), href.replace("&amp;", "&")) for href, label, count in LINE.findall(table)}


def test_each_line_counts_what_its_list_shows(web: Flask, desk: Desk) -> None:
    with desk.sessions() as session:
        for number, row in enumerate(session.query(EntryRow).limit(6)):
            row.examples = row.examples[:3] if number < 2 else row.examples
            row.office = None if number == 3 else row.office
            row.review_on = NOW.date() if number == 4 else None
            row.valid_to = NOW.date() + timedelta(days=10) if number == 5 else row.valid_to
        session.commit()
    console = Console(web, desk, "viewer")
    lines = waiting(console)
    assert {"期限切れ", "まもなく期限切れ", "見直し日を過ぎた", "担当なし", "想定質問が少ない"} <= lines.keys()
    assert lines["見直し日を過ぎた"][0] == 1
    for label, (count, href) in lines.items():
        if label != "公開していない下書きの変更":
            assert f"{count} 件" in console.text(href), label


def test_changes_wait_until_they_are_published(web: Flask, desk: Desk) -> None:
    console = Console(web, desk, "viewer")
    assert "公開していない下書きの変更" not in waiting(console)
    with desk.sessions() as session:
        session.get_one(OfficeRow, 1).counter = "㊿番"
        session.get_one(EntryRow, 1).note = "書きかえた"
        session.delete(session.get_one(EntryRow, 2))
        session.add(WordRow(word="ちゃりんこ", official="自転車"))
        session.commit()
        found = DraftComparison().count(session)
        assert found
        assert (found.added, found.changed, found.removed, found.offices, found.entries) == (1, 2, 1, 1, 2)
        assert waiting(console)["公開していない下書きの変更"] == (4, "/console/publishing")
        assert found.total == 4
        publish_release(session, NOW, "窓口の変更")
        session.commit()
    assert "公開していない下書きの変更" not in waiting(console)
    page = console.text("/console/")
    assert "公開版 2" in page
    assert "窓口の変更" in page
    assert "公開していない下書きの変更" not in waiting(console)


def test_a_day_with_nothing_to_do_says_so(web: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.editing.listing.FEW_EXAMPLES", 0)
    with desk.sessions() as session:
        for row in session.query(EntryRow):
            row.office = row.office or session.get_one(OfficeRow, 1)
            row.valid_from, row.valid_to = NOW.date(), NOW.date() + timedelta(days=365)
        publish_release(session, NOW, "")
        session.commit()
    console = Console(web, desk, "viewer")
    assert waiting(console) == {}
    assert "待っている仕事はありません" in console.text("/console/")


def test_questions_wait_until_somebody_decides(web: Flask, desk: Desk) -> None:
    with desk.sessions() as session:
        for state in ("open", "open", "ignored"):
            session.add(QuestionCluster(label="断水", state=state, count=3, first_at=NOW, last_at=NOW))
        session.commit()
    assert waiting(Console(web, desk, "operator"))["答えられなかった質問"] == (2, "/console/questions")


def test_a_large_draft_is_counted_behind_the_page(web: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, count = threading.Event(), DraftComparison.count
    monkeypatch.setattr(DraftComparison, "count", lambda self, session: go_on.wait(20) and count(self, session))
    with desk.sessions() as session:
        session.get_one(OfficeRow, 1).counter = "㊿番"
        session.commit()
    console = Console(web, desk, "viewer")
    answer = console.get("/console/")
    assert "数えています" in answer.get_data(as_text=True)
    assert answer.headers["Refresh"] == "1"
    go_on.set()
    assert waiting(console)["公開していない下書きの変更"][0] == 1
    assert "Refresh" not in console.get("/console/").headers
