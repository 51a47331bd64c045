"""When the ward office is open: weekdays, late evenings, the open Sunday, holidays, the year's end."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase

WEEKDAYS = "月火水木金土日"
_SUNDAY = 6


_CLOCK = re.compile("([0-9]|1[0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Hours:
    """`late_weekday` counts from Monday 0; `open_sunday` is which Sunday of a month; closed days as (month, day).
    ValueError for a time that is not written as 9:00."""

    opens: str
    closes: str
    late_weekday: int
    late_closes: str
    open_sunday: int
    limited_to: str
    closed_from: tuple[int, int]
    closed_to: tuple[int, int]

    def __post_init__(self) -> None:
        for clock in (self.opens, self.closes, self.late_closes):
            if not _CLOCK.fullmatch(clock):
                raise ValueError(f"時刻は 9:00 のように書いてください（{clock}）。")


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the office. `closed`: it is, for the reason `why` (which may be empty); `limited`: only what the ward
    limits such days to is open; `late`: that stays open longer than the rest."""

    closed: bool = False
    why: str = ""
    limited: bool = False
    late: bool = False


@cache
def _national_holidays() -> "HolidayBase":
    """Japan's, from the package's file for it: its own ways in load 250 countries, which takes 8 MB and 0.2 s. Loaded
    when days are first looked at: whoever asks for something else does not wait for it."""
    import holidays

    spec = spec_from_file_location("holidays_of_japan", Path(holidays.__path__[0]) / "countries" / "japan.py")
    assert spec
    assert spec.loader
    japan = module_from_spec(spec)
    spec.loader.exec_module(japan)
    found: HolidayBase = japan.Japan(language="ja")
    return found


def _year_end(day: date, hours: Hours) -> bool:
    return (day.month, day.day) >= hours.closed_from or (day.month, day.day) <= hours.closed_to


def minutes_of(clock: str) -> int:
    """9:00 in minutes of the day."""
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def look_up_day(day: date, hours: Hours) -> Day:
    """Whether the office is open on a day, and for what."""
    if _year_end(day, hours):
        return Day(closed=True, why="年末年始")
    if day.weekday() == _SUNDAY and (day.day - 1) // 7 + 1 == hours.open_sunday:
        return Day(limited=True)
    if holiday := _national_holidays().get(day):
        return Day(closed=True, why=holiday)
    if day.weekday() >= 5:
        return Day(closed=True)
    return Day(late=day.weekday() == hours.late_weekday)


def find_nth_weekday(year: int, month: int, n: int, weekday: int) -> date | None:
    """The n-th Monday (0) … Sunday (6) of a month; None where the month has fewer."""
    first = date(year, month, 1)
    day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))
    return day if day.month == month else None


def find_open_sunday(since: date, hours: Hours) -> date:
    """The first open Sunday on or after a day."""
    return next(day for day in _days(since) if look_up_day(day, hours).limited)


def list_holidays(since: date) -> list[tuple[date, str]]:
    """The national holidays of a year from a day on, each with its name in Japanese, the next first."""
    found = ((day, _national_holidays().get(day)) for day in _days(since)[:365])
    return [(day, name) for day, name in found if name]


def find_year_end(since: date, hours: Hours) -> tuple[date, date]:
    """(the last day that the office is open as usual before the year's end, the first after it); of the year's end that
    goes on, or comes next."""
    closed = next(day for day in _days(since) if _year_end(day, hours))
    last = next(day for day in _days(closed, -1) if _as_usual(day, hours))
    return last, next(day for day in _days(closed) if _as_usual(day, hours))


def _as_usual(day: date, hours: Hours) -> bool:
    found = look_up_day(day, hours)
    return not found.closed and not found.limited


def _days(since: date, step: int = 1) -> list[date]:
    """A year of days, one after (or before) the other: whatever is looked for comes once in it."""
    return [since + timedelta(days=step * n) for n in range(400)]
