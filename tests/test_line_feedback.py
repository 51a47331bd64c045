"""What residents say of an answer on LINE: judged once, by the one who asked, and what was meant instead."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.channels.buttons import read_question_data
from bot.models import QuestionLog
from bot.retention import Retention, remove_outdated
from bot.review.meanings import MeaningAsked
from handlers.commands.desk import Desk
from handlers.settings import Settings
from tests.conftest import NOW
from tests.line_server import Line
from tests.test_line import Served, event


@pytest.fixture
def served(desk: Desk, settings: Settings) -> Iterator[Served]:
    application = Served(desk, settings)
    application.worker.start()
    yield application
    application.worker.stop()


def press(number: int, data: str, user: str = "U1", **more: Any) -> dict[str, Any]:
    """A postback as LINE sends it."""
    pressed = {**event(number, user=user, **more), "type": "postback", "postback": {"data": data}}
    del pressed["message"]
    return pressed


def buttons(node: Any) -> dict[str, str]:
    """Label → data of every button in what was sent that judges an answer."""
    if isinstance(node, list):
        return {label: data for item in node for label, data in buttons(item).items()}
    if not isinstance(node, dict):
        return {}
    judges = node.get("type") == "postback" and not read_question_data(node["data"])
    own = {node["label"]: node["data"]} if judges else {}
    return own | buttons(list(node.values()))


def ask(served: Served, line: Line, number: int, words: str, user: str = "U1") -> dict[str, str]:
    """Asks; the buttons of the answer."""
    served.post(event(number, words, user))
    served.settled()
    assert line.refused == []
    return buttons(line.accepted[-1]["messages"])


def say(served: Served, line: Line, number: int, data: str, user: str = "U1") -> dict[str, Any]:
    """Presses a button; the last message of the reply."""
    served.post(press(number, data, user))
    served.settled()
    assert line.refused == []
    message: dict[str, Any] = line.accepted[-1]["messages"][-1]
    return message


def rows(served: Served) -> list[QuestionLog]:
    with served.desk.sessions() as session:
        return list(session.scalars(select(QuestionLog).order_by(QuestionLog.id)))


WORDS = ("放置自転車追放啓発活動", "ペンギンの飼い方", "④番は何の課", "こんにちは", "土曜日は開いてますか")


def test_every_answer_can_be_judged_and_names_nobody(served: Served, line: Line) -> None:
    for number, words in enumerate(WORDS):
        offered = ask(served, line, 2 * number, words)
        assert set(offered) == {"役に立った", "違います"}, words
        assert all(re.fullmatch("(good|wrong):[0-9a-f]{24}", data) for data in offered.values())
        assert "ありがとうございます" in say(served, line, 2 * number + 1, offered["役に立った"])["text"]
    assert [(row.feedback, row.question) for row in rows(served)] == [("good", words) for words in WORDS]


def test_nothing_stands_beside_the_number_of_an_emergency(served: Served, line: Line) -> None:
    assert ask(served, line, 1, "家が燃えてる") == {}


def test_nobody_judges_where_line_names_nobody(served: Served, line: Line) -> None:
    served.post(event(1, "防災訓練", source=None))
    served.settled()
    assert buttons(line.accepted[-1]["messages"]) == {}


def test_wrong_offers_the_others_and_the_next_message_is_what_was_meant(served: Served, line: Line) -> None:
    offered = ask(served, line, 1, "放置自転車追放啓発活動")
    reply = say(served, line, 2, offered["違います"])
    assert "ほかに近いのはこちらです" in reply["text"]
    assert "続けて書いてください" in reply["text"]
    others = [item["action"]["displayText"] for item in reply["quickReply"]["items"]]
    assert others
    assert "放置自転車追放啓発活動" not in others
    ask(served, line, 3, "田中です。自転車を返して")
    ask(served, line, 4, "防災訓練はいつ")
    first, second, third = rows(served)
    assert (first.feedback, first.review, first.meant) == ("wrong", "waiting", "〔名前〕です。自転車を返して")
    assert (second.meant, third.meant) == ("", "")
    served.post({"type": "unsend", "mode": "active", "webhookEventId": "u", "unsend": {"messageId": "m3"}})
    assert [row.meant for row in rows(served)] == ["", ""], "what was meant stays of a message that was taken back"


@pytest.mark.parametrize("between", ["ありがとう", None])
def test_thanks_and_another_opinion_are_no_meaning(served: Served, line: Line, between: str | None) -> None:
    offered = ask(served, line, 1, "放置自転車追放啓発活動")
    say(served, line, 2, offered["違います"])
    if between:
        ask(served, line, 3, between)
    else:
        say(served, line, 3, offered["役に立った"])
    ask(served, line, 4, "防災訓練はいつ")
    assert [row.meant for row in rows(served)] == [""] * len(rows(served))


def test_a_later_message_is_a_new_matter(served: Served, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    say(served, line, 2, ask(served, line, 1, "放置自転車追放啓発活動")["違います"])
    monkeypatch.setattr(served.desk.conversation, "clock", lambda: NOW + timedelta(minutes=11))
    ask(served, line, 3, "防災訓練はいつ")
    assert [row.meant for row in rows(served)] == ["", ""]


def test_a_button_of_nothing_known_gets_a_kind_word(served: Served, line: Line) -> None:
    strange = ("wrong:0000000000000000", "good:", "odd:1", "", "wrong:" + "x" * 290, "'; --")
    served.post(*(press(number, data) for number, data in enumerate(strange, 1)))
    served.settled()
    assert line.refused == []
    assert ["見つかりませんでした" in sent["messages"][0]["text"] for sent in line.accepted] == [True] * len(strange)
    assert rows(served) == []


def test_nobody_judges_anothers_answer_on_any_channel(served: Served, line: Line) -> None:
    offered = ask(served, line, 1, "防災訓練はいつ")
    assert "見つかりませんでした" in say(served, line, 2, offered["違います"], "U2")["text"]
    key = offered["違います"].partition(":")[2]
    page = served.client.post("/feedback", data={"key": key, "said": "wrong"}).get_data(as_text=True)
    assert "記録できませんでした" in page
    (row,) = rows(served)
    assert row.feedback == ""


def test_a_button_pressed_once_counts_and_is_answered_once(
    served: Served, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery._FIRST_RETRY", 50)
    offered = ask(served, line, 1, "防災訓練はいつ")
    line.faults = ["lost", 500]
    served.post(press(2, offered["違います"]))
    served.post(press(2, offered["違います"], deliveryContext={"isRedelivery": True}))
    assert [(row.kind, row.state, row.text) for row in served.settled()] == [
        ("text", "done", ""),
        ("postback", "done", ""),
    ]
    assert [sent["replyToken"] for sent in line.accepted] == ["token-1", "token-2"]
    (row,) = rows(served)
    assert row.feedback == "wrong"


def test_an_answer_that_had_to_be_tried_again_keeps_its_key(
    served: Served, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery._FIRST_RETRY", 50)
    line.faults = ["lost"]
    offered = ask(served, line, 1, "防災訓練はいつ")
    assert "ありがとうございます" in say(served, line, 2, offered["役に立った"])["text"]


def test_a_button_pressed_at_once_waits_for_its_answers_row(served: Served, line: Line) -> None:
    offered = ask(served, line, 1, "防災訓練はいつ")
    served.post(event(2, "ペンギンの飼い方"), press(3, offered["違います"]))
    served.settled()
    assert "職員が見直します" in line.accepted[-1]["messages"][-1]["text"]
    assert [row.feedback for row in rows(served)] == ["wrong", ""]


def test_what_was_asked_and_never_answered_is_removed(desk: Desk) -> None:
    with desk.sessions() as session:
        for user, days in (("a", 0), ("b", 2)):
            session.add(MeaningAsked(user=user, answer_key="k", at=NOW.replace(tzinfo=None) - timedelta(days=days)))
        session.commit()
    remove_outdated(desk.sessions, Retention(90, 1095, 30), NOW)
    with desk.sessions() as session:
        assert session.scalars(select(MeaningAsked.user)).all() == ["a"]
