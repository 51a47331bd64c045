"""What residents say of an answer reaches the question's row, and goes to review where it was wrong."""

import re
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from bot.models import QuestionLog
from bot.question_log import key_of_answer, log_row
from handlers.commands.desk import Desk
from tests.console import check_axe


def key_in(text: str) -> str:
    found = re.search('name="key" value="([0-9a-f]{24})"', text)
    assert found
    return found[1]


def said(client: Any, **form: str) -> str:
    answer = client.post("/feedback", data=form)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def only_row(desk: Desk) -> QuestionLog:
    with desk.sessions() as session:
        return session.scalars(select(QuestionLog)).one()


def test_wrong_offers_other_candidates_and_asks_what_was_meant(web: Flask, desk: Desk) -> None:
    client = web.test_client()
    page = client.post("/", data={"q": "放置自転車追放啓発活動"}).get_data(as_text=True)
    key = key_in(page)
    offered = said(client, key=key, said="wrong")
    assert "ほかに近いのはこちらです" in offered
    assert 'value="放置自転車追放啓発活動"' not in offered
    row = only_row(desk)
    assert (row.feedback, row.review, row.meant) == ("wrong", "waiting", "")
    assert "ありがとうございます" in said(client, key=key, said="wrong", meant="田中です。自転車を返して")
    assert only_row(desk).meant == "〔名前〕です。自転車を返して"
    assert "ありがとうございます" in said(client, key=key, said="good")
    assert only_row(desk).feedback == "good"


@pytest.mark.parametrize("form", [{"key": "0" * 16, "said": "wrong"}, {"key": "", "said": "good"}, {}])
def test_feedback_on_nothing_changes_nothing(web: Flask, desk: Desk, form: dict[str, str]) -> None:
    client = web.test_client()
    client.post("/", data={"q": "防災訓練"})
    assert "記録できませんでした" in said(client, **form)
    assert only_row(desk).feedback == ""


def test_no_answer_can_be_judged_and_an_emergency_stays_clear(web: Flask) -> None:
    client = web.test_client()
    assert key_in(client.post("/answer", data={"q": "ペンギンの飼い方"}).get_data(as_text=True))
    assert "役に立った" not in client.post("/answer", data={"q": "家が燃えてる"}).get_data(as_text=True)


def test_feedback_in_a_browser(page: Page, desk: Desk) -> None:
    page.goto("/")
    page.get_by_role("textbox", name="質問").fill("放置自転車追放啓発活動")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="違います").click()
    page.get_by_text("職員が見直します").wait_for()
    check_axe(page)
    page.get_by_label("よければ").fill("自転車を返してほしい")
    page.get_by_role("button", name="送る").click()
    page.get_by_text("これからの答えに生かします").wait_for()
    assert only_row(desk).meant == "自転車を返してほしい"


def test_the_keys_of_answers_begin_with_their_time_and_go_on_by_chance(desk: Desk) -> None:
    reply = desk.conversation.answer("防災訓練はいつ")
    keys = [str(log_row(desk.now(), "web", "", "防災訓練はいつ", reply, 1.0)["answer_key"]) for _ in range(20)]
    assert {int(key[:8], 16) for key in keys} == {int(desk.now().timestamp())}  # new ones are neighbours in the index
    assert len({key[8:] for key in keys}) == 20
    named = {key_of_answer(1_700_000_000_999, number, "m", "secret") for number in (1, 1, 2)}
    assert len(named) == 2
    assert {int(key[:8], 16) for key in named} == {1_700_000_000}
