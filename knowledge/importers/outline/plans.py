"""Which plans a document holds, and the periods that it states for them."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

from knowledge.document import Plan
from knowledge.importers.facts.markers import clean_title
from knowledge.importers.facts.periods import read_period
from knowledge.importers.facts.titles import plan_title
from knowledge.importers.outline.levels import look_of
from knowledge.importers.outline.parts import Part

Period = tuple[date | None, date | None]
_STATED = re.compile(r"(?:計画|取組|対象|実施|推進)?(?:の)?(?:期間|年度|年次)")
_ANNOUNCED = re.compile(r"を?(?:策定|改定|作成|更新|公表)しま(?:した|す)|がまとまりました|ができました")
_RANGE = re.compile(r"[~〜～\-–—―ー]|から|より|年間|か年|カ年")
_ONLY_A_PERIOD = re.compile(r"^\W?(?:計画期間|期間|対象期間)?\s*:?\s*(?:令和|平成|R|H|20\d\d)[^。]{3,40}$")
_NOT_OF_THE_PLAN = re.compile(r"前計画|前回|これまで|上位|関連|旧計画|調査|アンケート|推計")
_AS_OF = re.compile(r"(?:令和|平成|R|H)?\s*(?:元|\d{1,4})年\d{1,2}月(?:\d{1,2}日)?\s*(?:現在|時点|策定|改定|発行)")
_PLAN_PERIOD = re.compile(r"^\W?\s*(?:計画|ビジョン|プラン|取組|対象)の?期間")
_BEGINS = re.compile(r"^(?:.{0,6}(?:いつから|開始|始期|始まり)(?:日|年度|年月日)?|自)\s*:\s*")
_ENDS = re.compile(r"^(?:.{0,6}(?:いつまで|終了|終期|終わり|満了)(?:日|年度|年月日)?|至)\s*:\s*")
_TITLE_WITHIN = 3  # lines from a document's beginning
_NEAR = 6  # parts below a plan's title
_LONGEST_STATEMENT = 120  # letters


def choose_plans(parts: Sequence[Part]) -> None:
    """Takes the mark of a plan's title from headings that only mention one, and gives it to those below which a plan's
    period stands; a title said twice opens one plan. What looks like the titles of several plans and is none is aside.
    """
    for n, part in enumerate(parts):
        if not part.plan and part.role == "heading" and not part.announced and _has_period_below(parts, n):
            part.plan = True
    titled = [n for n, part in enumerate(parts) if part.plan]
    firm = {n for n in titled if _firm(parts, n)}
    looks = Counter(look_of(part) for part in parts if part.role == "heading" and not part.announced)
    alike = Counter(look_of(parts[n]) for n in titled)
    shared = {look_of(parts[n]) for n in firm if alike[look_of(parts[n])] * 2 > looks[look_of(parts[n])]}
    accepted: list[str] = []
    opened: Counter[str] = Counter()
    for n in titled:
        part = parts[n]
        title = title_of_plan(part)
        marked = bool(part.line.level or (part.marker.kind and part.marker.kind != "bullet"))
        if (n in firm or look_of(part) in shared) and not (accepted and _same(title, accepted[-1])):
            accepted.append(title)
            opened[look_of(part)] += marked
            continue
        part.plan = False
        if not marked or (accepted and _same(title, accepted[-1])):
            part.role = "text"
    for part in parts:
        if part.role == "heading" and not part.plan and opened[look_of(part)] > 1:
            part.aside = True


def title_of_plan(part: Part) -> str:
    """The plan's title in a heading that opens a plan."""
    return plan_title(part.text) or re.sub(r"\s*[(~〜].*$", "", clean_title(part.text))


def _has_period_below(parts: Sequence[Part], n: int) -> bool:
    """Whether a plan's period is stated right below a heading."""
    below = next((p for p in parts[n + 1 : n + 3] if p.role in ("text", "heading")), None)
    if below is None or len(below.text) > 60 or not _PLAN_PERIOD.search(below.text):
        return False
    return bool(_RANGE.search(below.text) and read_period(below.text)[1])


