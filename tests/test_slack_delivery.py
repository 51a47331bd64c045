"""Slack takes the same message twice: whatever fails, each message is answered once, and none is lost."""

import time
from typing import Any

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from bot.channels.slack.carrier import SlackCarrier
from bot.inbox.ending import list_dead, retry_dead
from bot.inbox.state import now_ms
from bot.models import InboxEvent
from tests.line_server import Line
from tests.slack import Served, mention, message
from tests.slack_server import Slack
from tests.test_line import event, signed


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.delivery._FIRST_RETRY", 50)
    monkeypatch.setattr(SlackCarrier, "settle", 50)
    monkeypatch.setattr("bot.sending._PROBE_EVERY", 0.1)


def answered(slack: Slack) -> list[str]:
    """The events that were answered, in the order of the answers."""
    return [sent["metadata"]["event_payload"]["event"] for sent in slack.posted]


_FAULTS: tuple[tuple[list[int | str], str, int], ...] = (
    ([429, 429], "sent 200", 0),
    (["ratelimited"], "sent 200", 0),
    ([500, 503], "sent 200", 2),
    (["internal_error"], "sent 200", 1),
    (["reset"], "sent 200", 1),
    (["lost"], "sent before", 1),
    (["reset", "lost"], "sent before", 2),
    (["invalid_auth"], "sent 200", 0),
)


@pytest.mark.parametrize(("asked", "cases"), [(message, _FAULTS), (mention, _FAULTS[4:7])])
def test_a_fault_of_slack_is_answered_exactly_once(on_slack: Served, slack: Slack, asked: Any, cases: Any) -> None:
    method = "conversations.history" if asked is message else "conversations.replies"
    for number, (faults, outcome, looked) in enumerate(cases, 1):
        before = slack.calls[method]
        slack.faults = list(faults)
        on_slack.say(asked(number), first=number)
        row = on_slack.settled()[-1]
        assert (row.state, row.outcome) == ("done", outcome), faults
        assert answered(slack) == [f"Ev{n}" for n in range(1, number + 1)], faults
        assert slack.calls[method] - before == looked, faults
    assert set(slack.calls) == {"chat.postMessage", method}
    assert len(on_slack.logged()) == len(cases)


def test_what_is_accepted_late_is_found(on_slack: Served, slack: Slack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SlackCarrier, "settle", 1_500)
    slack.faults = ["late"]
    on_slack.say(message(1))
    assert on_slack.settled()[0].outcome == "sent before"
    assert answered(slack) == ["Ev1"]


def test_nothing_is_sent_again_while_looking_does_not_work(on_slack: Served, slack: Slack) -> None:
    slack.faults, slack.finding = ["lost"], [500, 429, "internal_error", "invalid_auth"]
    on_slack.say(message(1))
    assert on_slack.settled()[0].outcome == "sent before"
    assert answered(slack) == ["Ev1"]
    assert slack.calls == {"chat.postMessage": 1, "conversations.history": 5}


@pytest.mark.parametrize(("fault", "arrived"), [("lost", True), ("reset", False)])
def test_what_cannot_be_looked_for_waits_for_the_operators(
    on_slack: Served, slack: Slack, fault: str, arrived: bool
) -> None:
    slack.faults, slack.finding = [fault], ["missing_scope"]
    on_slack.say(mention(1))
    (row,) = on_slack.settled()
    assert (row.state, row.text) == ("dead", "防災訓練はいつ")
    assert "conversations.replies: missing_scope" in row.outcome
    with on_slack.desk.sessions() as session:
        assert retry_dead(session, row.id) == 1  # the scope was added meanwhile
        session.commit()
    assert on_slack.settled()[0].outcome == ("sent before" if arrived else "sent 200")
    assert answered(slack) == ["Ev1"]


def test_an_answer_is_found_behind_many_others(on_slack: Served, slack: Slack) -> None:
    asked = message(1)
    slack.page = 2
    for number in range(5):  # of the bot's other conversations with this user
        slack._accept({"channel": "DU1", "metadata": {"event_payload": {"event": f"other-{number}"}}})
    slack.faults = ["lost"]
    on_slack.say(asked)
    assert on_slack.settled()[0].outcome == "sent before"
    assert slack.calls["conversations.history"] == 3


