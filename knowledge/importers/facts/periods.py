"""Periods of plans, as documents print them."""

import itertools
import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

_ERA_BEFORE_FIRST = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988}
_POINT = re.compile(
    r"(?:(?P<era>令和|平成|[RH])\.?\s*(?P<n>元|\d{1,2})(?:\(\d{4}\))?|(?P<y>(?:19|20)\d{2})(?:\((?:令和|平成|[RH])?(?:元|\d{1,2})\))?)"
    r"\s*(?P<unit>年度|年)?(?:\s*\((?:\d{4}|(?:令和|平成)(?:元|\d{1,2}))年?度?\))?"
    r"\s*(?:(?P<month>\d{1,2})月)?\s*(?:(?P<day>\d{1,2})日)?"
)
_TO = re.compile(r"\s*(?:から|より|[~〜～→\-–—―ー至]|(?:終了|終期|満了)(?:年度|年月日?|日)?\s*[:】\])]?)\s*$")
_AND = re.compile(r"\s*(?:・|、|及び|および|と)\s*")
_DOTTED = re.compile(r"(?<![\d.])(20\d\d|[RH]\d{1,2})[./](\d{1,2})(?:[./](\d{1,2}))?(?![\d./])")
_DIGITS = "〇一二三四五六七八九"
_IN_KANJI = re.compile(r"(?<=令和|平成)([一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])(?=年)")
_SHORT_YEAR = re.compile(r"(?<!\w)['’‘](?=\d\d(?!\d))")  # '24
_BARE = re.compile(r"(?:から|より|・|及び|[~〜～→\-–—―ー至])\s*(?P<n>\d{1,2})\s*(?P<unit>年度)")
# 24~28年度, 6~8年度: the years of our century, or of the present era.
_BARE_RANGE = re.compile(r"(?<![\d年月.第])(?P<first>\d{1,2})\s*(?:年度?)?\s*[~〜～\-–—→]\s*(?P<last>\d{1,2})\s*年度")
_LAST_OF_ERA, _LAST_OF_CENTURY = 19, 60
_YEARS = re.compile(r"(\d{1,2})\s*(?:年(?:間|計画)|[かカヵヶケ箇]年)")
_LAST_YEAR = re.compile(r"\s*を(?:計画の?)?(?:目標年[度次]|最終年度|終期)")


@dataclass(frozen=True, slots=True)
class _Point:
    year: int
    fiscal: bool
    month: int
    day: int

    def first(self) -> date:
        if self.month:
            return date(self.year, self.month, self.day or 1)
        return date(self.year, 4, 1) if self.fiscal else date(self.year, 1, 1)

    def last(self) -> date:
        if self.month:
            return date(self.year, self.month, self.day or monthrange(self.year, self.month)[1])
        return date(self.year + 1, 3, 31) if self.fiscal else date(self.year, 12, 31)


def _point(match: re.Match[str]) -> _Point:
    n = 1 if match["n"] == "元" else int(match["n"] or 0)
    year = int(match["y"]) if match["y"] else _ERA_BEFORE_FIRST[match["era"]] + n
    return _Point(year, match["unit"] == "年度", int(match["month"] or 0), int(match["day"] or 0))


def _next_year(said: str, one: _Point, other: _Point) -> bool:
    """Whether a text between two years says that both are meant, and the one follows the other."""
    return bool(_AND.fullmatch(said)) and other.year == one.year + 1


def _in_range(match: re.Match[str], text: str) -> bool:
    """Whether a number that may be a year is an end of a range, and no part of a name such as プラン2030."""
    before, after = text[: match.start()], text[match.end() :]
    return bool(re.match(r"\s*(?:から|より|[~〜～→\-–—―ー至]\s*(?:令和|平成|R|H|\d))", after) or _TO.search(before))


def _in_digits(text: str) -> str:
    """A text with its days as 2024年4月1日, whatever parts their numbers, and its years in digits."""

    def number(match: re.Match[str]) -> str:
        tens, ten, ones = ("", "", match[1]) if "十" not in match[1] else match[1].partition("十")
        return str((_DIGITS.index(tens) if tens else 1) * 10 * bool(ten) + (_DIGITS.index(ones) if ones else 0))

    text = _DOTTED.sub(lambda m: f"{m[1]}年{m[2]}月" + (f"{m[3]}日" if m[3] else ""), text)
    return _IN_KANJI.sub(number, _SHORT_YEAR.sub("20", text))


def _bare_range(text: str) -> tuple[date | None, date | None]:
    """The fiscal years of a range that is written without era and century."""
    match = _BARE_RANGE.search(text)
    first, last = (int(match["first"]), int(match["last"])) if match else (0, 0)
    before = 2018 if last <= _LAST_OF_ERA else 2000 if first > _LAST_OF_ERA else 0
    if not 0 < first < last <= _LAST_OF_CENTURY or not before:
        return None, None
    return date(before + first, 4, 1), date(before + last + 1, 3, 31)


def read_period(text: str) -> tuple[date | None, date | None]:
    """First and last day of the period that a text names; (None, None) where it names none.

    A fiscal year runs from April to March. Reads 令和6年度～令和8年度, 2024-2026年度, 令和6年4月～令和9年3月, R6～R8,
    '24～'26, 24～26年度, 令和6年度から3年間, 令和6年度から8年度, 令和6年度を初年度とし令和8年度を目標年度とする,
    令和8年度を目標年度とする3年間.
    """
    plain = _in_digits(unicodedata.normalize("NFKC", text))
    matches = [m for m in _POINT.finditer(plain) if m["unit"] or m["month"] or m["era"] or _in_range(m, plain)]
    if not matches:
        return _bare_range(plain)
    try:
        points = [_point(match) for match in matches]
        between = [plain[a.end() : b.start()] for a, b in itertools.pairwise(matches)]
        ranges = [n for n, said in enumerate(between) if _TO.search(said) or _next_year(said, *points[n : n + 2])]
        first = points[ranges[0]] if ranges else points[0]
        last = points[ranges[0] + 1] if ranges else None
        fiscal = first.fiscal or bool(last and last.fiscal) or not (first.month or matches[0]["unit"])
        first = _Point(first.year, fiscal and not first.month, first.month, first.day)
        if last:
            return first.first(), _Point(last.year, fiscal and not last.month, last.month, last.day).last()
        years = _YEARS.search(plain)
        if ends := [
            point for point, match in zip(points, matches, strict=True) if _LAST_YEAR.match(plain, match.end())
        ]:
            span = int(years[1]) if years else ends[0].year - first.year + 1
            return _Point(ends[0].year - span + 1, ends[0].fiscal, 0, 0).first(), ends[0].last()
        if bare := _BARE.search(plain, matches[0].end() - 1):
            begins = next((m for m in reversed(matches) if m.end() <= bare.start() + 1), matches[0])
            era, first = begins["era"], _point(begins)
            before = _ERA_BEFORE_FIRST[era] if era else first.year // 100 * 100
            return _Point(first.year, not first.month, first.month, first.day).first(), _Point(
                before + int(bare["n"]), True, 0, 0
            ).last()
        if years:
            start = first.first()
            return start, date.fromordinal(start.replace(year=start.year + int(years[1])).toordinal() - 1)
        if first.fiscal and matches[0]["unit"] == "年度":
            return first.first(), first.last()
    except ValueError:  # a 13th month, a 31st of April
        return None, None
    return None, None
