"""Slack: signed events into the running application; what is posted, and what is stored and logged."""

import json
from dataclasses import replace
from typing import Any

from sqlalchemy import text
from structlog.testing import capture_logs

from handlers.slack.webhook import is_signed
from tests.slack import BOT, Served, buttons, callback, mention, message, pressed, signed, words
from tests.slack_server import Slack


def test_a_direct_message_is_answered_once_however_often_it_is_delivered(on_slack: Served, slack: Slack) -> None:
    asked = callback(1, message(1, "放置自転車追放啓発活動"))
    assert [on_slack.send(asked), on_slack.send(asked, again=1)] == [200, 200]
    (row,) = on_slack.settled()
    assert on_slack.send(asked, again=2) == 200
    assert (row.channel, row.event_id, row.state, row.outcome) == ("slack", "Ev1", "done", "sent 200")
    assert (row.text, row.user_id, row.reply_token) == ("", "", "")
    (sent,) = slack.posted
    assert slack.refused == []
    assert sent["channel"] == "DU1"
    assert "thread_ts" not in sent
    assert sent["blocks"][0] == {
        "type": "header", "text": {"type": "plain_text", "text": "放置自転車追放啓発活動", "emoji": False},
    }  # fmt: skip
    assert "*4階 ④番窓口*\\n電話 <tel:0669159173|06-6915-9173>" in words(sent)
    assert "放置自転車追放啓発活動" in sent["text"]
    (logged,) = on_slack.logged()
    assert (logged.channel, logged.intent, logged.answered) == ("slack", "initiative", True)
    assert logged.user not in ("", "U1")
    assert slack.calls == {"chat.postMessage": 1}


def test_a_mention_is_answered_in_its_thread_without_the_mention(on_slack: Served, slack: Slack) -> None:
    first = mention(1, "<!channel> 防災訓練はいつ &lt;急ぎ&gt;")
    within = mention(2, "こんにちは", thread_ts="1700000000.000100")
    on_slack.say(first, within)
    on_slack.settled()
    assert [sent["thread_ts"] for sent in slack.posted] == [first["ts"], "1700000000.000100"]
    assert on_slack.logged()[0].question == "防災訓練はいつ <急ぎ>"
    assert BOT not in json.dumps([row.question for row in on_slack.logged()])


def test_a_bare_mention_gets_help_and_is_no_question(on_slack: Served, slack: Slack) -> None:
    on_slack.say(mention(1, ""))
    on_slack.settled()
    assert "ご案内します" in words(slack.posted[0])
    assert on_slack.logged() == []


def test_what_programs_write_edits_and_other_conversations_are_passed_over(on_slack: Served, slack: Slack) -> None:
    others: list[Any] = [
        message(1, bot_id="B9"),
        message(2, subtype="bot_message"),
        message(3, subtype="message_changed", message={"text": "防災訓練"}),
        message(4, user=BOT),
        message(5, channel_type="channel", channel="C1"),
        mention(6, edited={"user": "U1", "ts": "1.2"}),
        mention(7, bot_id="B9"),
        {"type": "reaction_added"}, {"type": "message", "channel_type": "im"}, {}, None, 7,
    ]  # fmt: skip
    assert {on_slack.send(callback(number, event)) for number, event in enumerate(others)} == {200}
    assert {on_slack.send(odd) for odd in ({}, {"type": "event_callback"}, {"type": "app_rate_limited"})} == {200}
    assert {on_slack.press(odd) for odd in ({}, {"type": "view_submission"}, {"type": "block_actions"})} == {200}
    assert on_slack.rows() == []
    assert slack.posted == []


def test_a_picture_is_told_that_only_texts_are_read(on_slack: Served, slack: Slack) -> None:
    on_slack.say(message(1, "", subtype="file_share", files=[{"id": "F1"}]))
    on_slack.settled()
    assert "文字で書いてください" in slack.posted[0]["text"]


def test_half_characters_and_nul_anywhere_in_an_event_are_taken(on_slack: Served, slack: Slack) -> None:
    odd = "\0\ud83d"
    asked = message(1, f"防災訓練{odd}", user=f"U{odd}", thread_ts=f"1{odd}")
    assert on_slack.send(callback(1, asked) | {"event_id": f"Ev{odd}"}) == 200
    assert (
        on_slack.press(pressed(2, {"action_id": f"ask:{odd}", "value": odd}, {"channel": f"D{odd}", "ts": odd})) == 200
    )
    rows = on_slack.settled()
    assert len(rows) == 2
    assert rows[0].event_id == "Ev\ufffd\ufffd"
    assert len(slack.posted) == 2


def test_a_message_taken_back_is_forgotten(on_slack: Served) -> None:
    asked = message(1)
    on_slack.say(asked)
    on_slack.settled()
    on_slack.say(message(2, "", subtype="message_deleted", deleted_ts=asked["ts"]), first=2)
    assert on_slack.logged() == []


