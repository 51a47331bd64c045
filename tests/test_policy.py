"""What kind of message it is, and which entry is meant."""

from datetime import date

import pytest

from bot.conversation import Conversation
from bot.ward import read_ward
from handlers.commands.desk import Desk
from intents.opening_hours import describe_day
from knowledge.exchange import shipped_document
from tests.conftest import WARD


@pytest.fixture
def conversation(desk: Desk) -> Conversation:
    return desk.conversation


@pytest.mark.parametrize(
    ("question", "intent", "service"),
    [
        ("隣の家が燃えてる", "emergency", "119"),
        ("知らない男が家に入ってきた", "emergency", "110"),
        ("隣の子どもが毎日親に殴られてる", "emergency", "189"),
        ("もう死にたい", "emergency", "helpline"),
        ("じいちゃんがたおれてへんじせえへん", "emergency", "119"),
        ("泥棒に入られた", "emergency", "110"),
        ("子供が泣き叫ぶ声が毎晩聞こえる", "emergency", "189"),
        ("蜂の巣があって刺されそう", None, None),
        ("ヒアリに刺されたら", None, None),
        ("道で猫がひかれてる", None, None),
        ("消防訓練はいつ", None, None),
        ("死ぬほど暑い", None, None),
        ("おはようございます", "greeting", None),
        ("ありがとう", "thanks", None),
        ("使い方がわからない", "help", None),
        ("職員の人と話したい", "human", None),
        ("窓口の態度が悪い", "complaint", None),
        ("土曜日は開いてますか", "hours", None),
        ("④番は何の課", "office", None),
        ("そうむか どこ", "office", None),
        ("6915-9173ってどこ", "office", None),
        ("", "unknown", None),
        ("😂🎉", "unknown", None),
        ("'; DROP TABLE entry; --", "unknown", None),
        ("<script>alert(1)</script>", "unknown", None),
        ("あ" * 10_000, "unknown", None),
        ("住民票がほしい", "unknown", None),
    ],
)
def test_intents(conversation: Conversation, question: str, intent: str | None, service: str | None) -> None:
    decision = conversation.answer(question).decision
    assert decision.service == service
    assert decision.intent == intent if intent else decision.intent != "emergency"


@pytest.mark.parametrize("index", range(44))
def test_every_title_finds_its_entry(conversation: Conversation, index: int) -> None:
    entry = shipped_document().entries[index]
    decision = conversation.answer(f"{entry.title}について").decision
    assert decision.answered
    assert entry.title in {m.entry.title for m in decision.matches[:2]}


def test_equal_titles_show_the_welfare_office_first_and_the_other_too(conversation: Conversation) -> None:
    reply = conversation.answer("気にかける・つながる・支え合う地域づくり")
    assert reply.decision.office is not None
    assert reply.decision.office.name == "保健福祉課(高齢者支援)"
    assert "総務課(政策推進)" in reply.text


def test_an_expired_plan_answers_and_says_so(conversation: Conversation) -> None:
    reply = conversation.answer("放置自転車追放啓発活動")
    assert reply.decision.matches[0].expired
    assert "2024年3月31日で終わっています" in reply.text


def test_days() -> None:
    hours = read_ward(WARD).hours
    assert "19:00" in describe_day(date(2026, 11, 27), hours)
    assert "9:00" in describe_day(date(2026, 11, 22), hours)
    assert "お休み" in describe_day(date(2026, 11, 23), hours)
    assert "年末年始" in describe_day(date(2026, 12, 29), hours)
