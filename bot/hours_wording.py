"""What a resident reads of the opening hours: the day or time that was asked about, then the days to come."""

from collections.abc import Iterator
from datetime import date, timedelta

from bot.ward import Ward
from intents.asked_hours import Asked, read_asked
from intents.opening_hours import (
    WEEKDAYS,
    Hours,
    find_open_sunday,
    find_year_end,
    list_holidays,
    look_up_day,
    minutes_of,
)
from nlp.normalise import normalise

_LISTED = 7  # days
_SATURDAY, _SUNDAY = 5, 6
_SEASONS = {  # (first, last) as (month, day), and what they are called
    "bon": ((8, 13), (8, 16), "お盆"),
    "golden_week": ((4, 29), (5, 6), "ゴールデンウィーク"),
}
_NO_TRAVEL = "道順や乗り物のことは、手元の資料では分かりません。"


def hours_text(ward: Ward, question: str, today: date) -> str:
    """What was asked first; then the week, the next open Sunday, the year's end and the address."""
    hours, asked = ward.hours, read_asked(normalise(question), today, ward.hours)
    week = (_day_line(today + timedelta(days=n), hours) for n in range(_LISTED))
    address = [] if asked.place else [ward.address]
    lines = [
        *dict.fromkeys(_answer_lines(asked, ward, today)), f"{ward.short_name}役所の開庁時間です。", *week,
        _sunday_line(today, hours), _closed_line(hours), *address,
    ]  # fmt: skip
    return "\n".join(lines)


def _label(day: date, today: date | None = None) -> str:
    """12月4日（金）, with the year where it is not the running or the next one's beginning."""
    year = f"{day.year}年" if today and (day - today).days > 180 else ""
    return f"{year}{day.month}月{day.day}日（{WEEKDAYS[day.weekday()]}）"


def _span(hours: Hours) -> str:
    return f"{hours.opens}〜{hours.closes}"


def _day_line(day: date, hours: Hours) -> str:
    """One day of a list, such as 11月24日（火）9:00〜17:30."""
    found = look_up_day(day, hours)
    if found.closed:
        return f"{_label(day)} お休み" + (f"（{found.why}）" if found.why else "")
    if found.limited:
        return f"{_label(day)} {_span(hours)}（{hours.limited_to}のみ）"
    late = f"（{hours.limited_to}は {hours.late_closes} まで）" if found.late else ""
    return f"{_label(day)} {_span(hours)}{late}"


def _sunday_line(today: date, hours: Hours) -> str:
    return f"次の第{hours.open_sunday}日曜日は {_day_line(find_open_sunday(today, hours), hours)}です。"


def _closed_line(hours: Hours) -> str:
    (first_month, first_day), (last_month, last_day) = hours.closed_from, hours.closed_to
    return f"年末年始は{first_month}月{first_day}日から{last_month}月{last_day}日までお休みです。"


def _answer_lines(asked: Asked, ward: Ward, today: date) -> Iterator[str]:
    hours = ward.hours
    if asked.place:
        yield f"{ward.short_name}役所は、{ward.address}です。"
        if asked.way:
            yield _NO_TRAVEL
    for day in asked.days:
        yield _past(day) if day < today else _day_sentence(day, hours, today, asked.time)
    for weekday in asked.weekdays:
        yield _weekday_sentence(weekday, hours)
    if asked.time is not None and not asked.days and asked.weekdays != (_SATURDAY,):
        yield _time_sentence(asked.time, asked.weekdays, hours)
    for topic in asked.topics:
        yield from _topic_lines(topic, asked, hours, today)


def _past(day: date) -> str:
    return f"{_label(day)}は、もう過ぎました。"


def _day_sentence(day: date, hours: Hours, today: date, time: int | None) -> str:
    """Whether the office is open on a day; at that time of it, in minutes."""
    found, label = look_up_day(day, hours), _label(day, today)
    if found.closed:
        return f"{label}は、お休みです" + (f"（{found.why}）。" if found.why else "。")
    if time is not None and not _within(time, hours):
        return f"{label}の" + _closed_time(time, late=found.late, hours=hours)
    at = f" {_clock(time)} も開いています。" if time is not None else ""
    if found.limited:
        return f"{label}は、{hours.limited_to}だけ {_span(hours)} に開いています。{at}".rstrip()
    late = f"{hours.limited_to}は {hours.late_closes} までです。" if found.late else ""
    return f"{label}は {_span(hours)} に開いています。{late}{at}".rstrip()