def test_signatures(on_slack: Served) -> None:
    body = json.dumps(callback(1, message(1))).encode()

    def status(headers: dict[str, str], sent: bytes = body) -> int:
        return on_slack.client.post("/webhook/slack", data=sent, headers=headers).status_code

    assert [status(signed(body, age=age)) for age in (301, 400, -400)] == [401] * 3
    assert status(signed(body, "another secret")) == 401
    assert status(signed(body), body + b" ") == 401
    assert status({}) == status({**signed(body), "x-slack-request-timestamp": "１"}) == 401
    assert status({**signed(body), "x-slack-signature": "v0=é"}) == 401
    assert on_slack.rows() == []
    for odd in (b"", b"\xff", b"{", b"[]", b"[" * 100_000):
        assert status(signed(odd), odd) == 400
        assert status({**signed(odd), "content-type": "application/x-www-form-urlencoded"}, odd) == 400
    assert status(signed(body, age=290)) == 200
    assert on_slack.client.get("/webhook/slack").status_code == 405


def test_the_signature_is_the_one_of_slacks_own_example() -> None:
    """The example of docs.slack.dev, "Verifying requests from Slack"."""
    secret, stamp = "8f742231b10e8888abcd99yyyzzz85a5", "1531420618"
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert is_signed(secret, body, stamp, signature, 1531420618 + 300)
    assert not is_signed(secret, body, stamp, signature, 1531420618 + 301)
    assert not is_signed(secret, body, stamp, signature.replace("v0", "v1"), 1531420618)


def test_the_challenge_is_answered_to_slack_alone(on_slack: Served) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a"}).encode()
    assert on_slack.client.post("/webhook/slack", data=body, headers=signed(body)).get_data() == b"3eZbrw1a"
    assert on_slack.client.post("/webhook/slack", data=body).status_code == 401


def test_without_its_secret_slack_is_503_and_the_rest_works(on_slack: Served) -> None:
    for missing in ("slack_signing_secret", "slack_bot_token"):
        bare = Served(on_slack.desk, replace(on_slack.settings, **{missing: ""}))
        with capture_logs() as logged:
            assert bare.send(callback(1, message(1))) == 503
        assert logged[0]["missing"] == [missing.upper()]
        assert bare.client.post("/webhook/line", data=b"").status_code == 400
        assert bare.client.post("/api/ask", json={"question": "防災訓練"}).status_code == 200


def test_a_store_that_does_not_work_is_a_503(on_slack: Served) -> None:
    with on_slack.desk.sessions() as session:
        session.execute(text("ALTER TABLE inbox_event RENAME TO elsewhere"))
        session.commit()
    assert on_slack.send(callback(1, message(1))) == 503


def test_an_emergency_stands_alone_and_on_top(on_slack: Served, slack: Slack) -> None:
    on_slack.say(message(1, "家が燃えてる"), message(2, "近所で煙が出てるけど防災訓練ですか"))
    on_slack.settled()
    first = slack.posted[0]["blocks"]
    assert "119（消防・救急）に電話してください" in first[0]["text"]["text"]
    assert first[1]["text"]["text"] == "*電話 <tel:119|119>*"
    assert len(first) == 2


def test_a_candidate_and_feedback_are_buttons(on_slack: Served, slack: Slack) -> None:
    on_slack.say(mention(1, "放置自転車追放啓発活動"))
    on_slack.settled()
    (answer,) = slack.posted
    offered = buttons(answer)
    other = next(label for label in offered if label not in ("役に立った", "違います"))
    wrong = pressed(1, offered["違います"], answer)
    assert [on_slack.press(wrong), on_slack.press(wrong)] == [200, 200]
    on_slack.settled()
    assert "職員が見直します" in slack.posted[1]["text"]
    assert slack.posted[1]["thread_ts"] == answer["thread_ts"]
    assert on_slack.press(pressed(2, offered["役に立った"], answer, "U2")) == 200
    on_slack.settled()
    assert "見つかりませんでした" in slack.posted[2]["text"], "nobody judges another's answer"
    assert [row.feedback for row in on_slack.logged()] == ["wrong"]
    assert on_slack.press(pressed(3, offered[other], answer, "U2")) == 200
    on_slack.settled()
    assert slack.posted[3]["blocks"][0]["text"]["text"] == other
    assert slack.refused == []
    asked = on_slack.logged()
    assert [row.question for row in asked] == ["放置自転車追放啓発活動", other]
    assert [(row.feedback, row.meant) for row in asked] == [("wrong", ""), ("", "")]


def test_the_next_message_is_what_was_meant(on_slack: Served, slack: Slack) -> None:
    on_slack.say(message(1, "放置自転車追放啓発活動"))
    on_slack.settled()
    answer = slack.posted[0]
    on_slack.press(pressed(1, buttons(answer)["違います"], answer))
    on_slack.settled()
    assert "thread_ts" not in slack.posted[1]
    on_slack.say(message(2, "自転車を返して"), first=2)
    on_slack.settled()
    assert [row.meant for row in on_slack.logged()] == ["自転車を返して", ""]


def test_a_users_messages_are_answered_in_the_order_in_which_they_were_sent(on_slack: Served, slack: Slack) -> None:
    on_slack.worker.stop()
    later, first, stranger = message(2, "こんにちは"), message(1, "ありがとう"), message(3, "使い方", "U2")
    later["ts"] = f"{float(first['ts']) + 5:.6f}"
    on_slack.say(later, first, stranger)
    again = Served(on_slack.desk, on_slack.settings)
    again.worker.start()
    on_slack.settled()
    again.worker.stop()
    assert [sent["metadata"]["event_payload"]["event"] for sent in slack.posted if sent["channel"] == "DU1"] == [
        "Ev2", "Ev1",
    ]  # fmt: skip
