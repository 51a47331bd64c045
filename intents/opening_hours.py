"""When the ward office is open: weekdays, late evenings, the open Sunday, holidays, the year's end."""

from dataclasses import dataclass
from datetime import date
from functools import cache

import holidays

_WEEKDAYS = "月火水木金土日"


@dataclass(frozen=True, slots=True)
class Hours:
    """`late_weekday` counts from Monday 0; `open_sunday` is which Sunday of a month; closed days as (month, day)."""

    opens: str
    closes: str
    late_weekday: int
    late_closes: str
    open_sunday: int
    limited_to: str
    closed_from: tuple[int, int]
    closed_to: tuple[int, int]


@cache
def _national_holidays() -> holidays.HolidayBase:
    return holidays.country_holidays("JP")


def _year_end(day: date, hours: Hours) -> bool:
    return (day.month, day.day) >= hours.closed_from or (day.month, day.day) <= hours.closed_to


def describe_day(day: date, hours: Hours) -> str:
    """One day in a line of Japanese, such as 11月24日（火）9:00〜17:30."""
    label = f"{day.month}月{day.day}日（{_WEEKDAYS[day.weekday()]}）"
    holiday = _national_holidays().get(day)
    if _year_end(day, hours):
        return f"{label} お休み（年末年始）"
    if day.weekday() == 6 and (day.day - 1) // 7 + 1 == hours.open_sunday:
        return f"{label} {hours.opens}〜{hours.closes}（{hours.limited_to}のみ）"
    if holiday:
        return f"{label} お休み（{holiday}）"
    if day.weekday() >= 5:
        return f"{label} お休み"
    if day.weekday() == hours.late_weekday:
        return f"{label} {hours.opens}〜{hours.closes}（{hours.limited_to}は {hours.late_closes} まで）"
    return f"{label} {hours.opens}〜{hours.closes}"
