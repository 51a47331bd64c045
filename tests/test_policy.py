"""What kind of message it is, and which entry is meant."""

from pathlib import Path

import pytest

from bot.conversation import Conversation
from intents.rules import Meaning, find_meaning
from knowledge.exchange import shipped_document
from nlp.normalise import normalise
from nlp.tokenise import analyse


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
        ("総務課", "office", None),
        ("保健福祉課（高齢者支援）", "office", None),
        ("防災訓練か", "initiative", None),
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


INTENTS = Path(__file__).parent / "questions" / "intents.tsv"
UNSEEN_INTENTS = INTENTS.with_name("unseen_intents.tsv")


def meaning_of(question: str) -> Meaning:
    text = normalise(question)
    return find_meaning(text, analyse(text), sureness=0.0)


def test_small_talk_in_words_that_taught_nothing_is_mostly_understood() -> None:
    """Greetings, complaints and the like in the words of somebody who taught neither the rules nor the likeness."""
    rows = [line.split("\t") for line in UNSEEN_INTENTS.read_text(encoding="utf-8").splitlines()]
    meant = [(intent, meaning_of(text).intent) for intent, text in rows if intent != "-"]
    assert sum(said == intent for intent, said in meant) >= 0.60 * len(meant)
    assert sum(said not in (intent, None) for intent, said in meant) <= 0.05 * len(meant)
    others = [text for intent, text in rows if intent == "-"]
    assert sum(meaning_of(text).intent is not None for text in others) <= 0.15 * len(others)


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("はじめまして。胃がん検診の予約", None),
        ("お世話になります。街灯が暗い", None),
        ("もしもし、年金手帳なくしたんやけど", None),
        ("はじめまして。よろしくお願いします", "greeting"),
        ("こんにちは、はじめてつかいます", "greeting"),
        ("こんにちは!", "greeting"),
    ],
)
def test_a_matter_behind_a_greeting_is_what_is_wanted(said: str, intent: str | None) -> None:
    assert meaning_of(said).intent == intent


def test_greetings_complaints_counters_and_the_like_are_told_from_look_alikes(conversation: Conversation) -> None:
    """Lines: an intent, "office:" and a name, or "no" for what wants an entry or is outside; then the message."""
    rows = [line.split("\t") for line in INTENTS.read_text(encoding="utf-8").splitlines()]
    wrong = []
    for right, text in rows:
        decision = conversation.answer(text).decision
        said = decision.intent
        if said == "office" and decision.office:
            said = f"office:{decision.office.name}"
        if said != right and (right != "no" or said not in {"initiative", "unknown"}):
            wrong.append((text, right, said))
    assert not wrong


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


@pytest.mark.parametrize(
    "question",
    [
        "天王寺区の防災訓練",
        "門真市の放置自転車",
        "横浜市鶴見区の防災訓練",
        "城東区で花を植えたい",
        "天王寺区の総務課の電話番号",
        "城東区役所の住所",
        "横浜市鶴見区役所は何時まで",
        "堺市役所は土曜やってますか",
    ],
)
def test_other_places_are_not_answered_as_this_ward(conversation: Conversation, question: str) -> None:
    assert conversation.answer(question).decision.intent == "unknown"


@pytest.mark.parametrize(
    "question",
    [
        "東京の娘が心配しています。放置自転車をなくして",
        "城東区から来ました。防災訓練はいつ",
        "東京でなく鶴見区の防災訓練",
    ],
)
def test_who_only_names_another_place_is_answered(conversation: Conversation, question: str) -> None:
    assert conversation.answer(question).decision.intent == "initiative"


@pytest.mark.parametrize("question", ["場所は?", "それの電話番号は?", "もっと詳しく", "ほしい"])
def test_what_names_no_matter_is_told_how_to_ask(conversation: Conversation, question: str) -> None:
    assert conversation.answer(question).decision.intent == "help"


def test_what_was_hardly_meant_is_not_suggested(conversation: Conversation) -> None:
    reply = conversation.answer("マイナンバーカードをなくした")
    assert reply.decision.intent == "unknown"
    assert reply.suggestions == ()
    assert "近いかもしれない" not in reply.text


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ("花づくりと防災訓練を教えて", {"種から育てる地域の花づくり活動", "防災訓練"}),
        ("駅前の自転車がじゃまで、あと子どもの居場所も知りたい", {"放置自転車追放啓発活動", "こどもの居場所づくり"}),
    ],
)
def test_two_concerns_are_both_answered(conversation: Conversation, question: str, titles: set[str]) -> None:
    decision = conversation.answer(question).decision
    assert decision.also
    assert {decision.matches[0].entry.title, decision.also.entry.title} == titles


@pytest.mark.parametrize(
    "question", ["食育フェスタと健康まつりはいつ", "友達と花を植えたい", "放置自転車や落書きをなくしてほしい"]
)
def test_words_that_belong_together_are_one_concern(conversation: Conversation, question: str) -> None:
    assert conversation.answer(question).decision.also is None