def _same(one: str, other: str) -> bool:
    one, other = (re.sub(r"\s", "", title) for title in (one, other))
    return one.endswith(other) or other.endswith(one)


def _firm(parts: Sequence[Part], n: int) -> bool:
    part = parts[n]
    above = [p for p in parts[:n] if p.role == "heading" and p.announced in ("", "list")]
    if above and above[-1].announced == "page":
        return False
    heading = next((p for p in reversed(parts[:n]) if p.role == "heading"), None)
    if heading is not None and heading.announced == "page":
        return False
    if not any(not p.plan for p in above) or _ANNOUNCED.search(part.text):
        return True
    if part.marker.number and not part.line.level:
        return False
    return (
        bool(read_period(part.text)[1])
        or _has_period_below(parts, n)
        or any(_ONLY_A_PERIOD.match(p.text) and read_period(p.text)[1] for p in parts[n + 1 : n + 3])
    )


def stated_period(parts: Sequence[Part]) -> Period:
    """The period that the parts below a plan's title state for it; (None, None) where they state none."""
    for n, part in enumerate(parts):
        if part.role in ("end", "row") or len(part.text) > _LONGEST_STATEMENT:
            continue
        if n + 1 < len(parts) and _BEGINS.search(part.text) and _ENDS.search(parts[n + 1].text):
            both = read_period(f"{_BEGINS.sub('', part.text)}~{_ENDS.sub('', parts[n + 1].text)}")
            if both[1]:
                return both
        said = _AS_OF.sub("", part.text)
        if _NOT_OF_THE_PLAN.search(said):
            continue
        if _STATED.search(said) and not read_period(said)[1] and n + 1 < len(parts) and len(said) <= 20:
            said = f"{said} {parts[n + 1].text}"
        if (_STATED.search(said) or (n < _NEAR and _ONLY_A_PERIOD.match(said))) and _RANGE.search(said):
            period = read_period(said)
            if period[1]:
                return period
    return None, None


def plan_of(part: Part, below: Sequence[Part], source: str) -> Plan:
    """The plan of a title, with its period: a range in the title, else one stated below, else the title's year."""
    first, last = read_period(part.text)
    if not (last and _RANGE.search(part.text)):
        stated = stated_period(below)
        first, last = stated if stated[1] else (first, last)
    title = title_of_plan(part)
    whole = re.compile(rf"「(\S{{1,8}}[区市町村都道府県]{re.escape(title)})」")
    told = next((match[1] for other in below if (match := whole.search(other.text))), title)
    return Plan(told, first if last else None, last, source)


def _title_within(parts: Sequence[Part]) -> str:
    """The title of a plan that stands beside something else in one of the lines, as in a running head; else empty."""
    words = [word for part in parts if part.role == "text" and "。" not in part.text for word in part.text.split(" ")]
    return next((title for word in words if (title := plan_title(word))), "")


def _may_title(part: Part) -> bool:
    """Whether a line above all headings may be the document's title."""
    return part.role == "text" and not part.announced and "。" not in part.text and 5 <= len(part.text) <= 40


def first_plan(parts: Sequence[Part], named: Sequence[Plan], source: str) -> Plan:
    """The plan of what stands under no plan's heading: the first that is named, or the document's title with the period
    stated in it."""
    if named:
        return named[0]
    title = _title_within(parts[:_TITLE_WITHIN])
    title = title or next((clean_title(part.text) for part in parts if part.line.level == 1), "")
    title = title or next((clean_title(part.text) for part in parts[:_TITLE_WITHIN] if _may_title(part)), "")
    first, last = stated_period(parts)
    if not last:
        first, last = read_period(title)
    return Plan(title or source.rsplit(".", 1)[0], first, last, source)