def _weekday_sentence(weekday: int, hours: Hours) -> str:
    """Whether the office is usually open on a day of the week."""
    name = f"{WEEKDAYS[weekday]}曜日"
    if weekday == _SUNDAY:
        return f"{name}は、第{hours.open_sunday}{name}だけ {_span(hours)} に開いています（{hours.limited_to}のみ）。"
    if weekday == _SATURDAY:
        return f"{name}は、お休みです。"
    late = f"{hours.limited_to}は {hours.late_closes} までです。" if weekday == hours.late_weekday else ""
    return f"{name}は {_span(hours)} に開いています（祝日と年末年始はお休み）。{late}"


def _late_days(hours: Hours) -> str:
    return f"{WEEKDAYS[hours.late_weekday]}曜日の{hours.limited_to}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _within(time: int, hours: Hours) -> bool:
    return minutes_of(hours.opens) <= time < minutes_of(hours.closes)


def _closed_time(time: int, late: bool, hours: Hours) -> str:
    """What is said of a time outside the usual hours of a day that the office is open."""
    if time < minutes_of(hours.opens):
        return f" {_clock(time)} は、まだ開いていません。開くのは {hours.opens} です。"
    if late and time < minutes_of(hours.late_closes):
        return f" {_clock(time)} は、{hours.limited_to}だけ開いています（{hours.late_closes} まで）。"
    end = f"{hours.limited_to}は {hours.late_closes}、ほかは {hours.closes}" if late else hours.closes
    return f" {_clock(time)} は、閉まっています（{end} まで）。"


def _time_sentence(time: int, weekdays: tuple[int, ...], hours: Hours) -> str:
    if _within(time, hours):
        return f"{_clock(time)} は、開いている日の開庁時間（{_span(hours)}）の中です。"
    late = not weekdays or hours.late_weekday in weekdays
    if late and time == minutes_of(hours.late_closes):
        return f"{_late_days(hours)}は、{hours.late_closes} で閉まります。"
    if late and minutes_of(hours.closes) <= time < minutes_of(hours.late_closes):
        return f"{_clock(time)} に開いているのは、{_late_days(hours)}だけです（{hours.late_closes} まで）。"
    if late and time >= minutes_of(hours.closes):
        latest = f"いちばん遅いのは{_late_days(hours)}で、{hours.late_closes} までです。"
        return f"{_clock(time)} には、どの日も閉まっています。{latest}"
    return _closed_time(time, late=False, hours=hours).strip()


def _topic_lines(topic: str, asked: Asked, hours: Hours, today: date) -> Iterator[str]:
    """What is said of a season, of holidays or of a part of the day."""
    if topic == "year_end":
        last, first = find_year_end(today, hours)
        yield (
            _closed_line(hours)
            + f"その前は{_label(last)}まで、そのあとは{_label(first)}から、ふだんどおり開いています。"
        )
    elif topic in _SEASONS:
        yield from _season_lines(topic, hours, today)
    elif topic == "holiday":
        day, name = list_holidays(today)[0]
        yield f"祝日はお休みです。次の祝日は{_label(day)}（{name}）です。"
    elif topic == "weekdays":
        yield f"平日は {_span(hours)} に開いています。{_late_days(hours)}は {hours.late_closes} までです。"
    elif topic == "evening" and not (asked.days or asked.weekdays or asked.time):
        late = f"{_late_days(hours)}だけです（{hours.late_closes} まで）"
        yield f"夜に開いているのは、{late}。ほかは {hours.closes} までです。"
    elif topic == "morning" and asked.time is None:
        yield f"開くのは {hours.opens} です。"
    elif topic == "lunch" and asked.time is None:
        yield f"手元の資料では、開庁時間は {_span(hours)} で、昼に閉めるとは書かれていません。"


def _season_lines(topic: str, hours: Hours, today: date) -> Iterator[str]:
    """A season in which the office has no holidays of its own, day by day."""
    first, last, name = _SEASONS[topic]
    year = today.year + ((today.month, today.day) > last)
    yield f"{name}だけのお休みはありません。土曜・日曜と祝日のほかは、ふだんどおり開いています。"
    day = date(year, *first)
    while day <= date(year, *last):
        yield _day_line(day, hours)
        day += timedelta(days=1)
