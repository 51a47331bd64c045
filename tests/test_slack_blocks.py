"""Replies in Block Kit: within its limits, and nothing in them calls anybody."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.channels.slack.blocks import render_slack
from bot.channels.slack.limits import find_beyond_limits
from bot.channels.slack.text import escape, fit, read_text
from bot.events import Reply
from handlers.commands.desk import Desk
from intents.decision import Decision
from knowledge.document import Entry, Office, Plan
from knowledge.snapshot import Match
from tests.slack import Served, message, words
from tests.slack_server import Slack, wrong_blocks, wrong_mrkdwn
from tests.test_line import QUESTIONS


def test_every_kind_of_reply_is_as_slack_takes_it(on_slack: Served, slack: Slack) -> None:
    on_slack.say(*[message(n, text or "", f"U{n}") for n, text in enumerate(QUESTIONS, 1)])
    assert {row.state for row in on_slack.settled()} == {"done"}
    assert slack.refused == []
    assert len(slack.posted) == len(QUESTIONS)


def _fullest(twins: int) -> Reply:
    long = "とても長い<!channel>の&名*前" * 40 + "😀"
    office = Office(long, "本館2階", "⑩番", "06-6915-9173", ("9時から" + long,))
    plan = Plan(long, date(2023, 4, 1), date(2024, 3, 31), long, 1)
    best = Match(
        Entry(plan, long, long, office, explanation=long * 30, url="https://example.jp/?a=1&b=" + "a" * 900), 0.9, True
    )
    others = tuple(
        Match(Entry(replace(plan, title=f"計画{n}"), long, long, replace(office, name=f"{n}{long}")), 0.9, False)
        for n in range(twins)
    )
    decision = Decision("initiative", True, (best, *others), office, also=others[0])
    return Reply(decision, long * 100, tuple(f"{n}{long}" for n in range(20)), office.phone, (), "※119 <です>")


@pytest.mark.parametrize("twins", [1, 60])
def test_the_fullest_card_is_within_the_limits(twins: int) -> None:
    sent = render_slack(_fullest(twins), "0" * 24)
    assert wrong_blocks(sent["blocks"]) == []
    assert len(sent["text"]) <= 4000
    assert not wrong_mrkdwn(sent["text"])
    assert sent["blocks"][0]["text"]["text"] == "※119 &lt;です&gt;"
    kinds = [block["type"] for block in sent["blocks"]]
    assert ("header" in kinds) == (twins == 1), "a card that is too large becomes a text"
    assert kinds[-2:] == ["actions", "actions"]


def _button(name: str, label: str = "a", value: str = "v") -> dict[str, Any]:
    text = {"type": "plain_text", "text": label, "emoji": False}
    return {"type": "button", "action_id": name, "text": text, "value": value}


_SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "a"}}


@pytest.mark.parametrize(
    ("blocks", "beyond"),
    [
        ([_SECTION], []),
        ([], ["blocks"]),
        ([_SECTION] * 51, ["blocks"]),
        ([{"type": "section", "text": {"type": "mrkdwn", "text": "a" * 3001}}], ["section"]),
        ([{"type": "section", "text": {"type": "mrkdwn", "text": ""}}], ["section"]),
        ([{"type": "header", "text": {"type": "plain_text", "text": "a" * 151, "emoji": False}}], ["header"]),
        ([{"type": "context", "elements": []}], ["context"]),
        ([{"type": "context", "elements": [{"type": "mrkdwn", "text": "a"}] * 11}], ["context"]),
        ([{"type": "actions", "elements": []}], ["actions"]),
        ([{"type": "actions", "elements": [_button(f"b{n}") for n in range(26)]}], ["actions"]),
        ([{"type": "actions", "elements": [_button("b", "a" * 76)]}], ["button"]),
        ([{"type": "actions", "elements": [_button("b", "a", "v" * 2001)]}], ["button"]),
        ([{"type": "actions", "elements": [_button("b"), _button("b")]}], ["action_id"]),
    ],
)
def test_what_slack_would_refuse_is_known_before_it_is_sent(blocks: list[dict[str, Any]], beyond: list[str]) -> None:
    assert find_beyond_limits(blocks) == beyond
    assert bool(wrong_blocks(blocks)) == bool(beyond), "the played Slack knows it too"


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("<@U0BOT> 防災訓練", "防災訓練"),
        ("<@U0BOT|desk>防災訓練 <!here> <!subteam^S1|@all>", "防災訓練"),
        ("<#C1|general> を見て <#C2>", "#general を見て"),
        ("<https://example.jp/?a=1&amp;b=2> と <https://example.jp|ここ>", "https://example.jp/?a=1&b=2 と ここ"),
        ("<mailto:a@example.jp|a@example.jp> <tel:0669159173>", "a@example.jp 0669159173"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("&lt;@U1&gt;", "<@U1>"),
    ],
)
def test_what_a_user_wrote(sent: str, read: str) -> None:
    assert read_text(sent) == read


def test_escaping_and_cutting() -> None:
    assert escape("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"
    for text in ("&" * 100, "<>" * 50, "😀" * 100, "あ" * 100, "a&" * 60):
        cut = fit(text, 60)
        assert 40 < len(cut.encode("utf-16-le")) // 2 <= 60
        assert not wrong_mrkdwn(cut)


def test_what_is_not_known_names_an_office_once_and_the_nearest_as_buttons(desk: Desk) -> None:
    blocks = render_slack(desk.conversation.answer("ペンギンの飼い方"))["blocks"]
    assert [block["type"] for block in blocks] == ["section", "section", "context", "actions"]
    assert "分かりません" in blocks[0]["text"]["text"]
    assert json.dumps(blocks).count("tel:") == 1
    assert len(blocks[3]["elements"]) == 3


def test_two_concerns_are_both_answered(desk: Desk) -> None:
    sent = render_slack(desk.conversation.answer("防災訓練と、放置自転車のこと"))
    assert "二つのことをお尋ねですね" in words(sent)
    assert [block["type"] for block in sent["blocks"]].count("header") == 2


def test_a_caution_stands_on_top(desk: Desk) -> None:
    reply = desk.conversation.answer("防災訓練はいつ")._replace(caution="※いま危ないときは 119")
    assert render_slack(reply)["blocks"][0]["text"]["text"] == "※いま危ないときは 119"
