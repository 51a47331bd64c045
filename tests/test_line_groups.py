"""Chats of several people on LINE: only who calls the desk is read and answered."""

from typing import Any

import pytest

from bot import wording
from bot.channels.line import utf16_units
from bot.models import QuestionLog
from tests.line_server import Line
from tests.test_line import Served, event, served  # noqa: F401  (a fixture)
from tests.test_line_feedback import press, rows

NAME = "@案内係"
GROUP = {"type": "group", "groupId": "G", "userId": "U1"}
ROOM = {"type": "room", "roomId": "R"}


def mentionee(before: str, name: str = NAME, **of: Any) -> dict[str, Any]:
    """A mention behind `before`, as LINE counts; of the desk unless `of` says otherwise."""
    return {"type": "user", "index": utf16_units(before), "length": utf16_units(name), **(of or {"isSelf": True})}


def said(
    number: int, words: str | None, *mentionees: Any, source: dict[str, Any] = GROUP, **message: Any
) -> dict[str, Any]:
    """What is written in a chat of several people."""
    found = event(number, words, source=source)
    found["message"] |= message | ({"mention": {"mentionees": list(mentionees)}} if mentionees else {})
    return found


def texts(line: Line) -> list[str]:
    return [sent["messages"][0].get("text", "") for sent in line.accepted]


@pytest.mark.parametrize("source", [GROUP, ROOM])
def test_what_does_not_call_the_desk_is_neither_stored_nor_answered(
    served: Served,  # noqa: F811
    line: Line,
    source: dict[str, Any],
) -> None:
    other = {"type": "user", "index": 0, "length": 3, "userId": "U2", "isSelf": False}
    everybody = {"type": "all", "index": 0, "length": 4}
    unknown = {"type": "user", "index": 0, "length": 3}
    odd: list[Any] = [{"type": "user", "isSelf": True}, {"isSelf": True, "index": "x", "length": 1}, None, 7]
    served.post(
        said(1, "今夜うちで飲もう", source=source),
        said(2, None, source=source),
        said(3, "@花子 明日ひま?", other, source=source),
        said(4, "@All 集合", everybody, source=source),
        said(5, "@花子 昨日の話", unknown, source=source),
        said(6, None, source=source, type="image", mention={"mentionees": [mentionee("")]}),
        *(said(7 + n, "こんにちは", strange, source=source) for n, strange in enumerate(odd)),
        said(12, "防災訓練", source=source, mention="x"),
    )
    assert served.rows() == []
    served.post(said(13, f"{NAME} こんにちは", mentionee(""), source=source))
    served.settled()
    assert len(line.accepted) == 1


def test_the_question_is_what_is_written_beside_mentions(served: Served, line: Line) -> None:  # noqa: F811
    before = "😀😀ねえ、"
    friend = mentionee(f"{before}{NAME} 防災訓練はいつ ", "@花子😀", userId="U2", isSelf=False)
    written = f"{before}{NAME} 防災訓練はいつ @花子😀 ?"
    served.post(said(1, written, mentionee(before), friend))
    served.post(said(2, "こんにちは", mentionee("", "x" * 100)))
    served.settled()
    assert line.refused == []
    asked = [row.question for row in rows(served)]
    assert [words.split() for words in asked] == [["😀😀ねえ、", "防災訓練はいつ", "?"]]
    assert texts(line)[1] == wording.HELP.format(name=served.desk.conversation.ward.name), "nothing but a mention"


def test_a_bare_mention_gets_help_and_is_no_question(served: Served, line: Line) -> None:  # noqa: F811
    served.post(said(1, f"{NAME} ", mentionee("")))
    assert [row.state for row in served.settled()] == ["done"]
    assert texts(line) == [wording.HELP.format(name=served.desk.conversation.ward.name)]
    assert rows(served) == []


@pytest.mark.parametrize("source", [GROUP, ROOM])
def test_who_is_added_to_a_chat_says_how_to_ask(
    served: Served,  # noqa: F811
    line: Line,
    source: dict[str, Any],
) -> None:
    joined = event(1, source=source, type="join")
    del joined["message"]
    served.post(joined)
    served.settled()
    assert line.refused == []
    (greeting,) = texts(line)
    assert "メンション" in greeting
    assert greeting.endswith(wording.SAFETY)
    assert served.desk.conversation.ward.name in greeting


def test_buttons_ask_and_judge_without_a_mention(served: Served, line: Line) -> None:  # noqa: F811
    served.post(said(1, f"{NAME} 使い方", mentionee("")))
    served.settled()
    offered = [item["action"] for item in line.accepted[-1]["messages"][-1]["quickReply"]["items"]]
    assert {action["type"] for action in offered} == {"postback"}
    data = {action["displayText"]: action["data"] for action in offered}
    served.post(press(2, data["防災訓練はいつ"], source=GROUP), press(3, data["役に立った"], source=GROUP))
    served.settled()
    assert line.refused == []
    first, second = rows(served)
    assert isinstance(second, QuestionLog)
    assert (second.question, second.intent) == ("防災訓練はいつ", "initiative")
    assert first.feedback == "good"
