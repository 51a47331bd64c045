"""Answers are judged by people, week by week; right, wrong and declined stay apart on every page."""

import re
from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import insert, select

from bot.judging.models import JudgedSample, ReleaseScore
from bot.judging.samples import draw_sample, judge_sample, keep_as_test, next_unjudged
from bot.judging.scores import Known, Tally, list_scores, score_live
from bot.models import QuestionLog
from bot.question_log import log_row
from bot.retention import Retention, remove_outdated
from handlers.commands.desk import Desk
from knowledge import KnowledgeError
from knowledge.models import EntryRow
from knowledge.publishing.models import TestQuestion
from knowledge.releases import publish_release
from tests.conftest import NOW
from tests.console import Console, check_axe, press, sign_in_page

WEEK = date(2026, 11, 16)  # the Monday of the week before NOW's
ANSWERED, DECLINED = "放置自転車追放啓発活動", "ペンギンの飼い方を知りたい"


def log(desk: Desk, *questions: str, at: datetime = datetime(2026, 11, 18, 9)) -> None:
    rows = [log_row(at, "web", "", question, desk.conversation.answer(question), 2.0) for question in questions]
    with desk.sessions() as session:
        session.execute(insert(QuestionLog), rows)
        session.commit()


def numbers_by_question(desk: Desk) -> dict[str, int]:
    with desk.sessions() as session:
        return {row.question: row.id for row in session.scalars(select(JudgedSample))}


def test_a_sample_is_of_its_week_and_drawn_once(desk: Desk) -> None:
    log(desk, *[f"{DECLINED}{n}" for n in range(900)], "ありがとう")
    log(desk, "前の週の質問", at=datetime(2026, 11, 15, 23))
    log(desk, "次の週の質問", at=datetime(2026, 11, 23, 0))
    with desk.sessions() as session:
        assert draw_sample(session, WEEK) == 30
        assert draw_sample(session, WEEK) == 0
        assert draw_sample(session, WEEK, 40) == 10
        session.commit()
        drawn = session.scalars(select(JudgedSample)).all()
    assert len({row.log_id for row in drawn}) == 40
    assert {row.asked_at for row in drawn} == {datetime(2026, 11, 18, 9)}
    numbers = sorted(row.log_id for row in drawn)
    assert numbers[0] < 300  # from all over the week
    assert numbers[-1] > 600


def test_a_verdict_goes_with_the_answer_and_becomes_a_test(desk: Desk) -> None:
    log(desk, ANSWERED, DECLINED, "うさぎの飼い方")
    with desk.sessions() as session:
        draw_sample(session, WEEK)
        session.commit()
    number = numbers_by_question(desk)
    entry = desk.conversation.answer(ANSWERED).decision.matches[0].entry
    other = next(e for e in desk.conversation.live.get().entries if e.title == "防災訓練")
    with desk.sessions() as session:
        for wrong in ("declined_rightly", "", "fine"):
            with pytest.raises(KnowledgeError, match="判定を選んで"):
                judge_sample(session, number[ANSWERED], wrong, "", "taro", NOW)
        with pytest.raises(KnowledgeError, match="同じです"):
            judge_sample(session, number[ANSWERED], "wrong", entry.id, "taro", NOW)
        judge_sample(session, number[ANSWERED], "wrong", "", "taro", NOW)
        with pytest.raises(KnowledgeError, match="正しい取組が分かりません"):
            keep_as_test(session, number[ANSWERED], "taro", NOW)
        judge_sample(session, number[ANSWERED], "right", "", "taro", NOW)
        judge_sample(session, number[DECLINED], "declined_wrongly", other.id, "taro", NOW)
        judge_sample(session, number["うさぎの飼い方"], "outside", other.id, "taro", NOW)
        for sample in number.values():
            keep_as_test(session, sample, "taro", NOW)
        session.commit()
        expected = {row.question: row.expected for row in session.scalars(select(TestQuestion))}
        assert next_unjudged(session) is None
    assert entry.title in expected[ANSWERED]
    assert "防災訓練" in expected[DECLINED]
    assert expected["うさぎの飼い方"] == ""
    score_live(desk.sessions, desk.conversation)
    with desk.sessions() as session:
        for kind in ("judged", "tests"):
            (score,) = list_scores(session, kind)
            assert score.counts == Counter(right=1, declined_rightly=1, declined_wrongly=1, wrong=0)