def test_too_many_messages_to_look_through_wait_for_the_operators(on_slack: Served, slack: Slack) -> None:
    asked = message(1)
    slack.page = 1
    for number in range(9):
        slack._accept({"channel": "DU1", "metadata": {"event_payload": {"event": f"other-{number}"}}})
    slack.faults = ["lost"]
    on_slack.say(asked)
    assert "too_many_messages" in on_slack.settled()[0].outcome
    assert answered(slack).count("Ev1") == 1


def test_what_slack_refuses_is_kept_for_the_operators_and_can_be_retried(on_slack: Served, slack: Slack) -> None:
    slack.faults = ["channel_not_found"]
    on_slack.say(message(1, "住民票"))
    (row,) = on_slack.settled()
    assert (row.state, row.text) == ("dead", "住民票")
    assert row.outcome == "Slack が受け付けませんでした（channel_not_found）"
    with on_slack.desk.sessions() as session:
        assert [dead.id for dead in list_dead(session)] == [row.id]
        retry_dead(session, None)
        session.commit()
    assert on_slack.settled()[0].state == "done"
    assert answered(slack) == ["Ev1"]


def test_slack_says_how_long_to_wait(on_slack: Served, slack: Slack) -> None:
    slack.faults, slack.wait = [429], "2"
    on_slack.say(message(1))
    started = time.monotonic()
    on_slack.settled()
    assert time.monotonic() - started > 1.5
    assert slack.calls == {"chat.postMessage": 2}


def test_an_answer_of_a_worker_that_died_is_found(on_slack: Served, slack: Slack) -> None:
    on_slack.worker.stop()
    on_slack.say(message(1), message(2, user="U2"))
    with on_slack.desk.sessions() as session:  # both were claimed by it, and one answered
        stale = {"state": "claimed", "worker": "dead", "claimed_until": now_ms() - 1, "attempts": 1}
        session.execute(update(InboxEvent).values(**stale))
        session.commit()
    slack._accept({"channel": "DU1", "metadata": {"event_payload": {"event": "Ev1"}}})
    again = Served(on_slack.desk, on_slack.settings)
    again.worker.start()
    rows = again.settled()
    again.worker.stop()
    assert [row.outcome for row in rows] == ["sent before", "sent 200"]
    assert answered(slack) == ["Ev1", "Ev2"]


def test_what_waited_an_hour_is_kept_for_the_operators(on_slack: Served, slack: Slack) -> None:
    slack.error = "service_unavailable"
    on_slack.say(message(1))
    with on_slack.desk.sessions() as session:
        session.execute(update(InboxEvent).values(received_at=now_ms() - SlackCarrier.life - 1))
        session.commit()
    (row,) = on_slack.settled()
    assert row.state == "dead"
    assert "時間内" in row.outcome


def ask_on_line(on_slack: Served, number: int) -> None:
    body, headers = signed([event(number, "こんにちは")])
    assert on_slack.client.post("/webhook/line", data=body, headers=headers).status_code == 200


def test_a_token_that_one_channel_refuses_stops_no_other(on_slack: Served, slack: Slack, line: Line) -> None:
    with capture_logs() as logged:
        slack.error = "invalid_auth"
        on_slack.say(message(1), message(2, user="U2"))
        time.sleep(0.5)
        ask_on_line(on_slack, 1)
        line.wait_for(1)
        assert [row.state for row in on_slack.rows() if row.channel == "slack"] != ["done", "done"]
        slack.error = ""
        assert {row.state for row in on_slack.settled()} == {"done"}
        line.status = 401
        ask_on_line(on_slack, 2)
        time.sleep(0.5)
        on_slack.say(message(3), first=3)
        deadline = time.monotonic() + 10
        while len(slack.posted) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        line.status = 200
        on_slack.settled()
    assert sorted(answered(slack)) == ["Ev1", "Ev2", "Ev3"]
    assert len(line.accepted) == 2
    told = [entry["event"] for entry in logged if "token" in entry["event"]]
    assert told == [
        "slack_access_token_refused", "slack_access_token_taken_again",
        "line_access_token_refused", "line_access_token_taken_again",
    ]  # fmt: skip
    assert next(entry for entry in logged if "token" in entry["event"])["mend"] == "SLACK_BOT_TOKEN"


def test_nothing_personal_is_logged(on_slack: Served, slack: Slack) -> None:
    slack.faults = [500, "channel_not_found"]
    with capture_logs() as logged:
        on_slack.say(message(1, "ひみつの質問"), message(2, user="UNAMED"))
        on_slack.settled()
    told = str(logged)
    assert "slack_answered" in told
    assert not [word for word in ("ひみつ", "UNAMED", "DU1", "xoxb", "Ev1") if word in told]
