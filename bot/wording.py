"""Every sentence that a resident reads, but for those of the opening hours."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from bot.hours_wording import hours_text
from bot.ward import Ward
from intents.decision import Decision
from knowledge.document import Office
from knowledge.notices import Notice
from knowledge.snapshot import Match

GREETING = "こんにちは。{name}の案内係です。困っていることや知りたいことを、ふだんの言葉で書いてください。"
# Shown before anybody writes: on the page always, in a conversation when it begins.
SAFETY = (
    "いのちや身の危険があるときは、ここで聞かずに 119（火事・救急）か 110（警察）へ電話してください。"
    "お名前や電話番号などは書かないでください。"
)
THANKS = "どういたしまして。また、いつでも聞いてください。"
HELP = (
    "{name}の計画にある取組と、その担当の窓口をご案内します。\n"
    "たとえば「駅前の自転車がじゃま」「防災訓練はいつ」「④番は何の課」のように書いてください。"
)
NOT_TEXT = "ありがとうございます。絵や写真・音声の内容は分からないので、文字で書いてください。"
GROUP = (
    "こんにちは。{name}の案内係です。ここでは、わたしあてのメッセージにだけお答えします。"
    "聞きたいときは、そのつど @ でわたしを選び（メンション）、続けて質問を書いてください。"
    "ほかのメッセージは記録しません。"
)
# What answers an event that says nothing: (intent, sentence) by the event's kind.
BESIDE_TEXTS = {
    "follow": ("greeting", f"{GREETING}\n{SAFETY}"),
    "join": ("greeting", f"{GROUP}\n{SAFETY}"),
    "call": ("help", HELP),
    "other": ("help", NOT_TEXT),
}
UNKNOWN = "申し訳ありません。お尋ねのことは、わたしの手元の資料では分かりません。こちらの窓口でお聞きください。"
NOTICE_HEAD = "【お知らせ】{title}"
NOTICE_UNTIL = "（{until}まで）"
BEYOND_NOTICE = "ほかのことは、こちらの窓口でお聞きください。"
NEAREST = "近いかもしれない取組:"
HUMAN = "職員がお話をうかがいます。こちらへお電話いただくか、窓口へお越しください。"
COMPLAINT = "ご不快な思いをおかけして申し訳ありません。ご意見は、こちらの窓口でうかがいます。"
UPCOMING = "※この計画は{day}に始まります。いまのことは、担当の窓口がご案内します。"
EXPIRED = "※この計画の期間は{day}で終わっています。いまの取組は、担当の窓口がご案内します。"
TWO_CONCERNS = "二つのことをお尋ねですね。どちらもご案内します。"
ALSO = "ほかの計画にも同じ取組があります:"
FEEDBACK_LABELS = {"good": "役に立った", "wrong": "違います"}
FEEDBACK_THANKS = "ありがとうございます。これからの答えに生かします。"
FEEDBACK_SORRY = "申し訳ありません。職員が見直します。"
FEEDBACK_OTHERS = "ほかに近いのはこちらです:"
FEEDBACK_MEANT = "よければ、何をお尋ねだったか教えてください（書かなくてもかまいません）"
FEEDBACK_LOST = "いま記録できませんでした。少し待ってからもう一度お試しください。"
# In a conversation, where the next message is what was meant.
FEEDBACK_MEANT_NEXT = (
    "よければ、何をお尋ねだったかを続けて書いてください。もう一度お答えします（書かなくてもかまいません）。"
)
FEEDBACK_UNKNOWN = "恐れ入ります。この答えの記録が見つかりませんでした。もう一度、知りたいことを書いてください。"
EXAMPLES = ("駅前の自転車がじゃま", "防災訓練はいつ", "区役所は何時まで")


_HARDLY = 0.02  # of the chance of being meant


@lru_cache(maxsize=1_000)
def office_lines(office: Office) -> str:
    """An office as residents read it: name, floor and counter, number, opening hours of its own."""
    place = " ".join(part for part in (office.floor, office.counter and f"{office.counter}窓口") if part)
    phone = office.phone and f"電話 {office.phone}"
    return "\n".join(part for part in (office.name, place, phone, *office.hours) if part)


@lru_cache(maxsize=1_000)
def japanese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def plan_line(match: Match) -> str:
    """The plan with the entry's period."""
    first, last = match.entry.period
    if not first and not last:
        return match.entry.plan.title
    days = "〜".join(japanese_day(day) if day else "" for day in (first, last))
    return f"{match.entry.plan.title}（{days}）"


