"""Texts go after months, figures after years, and one process does it a day."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select

from bot.models import InboxEvent, QuestionLog
from bot.question_log import log_row
from bot.record.models import LogProgress
from bot.retention import DailyRemoval, Removed, Retention, read_last_run, remove_outdated
from handlers.commands.desk import Desk
from handlers.settings import read_settings, retention_of
from knowledge.jobs import Job, add_job
from tests.conftest import NOW
from tests.console import Console

KEPT = Retention(texts=90, figures=1095, inbox=30)


def log_at(desk: Desk, *days_ago: int) -> None:
    reply = desk.conversation.answer("ペンギン")
    rows = [
        log_row(NOW.replace(tzinfo=None) - timedelta(days=days), "web", "", f"ペンギン{days}", reply, 1.0)
        for days in days_ago
    ]
    with desk.sessions() as session:
        session.execute(insert(QuestionLog), rows)
        session.commit()


def test_texts_go_before_figures(desk: Desk) -> None:
    log_at(desk, 1, 89, 91, 1094, 1096)
    assert remove_outdated(desk.sessions, KEPT, NOW) == Removed(3, 1, 0)
    assert remove_outdated(desk.sessions, KEPT, NOW) == Removed(0, 0, 0)
    with desk.sessions() as session:
        left = session.scalars(select(QuestionLog.question).order_by(QuestionLog.id)).all()
        assert left == ["ペンギン1", "ペンギン89", "", ""]
        assert session.scalars(select(QuestionLog.intent)).all() == ["unknown"] * 4


def test_ended_events_go_and_open_ones_stay(desk: Desk) -> None:
    old = int((NOW - timedelta(days=31)).timestamp() * 1000)
    with desk.sessions() as session:
        for number, state in enumerate(("done", "dead", "waiting")):
            session.add(
                InboxEvent(channel="line", event_id=str(number), user_id="", text="", reply_token="", sent_at=old,
                           received_at=old, state=state)
            )  # fmt: skip
        session.commit()
    assert remove_outdated(desk.sessions, KEPT, NOW).events == 2


def test_days_of_the_inbox_are_a_setting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for hours in (25, 47, 49, 24 * 29):
        at = int((NOW - timedelta(hours=hours)).timestamp() * 1000)
        with desk.sessions() as session:
            session.add(
                InboxEvent(channel="line", event_id=str(hours), user_id="", text="", reply_token="", sent_at=at,
                           received_at=at, state="done")
            )  # fmt: skip
            session.commit()
    monkeypatch.setenv("KEEP_INBOX_DAYS", "2")
    DailyRemoval(desk.sessions, retention_of(read_settings()), lambda: NOW).run_if_due()
    with desk.sessions() as session:
        assert session.scalars(select(InboxEvent.event_id).order_by(InboxEvent.id)).all() == ["25", "47"]


def test_many_go_some_at_a_time(desk: Desk) -> None:
    log_at(desk, *[100] * 1_200)
    assert remove_outdated(desk.sessions, KEPT, NOW).texts == 1_200


def test_questions_are_filed_while_residents_write(desk: Desk, web: Flask) -> None:
    log_at(desk, 1)
    rarely, steady = web.extensions["chores"]
    DailyRemoval(desk.sessions, KEPT, lambda: NOW, rarely, steady, lambda: True).start()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with desk.sessions() as session:
            if session.scalar(select(QuestionLog.cluster_id)):
                break
        time.sleep(0.1)
    with desk.sessions() as session:
        assert session.scalar(select(QuestionLog.review)) == "filed"
        assert session.scalars(select(LogProgress.last)).one() == 0, "the rest waits"


def test_a_run_that_failed_is_tried_again_the_same_day(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    log_at(desk, 100)
    tried: list[object] = []

    def fail(*asked: object) -> Removed:
        tried.append(asked)
        raise OSError("disk full")

    one, other = (DailyRemoval(desk.sessions, KEPT, lambda: NOW) for _ in range(2))
    monkeypatch.setattr("bot.retention.remove_outdated", fail)
    with pytest.raises(OSError, match="disk full"):
        one.run_if_due()
    monkeypatch.undo()
    with desk.sessions() as session:
        assert read_last_run(session) is None, "what failed is no run"
    assert one.run_if_due() is None, "it waits a while"
    assert other.run_if_due() == Removed(1, 0, 0)


def test_imports_that_were_kept_long_enough_go_though_no_new_one_comes(desk: Desk) -> None:
    with desk.sessions() as session:
        for days in (29, 31):
            add_job(session, "import", f"{days}.csv", "hanako", NOW, b"x").created_at -= timedelta(days=days)
        session.commit()
    remove_outdated(desk.sessions, KEPT, NOW)
    with desk.sessions() as session:
        assert session.scalars(select(Job.subject)).all() == ["29.csv"]


def test_one_process_a_day_and_the_page_says_when(desk: Desk, web: Flask) -> None:
    console = Console(web, desk, "viewer")
    assert "まだありません" in console.text("/console/questions")
    log_at(desk, 100)
    first, second = (DailyRemoval(desk.sessions, KEPT, lambda: NOW) for _ in range(2))
    assert first.run_if_due() == Removed(1, 0, 0)
    assert second.run_if_due() is None
    tomorrow = DailyRemoval(desk.sessions, replace(KEPT, figures=100), lambda: NOW + timedelta(days=1))
    assert tomorrow.run_if_due() == Removed(0, 1, 0)
    text = console.text("/console/questions")
    assert "文は 90 日、統計は 1095 日" in text
    assert "2026-11-25" in text