def test_a_release_is_asked_again_what_is_known(desk: Desk) -> None:
    question = "ケッタマシンがじゃまくさい"
    log(desk, question)
    live = desk.conversation.answer(question).decision.matches[0].entry
    with desk.sessions() as session:
        draw_sample(session, WEEK)
        number = session.scalars(select(JudgedSample.id)).one()
        entry = session.scalars(select(EntryRow).where(EntryRow.title == live.title)).one()
        judge_sample(session, number, "declined_wrongly", live.id, "taro", NOW)
        session.commit()
        score_live(desk.sessions, desk.conversation)
        entry.examples = [*entry.examples, question]
        publish_release(session, NOW, "")
        session.commit()
        desk.conversation.live._looked = 0.0
        score_live(desk.sessions, desk.conversation, most=0)  # more than a page waits for
        assert [tally.release for tally in list_scores(session, "judged")] == [1]
        score_live(desk.sessions, desk.conversation)
        trend = [(t.release, t.counts["right"], t.counts["declined_wrongly"]) for t in list_scores(session, "judged")]
        assert trend == [(2, 1, 0), (1, 0, 1)]
        stamps = session.scalars(select(ReleaseScore.at)).all()
        score_live(desk.sessions, desk.conversation)  # nothing has changed
        assert session.scalars(select(ReleaseScore.at)).all() == stamps


def test_verdicts_of_known_questions(desk: Desk) -> None:
    decision = desk.conversation.answer(ANSWERED).decision
    right = decision.matches[0].entry.id
    hours = desk.conversation.answer("区役所は何時まで").decision
    unknown = desk.conversation.answer(DECLINED).decision
    assert Known("", right).verdict(decision) == "right"
    assert Known("", "other").verdict(decision) == "wrong"
    assert Known("").verdict(decision) == "wrong"
    assert Known("").verdict(unknown) == "declined_rightly"
    assert Known("", right).verdict(unknown) == "declined_wrongly"
    assert Known("", "", "hours").verdict(hours) == "right"
    assert Known("", "", "hours").verdict(decision) == "wrong"
    assert Known("").verdict(hours) == "wrong"


def test_wilson_by_hand() -> None:
    low, high = Tally(1, Counter(wrong=2, right=18)).range_of("wrong")
    assert (round(low, 4), round(high, 4)) == (0.0279, 0.3010)  # 2 of 20, z 1.96
    assert Tally(1, Counter()).range_of("wrong") == (0.0, 1.0)


def test_what_nobody_judged_goes_with_the_texts(desk: Desk) -> None:
    log(desk, ANSWERED, DECLINED)
    with desk.sessions() as session:
        draw_sample(session, WEEK)
        session.commit()
        judge_sample(session, numbers_by_question(desk)[DECLINED], "declined_rightly", "", "taro", NOW)
        session.commit()
    remove_outdated(desk.sessions, Retention(90, 1095, 30), NOW + timedelta(days=100))
    assert list(numbers_by_question(desk)) == [DECLINED]


def test_judging_by_keys_and_the_pages_that_say_it(page: Page, web: Flask, desk: Desk) -> None:
    log(desk, ANSWERED, DECLINED)
    sign_in_page(page, web, desk, "editor")
    page.goto("/console/questions/samples")
    check_axe(page)
    press(page, "n")
    page.get_by_role("heading", name=ANSWERED).or_(page.get_by_role("heading", name=DECLINED)).wait_for()
    check_axe(page)
    for _ in range(2):
        press(page, "1")
    page.get_by_text("すべて判定しました").wait_for()
    page.get_by_role("link", name=DECLINED).click()
    page.get_by_role("button", name="テスト質問に加える").click()
    page.get_by_text("テスト質問に加えました").wait_for()
    check_axe(page, "/console/statistics/scores")
    text = page.inner_text("main")
    assert re.search(r"すべて\s+2\s+1（50%）\s+0（0%）\s+1（50%）", text)
    check_axe(page, "/console/statistics/report?since=2026-11-01&until=2026-11-30")
    assert "1（50%）" in page.inner_text("main")
    viewer = Console(web, desk, "viewer")
    assert "正しく答えた</button>" not in viewer.text("/console/questions/samples/1")
    assert viewer.post("/console/questions/samples/1/judge", {"verdict": "right"}).status_code == 403
    refused = Console(web, desk, "operator").post("/console/questions/samples/1/judge", {"verdict": "x"})
    assert refused.status_code == 422