def period_note(match: Match) -> str:
    """What is said of an entry whose plan has ended, or has not begun; empty for a current one."""
    first, last = match.entry.period
    if match.upcoming and first:
        return UPCOMING.format(day=japanese_day(first))
    return EXPIRED.format(day=japanese_day(last)) if match.expired and last else ""


def twins(match: Match, decision: Decision) -> list[Match]:
    """The same title in other plans, under other offices."""
    best = match.entry
    return [
        m for m in decision.matches
        if m.entry is not best and m.entry.title == best.title and m.entry.office != best.office
    ]  # fmt: skip


def _entry_lines(match: Match, office: Office | None, decision: Decision) -> list[str]:
    entry = match.entry
    parts = [f"【{entry.title}】", plan_line(match), entry.explanation, period_note(match)]
    if office:
        parts.append("▼担当\n" + office_lines(office))
    for twin in twins(match, decision):
        if twin.entry.office:
            parts.append(f"{ALSO}\n{twin.entry.plan.title}\n{office_lines(twin.entry.office)}")
    parts += [entry.url, f"出典: {entry.plan.publication}" if entry.plan.publication else ""]
    return [part for part in parts if part]


def _initiative(decision: Decision) -> str:
    lines = _entry_lines(decision.matches[0], decision.office, decision)
    if decision.also:
        lines = [TWO_CONCERNS, *lines, "", *_entry_lines(decision.also, decision.also.entry.office, decision)]
    return "\n".join(lines)


def notice_until(notice: Notice) -> str:
    """When a notice ends, as residents read it."""
    end = notice.ends_at
    return NOTICE_UNTIL.format(until=f"{end.month}月{end.day}日 {end:%H:%M}")


def notices_text(notices: Sequence[Notice]) -> str:
    """Notices as plain text, one under the other."""
    parts = (NOTICE_HEAD.format(title=n.title) + f"\n{n.text}\n{notice_until(n)}" for n in notices)
    return "\n\n".join(parts)


def own_text(text: str, notices: Sequence[Notice], caution: str) -> str:
    """A reply's text without the notices on its top and the caution at its end, for a channel that shows them in a form
    of their own."""
    return text.removeprefix(notices_text(notices)).removesuffix(caution).strip()


def nearest_titles(decision: Decision) -> tuple[str, ...]:
    """What a message without an answer may have meant, to be asked next; nothing that it hardly can have meant."""
    return tuple(dict.fromkeys(m.entry.title for m in decision.matches[:3] if m.score >= _HARDLY))


def lead_lines(decision: Decision, notices: Sequence[Notice] = ()) -> list[str]:
    """What is said before an office that answers no initiative; with a notice above, the desk does know something."""
    unknown = BEYOND_NOTICE if notices else UNKNOWN
    said = {"human": HUMAN, "complaint": COMPLAINT, "unknown": unknown}.get(decision.intent)
    return [said] if said else []


def suggestion_label(decision: Decision) -> str:
    """What stands above the suggestions."""
    return NEAREST if decision.intent in ("initiative", "unknown") else "たとえば、こんなふうに聞いてください:"


def reply_text(
    question: str, decision: Decision, ward: Ward, today: date, notices: Sequence[Notice], caution: str
) -> str:
    """The whole answer as plain text: the notices on top, the caution at the end."""
    parts = (notices_text(notices), _usual_text(question, decision, ward, today, notices), caution)
    return "\n\n".join(part for part in parts if part)


def _usual_text(question: str, decision: Decision, ward: Ward, today: date, notices: Sequence[Notice]) -> str:
    contact = office_lines(decision.office) if decision.office else ""
    match decision.intent:
        case "emergency":
            return ward.emergency[decision.service or "119"].text
        case "initiative":
            return _initiative(decision)
        case "office":
            return contact
        case "hours":
            return hours_text(ward, question, today)
        case "greeting":
            return GREETING.format(name=ward.name)
        case "thanks":
            return THANKS
        case "help":
            return HELP.format(name=ward.name)
        case "human":
            return f"{HUMAN}\n{contact}"
        case "complaint":
            return f"{COMPLAINT}\n{contact}"
    nearest = "".join(f"\n・{title}" for title in nearest_titles(decision))
    return f"{lead_lines(decision, notices)[0]}\n{contact}" + (f"\n{NEAREST}{nearest}" if nearest else "")
