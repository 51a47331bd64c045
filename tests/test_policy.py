"""What kind of message it is, and which entry is meant."""

from datetime import date
from pathlib import Path

import pytest

from bot.channels.line import render_line
from bot.conversation import Conversation
from bot.ward import read_ward
from handlers.commands.desk import Desk
from intents.opening_hours import describe_day
from intents.rules import Meaning, find_by_rules, find_meaning
from intents.rules.concepts import Concepts
from intents.rules.likeness import SERVICES
from knowledge.exchange import shipped_document
from knowledge.snapshot import outside_topics
from nlp.normalise import normalise
from nlp.tokenise import analyse
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


# Residents' emergencies with the services that are right for them, and look-alikes behind "-".
EMERGENCIES = Path(__file__).parent / "questions" / "emergencies.tsv"
UNSEEN = EMERGENCIES.with_name("unseen_emergencies.tsv")
UNSEEN_ORDINARY = EMERGENCIES.with_name("unseen_ordinary.txt")
UNSEEN_CHATTER = EMERGENCIES.with_name("unseen_chatter.txt")  # exaggerations, mishaps that are over, wrong sends
INTENTS = EMERGENCIES.with_name("intents.tsv")
UNSEEN_INTENTS = EMERGENCIES.with_name("unseen_intents.tsv")
# Shipped examples that are emergencies, whatever entry or topic they illustrate.
TRULY = {
    "当て逃げされた",
    "救急車を呼ぶ番号",
}


def meaning_of(question: str) -> Meaning:
    text = normalise(question)
    return find_meaning(text, analyse(text), answerable=False)


def service_of(question: str) -> str | None:
    return meaning_of(question).service


def test_the_rules_alone_tell_emergencies_from_look_alikes() -> None:
    """Each wording that a rule was written for, so that the likeness hides no broken rule."""
    rows = [line.split("\t") for line in EMERGENCIES.read_text(encoding="utf-8").splitlines()]
    found = [find_by_rules(text, analyse(text)) for text in (normalise(question) for _, question in rows)]
    services = [said if said in SERVICES else "-" for said in found]
    assert [row for row, said in zip(rows, services, strict=True) if said not in row[0].split("|")] == []


def test_emergencies_are_told_from_look_alikes() -> None:
    rows = [line.split("\t") for line in EMERGENCIES.read_text(encoding="utf-8").splitlines()]
    wrong = [(text, service_of(text)) for right, text in rows if (service_of(text) or "-") not in right.split("|")]
    assert len(wrong) <= 0.005 * len(rows), wrong


def test_most_emergencies_in_words_that_taught_nothing_are_found() -> None:
    """Messages of people whose wordings neither the rules nor the likeness were made from, and look-alikes."""
    rows = [line.split("\t") for line in UNSEEN.read_text(encoding="utf-8").splitlines()]
    told = [meaning_of(text) for service, text in rows if service.split("|")[0] in SERVICES]
    assert sum(m.service is not None for m in told) >= 0.80 * len(told)
    assert sum((m.service or m.perhaps) is not None for m in told) >= 0.95 * len(told)
    alike = [text for service, text in rows if service == "-"]
    ordinary = alike + UNSEEN_ORDINARY.read_text(encoding="utf-8").splitlines()
    assert sum(meaning_of(text).service is not None for text in ordinary) <= 0.02 * len(ordinary)
    chatter = UNSEEN_CHATTER.read_text(encoding="utf-8").splitlines()
    assert sum(meaning_of(text).service is not None for text in chatter) <= 0.08 * len(chatter)


def test_what_may_be_an_emergency_is_answered_and_says_whom_to_call(conversation: Conversation) -> None:
    reply = conversation.answer("上の部屋から、泣き声と怒鳴り声が毎晩聞こえます。子どもが心配です")
    assert (reply.decision.intent, reply.decision.perhaps) == ("initiative", "189")
    assert reply.text.endswith(conversation.ward.emergency["189"].perhaps)
    first, card = render_line(reply)
    assert (first["text"], card["type"]) == (reply.caution, "flex")
    assert "quickReply" in card
    assert conversation.answer("放置自転車をなんとかして").caution == ""


@pytest.mark.parametrize(
    "question",
    [
        "地震きた",
        "今、地震があった。どうしたらいい?",
        "川があふれそう",
        "台風が来てます。避難した方がいいですか",
        "津波くる!",
    ],
)
def test_in_a_disaster_no_drill_is_answered_but_whom_to_call(conversation: Conversation, question: str) -> None:
    reply = conversation.answer(question)
    assert (reply.decision.intent, reply.decision.answered, reply.decision.perhaps) == ("unknown", False, "119")
    assert reply.decision.office == conversation.ward.general


@pytest.mark.parametrize(
    "question", ["台風で川があふれたときの逃げ方を練習したい", "津波が来たらどうなるん", "地震の訓練はいつですか"]
)
def test_what_prepares_for_a_disaster_is_answered(conversation: Conversation, question: str) -> None:
    assert conversation.answer(question).decision.intent == "initiative"


def test_what_the_police_can_be_asked_about_gets_a_line_and_no_alarm(conversation: Conversation) -> None:
    reply = conversation.answer("詐欺かもしれない電話がありました")
    assert (reply.decision.service, reply.decision.perhaps) == (None, "#9110")
    assert reply.text.endswith(conversation.ward.emergency["#9110"].perhaps)


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


def test_hardly_any_shipped_example_alarms(conversation: Conversation) -> None:
    entries = shipped_document().entries
    texts = [text for entry in entries for text in (entry.title, *entry.examples)]
    texts += [text for topic, examples in outside_topics() for text in (topic, *examples)]
    assert len(texts) > 3_000
    alarming = {text for text in texts if conversation.answer(text).decision.service} - TRULY
    assert len(alarming) <= 0.002 * len(texts), alarming


def test_a_combination_names_only_words_that_there_are() -> None:
    with pytest.raises(ValueError, match="煙"):
        Concepts({"火": "火"}, [{"service": "119", "when": ["火 煙"], "unless": []}])


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


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("DV", "#8008"), ("夫からのDVの相談窓口はどこ", "#8008"), ("詐欺のメールが来ました", "#9110"),
        ("児童虐待を見つけたらどこに連絡?", "189"), ("#7119", "#7119"), ("救急車を呼ぶべきか迷ってる", "#7119"),
        ("いのちの電話の番号", "helpline"), ("クーリングオフしたい", "188"),
    ],
)  # fmt: skip
def test_other_numbers_to_call_stand_beside_the_answer(conversation: Conversation, question: str, named: str) -> None:
    reply = conversation.answer(question)
    assert (reply.decision.service, reply.caution) == (None, conversation.ward.emergency[named].perhaps)


@pytest.mark.parametrize("question", ["DV防止の講演会", "防災訓練はいつ", "放置自転車をなんとかして"])
def test_no_number_stands_beside_what_needs_none(conversation: Conversation, question: str) -> None:
    assert conversation.answer(question).caution == ""


@pytest.mark.parametrize(
    "question", ["天王寺区の防災訓練", "門真市の放置自転車", "横浜市鶴見区の防災訓練", "城東区で花を植えたい"]
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
