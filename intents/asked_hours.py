"""Which days and times a question about opening hours names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from intents.opening_hours import Hours, find_nth_weekday, find_open_sunday, list_holidays
from nlp.normalise import arabic_number, hiragana

_N = "[0-9一二三四五六七八九十]{1,3}"
_DATE = re.compile(rf"(?:(20[0-9]{{2}})年)?({_N})月({_N})(?!月)日?|(?<![0-9/])([0-9]{{1,2}})/([0-9]{{1,2}})(?![0-9/])")
_DAY_OF_MONTH = re.compile(rf"(?<![第月0-9一二三四五六七八九十])({_N})日(?![曜目間以中])")
_MONTH = re.compile(rf"({_N})月|今月|来月")
_ENGLISH_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH_DATE = re.compile(f"({'|'.join(_ENGLISH_MONTHS)})[a-z.]*([0-9]{{1,2}})")
_NAMED_DAYS = {
    "くりすますいぶ": (12, 24), "くりすます": (12, 25), "大晦日": (12, 31), "おおみそか": (12, 31),
    "大みそか": (12, 31), "元日": (1, 1), "元旦": (1, 1), "christmas": (12, 25),
}  # fmt: skip
_AFTER_TODAY = {
    "しあさって": 3, "明々後日": 3, "明後日": 2, "あさって": 2, "明日": 1, "あした": 1, "tomorrow": 1, "今日": 0,
    "きょう": 0, "本日": 0, "今から": 0, "いまから": 0, "today": 0,
}  # fmt: skip
_WEEKS = {"今週": 0, "来週": 7, "再来週": 14}
_SOUNDS = ("げつ", "か", "すい", "もく", "きん", "ど", "にち")
_ENGLISH = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WHEN = "(再来週|来週|今週|次|つぎ|今度|こんど|今月|来月)?の?"
_WEEKDAY = re.compile(
    f"{_WHEN}(?:第([1-5一二三四五])の?)?(?:([月火水木金土日])曜|({'|'.join(_SOUNDS)})ようび?|({'|'.join(_ENGLISH)}))"
)
_WEEKEND = re.compile(f"{_WHEN}(週末|土日|土・日|どにち|weekend)")
_OPEN_SUNDAY = re.compile(
    "(日曜|休日|にちよう)(日|び)?の?(開庁|窓口|開館|開いて?る|あいて?る)|何週目|第何|第[4四]日曜(?!日?は)"
)
_TOPICS = {
    "year_end": "年末|年始|[三3][がゖけ]日|正月|(仕事|御用)(納め|始め)|年内|年明け|大(晦日|みそか)|おおみそか|元[日旦]",
    "bon": "お盆|盆休み|おぼん",
    "golden_week": "gw|ごーるでんうぃーく|大型連休",
    "holiday": "祝日|祭日|連休|休日|祝祭日|日祝|holiday",
    "weekdays": "平日|weekday",
    "evening": "夜|夕方|仕事帰り|仕事終わり|会社帰り|遅[くうい]|おそ[くうい]|よる",
    "morning": "朝|仕事前|早く|あさ(?!って)",
    "lunch": "昼",
}
_TIME = re.compile(r"([0-9一二三四五六七八九十]{1,3})(?:[時じ](?!間|かん|ゅ|ょ)(半|はん|[0-9]{1,2}分)?|:([0-9]{2}))")
_SPOKEN_HOURS = {
    "じゅうに": 12, "じゅういち": 11, "じゅう": 10, "いち": 1, "に": 2, "さん": 3, "よ": 4, "ご": 5, "ろく": 6,
    "しち": 7, "はち": 8, "く": 9,
}  # fmt: skip
_SPOKEN_TIME = re.compile(f"({'|'.join(_SPOKEN_HOURS)})じ(?!ゅ|ょ|かん)(はん)?")
_AFTERNOON = re.compile("夜|夕方|午後|晩|よる|ゆうがた|ごご|pm")
_FORENOON = re.compile("午前|朝|ごぜん|あさ|am")
_PLACE = re.compile(
    "住所|じゅうしょ|所在地|場所|ばしょ|どこ|どちら|行き方|いきかた|道順|あくせす|地図|最寄|どう(やって|行|いけ|いく)|駅|郵便番号|"
    "where|address|location|getto|wayto|directions"
)
_WAY = re.compile("行き方|いきかた|道順|あくせす|最寄|どう(やって|行|いけ|いく)|駅|getto|wayto|directions")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: `days`; `weekdays` in general, from Monday 0; `topics`, of those in _TOPICS; `time` in minutes of
    a day; `place`: the address; `way`: how to get there."""

    days: tuple[date, ...] = ()
    weekdays: tuple[int, ...] = ()
    topics: tuple[str, ...] = ()
    time: int | None = None
    place: bool = False
    way: bool = False


def read_asked(question: str, today: date, hours: Hours) -> Asked:
    """Reads a normalised question; a date without a year is the next there is."""
    text = hiragana(question).replace(" ", "")  # the patterns have none either
    days = tuple(dict.fromkeys(_named_days(text, today, hours)))
    weekdays = () if days else tuple(dict.fromkeys(_usual_weekdays(text)))
    topics = tuple(topic for topic, words in _TOPICS.items() if re.search(words, text))
    return Asked(
        days, weekdays, topics, _time(text), bool(_PLACE.search(text)), bool(_WAY.search(text)),
    )  # fmt: skip


