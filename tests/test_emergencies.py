"""What tells of danger: alarms, whom to call beside an answer, and what only sounds like it."""

from pathlib import Path

import pytest

from bot.channels.line import render_line
from bot.conversation import Conversation
from intents.rules import Meaning, find_by_rules, find_meaning
from intents.rules.concepts import Concepts
from intents.rules.likeness import SERVICES
from knowledge.exchange import shipped_document
from knowledge.snapshot import outside_topics
from nlp import parameters as p
from nlp.normalise import normalise
from nlp.tokenise import analyse

# Residents' emergencies with the services that are right for them, and look-alikes behind "-".
EMERGENCIES = Path(__file__).parent / "questions" / "emergencies.tsv"
UNSEEN = EMERGENCIES.with_name("unseen_emergencies.tsv")
UNSEEN_ORDINARY = EMERGENCIES.with_name("unseen_ordinary.txt")
UNSEEN_NUISANCES = EMERGENCIES.with_name("unseen_nuisances.txt")  # short reports of what is no danger to anybody
UNSEEN_CHATTER = EMERGENCIES.with_name("unseen_chatter.txt")  # exaggerations, mishaps that are over, wrong sends
# Shipped examples that are emergencies, whatever entry or topic they illustrate.
TRULY = {
    "当て逃げされた",
    "救急車を呼ぶ番号",
}


def meaning_of(question: str) -> Meaning:
    text = normalise(question)
    return find_meaning(text, analyse(text), sureness=0.0)


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


@pytest.mark.parametrize(
    ("question", "service"),
    [
        ("楼下着火了，有很多烟", "119"), ("请快叫救护车", "119"), ("有人拿着刀在楼道里", "110"),
        ("我真的不想活了", "helpline"),
        ("아파트에 불이 났어요", "119"), ("할머니가 쓰러졌어요", "119"),
        ("도둑이 들었나 봐요", "110"), ("그냥 죽고 싶어", "helpline"),
        ("Nhà hàng xóm bị cháy nhà", "119"), ("cần cấp cứu gấp", "119"), ("tôi không muốn sống", "helpline"),
        ("minha avó não respira", "119"), ("may sunog sa kapitbahay", "119"),
        ("楼里什么时候有消防训练", None), ("我想问怎么申请住民票", None),
        ("소방훈련은 언제예요", None), ("안녕하세요", None),
        ("khi nào có diễn tập", None), ("where can i throw away a fire extinguisher", None),
    ],
)  # fmt: skip
def test_who_writes_in_another_language_is_understood_in_an_emergency(question: str, service: str | None) -> None:
    assert service_of(question) == service


@pytest.mark.parametrize(
    ("name", "found", "mistaken"),
    [
        ("unseen_emergencies_2.tsv", 0.92, 0.07),  # half of them direct; 250 exaggerations and questions
        ("unseen_emergencies_3.tsv", 0.88, 0.01),  # half of them direct; 200 look-alikes and questions
    ],
)
def test_nearly_all_emergencies_of_authors_who_taught_nothing_are_found(
    name: str, found: float, mistaken: float
) -> None:
    rows = [line.split("\t") for line in UNSEEN.with_name(name).read_text("utf-8").splitlines()]
    told = [meaning_of(text) for service, text in rows if service in SERVICES]
    assert sum(m.service is not None for m in told) >= found * len(told)
    assert sum((m.service or m.perhaps) is not None for m in told) >= 0.98 * len(told)
    calm = [text for service, text in rows if service == "-"]
    assert sum(service_of(text) is not None for text in calm) <= mistaken * len(calm)


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


def test_hardly_any_nuisance_is_taken_for_an_emergency(conversation: Conversation) -> None:
    nuisances = UNSEEN_NUISANCES.read_text(encoding="utf-8").splitlines()
    alarms = [text for text in nuisances if conversation.answer(text).decision.service]
    assert len(alarms) <= 0.08 * len(nuisances), alarms


def test_what_may_be_an_emergency_is_answered_and_says_whom_to_call(conversation: Conversation) -> None:
    reply = conversation.answer("上の部屋から、泣き声と怒鳴り声が毎晩聞こえます。子どもが心配です")
    assert (reply.decision.intent, reply.decision.perhaps) == ("initiative", "189")
    assert reply.text.endswith(conversation.ward.emergency["189"].perhaps)
    first, card = render_line(reply)
    assert (first["text"], card["type"]) == (reply.caution, "flex")
    assert "quickReply" in card
    assert conversation.answer("放置自転車をなんとかして").caution == ""


@pytest.mark.parametrize(
    ("question", "service"),
    [
        ("助けて", "119"), ("泥棒に入られた", "110"), ("空き巣に入られました", "110"), ("虐待されています", "189"),
        ("もう生きていたくありません", "helpline"), ("子どもを叩くのがやめられません", "189"),
    ],
)  # fmt: skip
def test_a_cry_is_heard_though_the_desk_has_an_answer_to_its_words(
    conversation: Conversation, question: str, service: str
) -> None:
    decision = conversation.answer(question).decision
    assert (decision.service, decision.matches[0].score > p.ANSWER_THRESHOLD) == (service, True)


@pytest.mark.parametrize("question", ["薬いっぱい飲んだ。もう終わりにする", "娘が睡眠薬をひと瓶飲んで起きません"])
def test_who_has_swallowed_pills_needs_an_ambulance(question: str) -> None:
    assert service_of(question) == "119"


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