def _next(today: date, month: int, day: int, year: int = 0) -> date | None:
    """The next day of that date, or that of the year; None where the calendar has none."""
    for each in (year,) if year else range(today.year, today.year + 9):
        try:
            found = date(each, month, day)
        except ValueError:
            continue
        if year or found >= today:
            return found
    return None


def _number(text: str) -> int:
    return arabic_number(text) or 0


def _named_days(text: str, today: date, hours: Hours) -> Iterator[date]:
    found = [*_dates(text, today), *_by_name(text, today), *_by_holiday(text, today)]
    if not found:
        found = [*_in_month(text, today, hours)] or [*_in_week(text, today)]
    yield from (day for day in found if day)


def _dates(text: str, today: date) -> Iterator[date | None]:
    for year, month, day, slash_month, slash_day in _DATE.findall(text):
        yield _next(today, _number(month or slash_month), _number(day or slash_day), int(year or 0))
    for month, day in _ENGLISH_DATE.findall(text):
        yield _next(today, _ENGLISH_MONTHS.index(month) + 1, int(day))
    for match in _DAY_OF_MONTH.finditer(_DATE.sub(" ", text)):
        months = [(today.year, today.month), _month_after(today)]
        possible = (_next(today, month, _number(match[1]), year) for year, month in months)
        yield next((day for day in possible if day and day >= today), None)


def _by_name(text: str, today: date) -> Iterator[date | None]:
    name = next((name for name in _NAMED_DAYS if name in text), "")
    if name:
        yield _next(today, *_NAMED_DAYS[name])
    name = next((name for name in _AFTER_TODAY if name in text), "")
    if name:
        yield today + timedelta(days=_AFTER_TODAY[name])


def _by_holiday(text: str, today: date) -> Iterator[date]:
    """The next of each national holiday that is named."""
    text = text.replace("子ども", "こども").replace("建国記念日", "建国記念の日")
    for day, name in list_holidays(today):
        if hiragana(name) in text:
            yield day


def _month_after(today: date) -> tuple[int, int]:
    return (today.year, today.month + 1) if today.month < 12 else (today.year + 1, 1)


def _month(text: str, today: date) -> tuple[int, int] | None:
    """(year, month) that a text names."""
    named = _MONTH.search(text)
    if not named:
        return None
    if named[0] in ("今月", "来月"):
        return (today.year, today.month) if named[0] == "今月" else _month_after(today)
    month = _number(named[1])
    return (today.year + (month < today.month), month) if 1 <= month <= 12 else None


def _in_month(text: str, today: date, hours: Hours) -> Iterator[date | None]:
    """The open Sunday, or the n-th weekday, of the month that is named; without one, the next."""
    month = _month(text, today)
    asked = [(_number(nth), _weekday_of(*names)) for _, nth, *names in _WEEKDAY.findall(text) if nth]
    if not asked and _OPEN_SUNDAY.search(text):
        if not month:
            yield find_open_sunday(today, hours)
            return
        asked = [(hours.open_sunday, 6)]
    for nth, weekday in asked:
        both = [month] if month else [(today.year, today.month), _month_after(today)]
        possible = (find_nth_weekday(*each, nth, weekday) for each in both)
        yield next((day for day in possible if day and (month or day >= today)), None)


def _weekday_of(kanji: str, sound: str, english: str) -> int:
    return "月火水木金土日".index(kanji) if kanji else _SOUNDS.index(sound) if sound else _ENGLISH.index(english)


def _in_week(text: str, today: date) -> Iterator[date]:
    """Weekdays of a week that is named, or the next one of that name; the week itself where none is named."""
    monday = today - timedelta(days=today.weekday())
    asked: list[tuple[str, tuple[int, ...]]]
    asked = [(when, (_weekday_of(*names),)) for when, nth, *names in _WEEKDAY.findall(text) if not nth]
    asked += [(when, (5, 6)) for when, _ in _WEEKEND.findall(text)]
    if not asked:
        week = next((week for week in ("再来週", "来週", "今週") if week in text), "")
        first = today.weekday() if week == "今週" else 0
        asked = [(week, tuple(range(first, 7)))] if week else []
    for when, weekdays in asked:
        for weekday in weekdays:
            if when in _WEEKS:
                yield monday + timedelta(days=_WEEKS[when] + weekday)
            elif when in ("次", "つぎ", "今度", "こんど"):
                yield today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _usual_weekdays(text: str) -> Iterator[int]:
    for _, _, *names in _WEEKDAY.findall(text):
        yield _weekday_of(*names)
    if _WEEKEND.search(text) or re.search("休日(?!の?(窓口|開庁))", text):
        yield from (5, 6)
    if "日祝" in text:
        yield 6


def _time(text: str) -> int | None:
    """Minutes of the day; without a word for the half of the day, hours before 8 are those of the afternoon."""
    for before, match in _times(text):
        hour = _SPOKEN_HOURS.get(match[1]) or _number(match[1])
        minutes = match[0].partition(match[1])[2]
        half = "半" in minutes or "はん" in minutes
        minute = 30 if half else int(re.sub("[^0-9]", "", minutes) or 0)
        afternoon = bool(_AFTERNOON.search(before)) or (hour < 8 and not _FORENOON.search(before))
        hour += 12 if hour < 12 and afternoon else 0
        if hour < 24 and minute < 60:
            return hour * 60 + minute
    return 12 * 60 if "正午" in text else None


def _times(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """(what stands before it, each time)."""
    found = [*_TIME.finditer(text)] or [*_SPOKEN_TIME.finditer(text)]
    ends = [0, *(match.end() for match in found)]
    for (begin, _), match in zip(pairwise(ends), found, strict=True):
        yield text[begin : match.start()], match
