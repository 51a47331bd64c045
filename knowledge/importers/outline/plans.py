"""Which plans a document holds, and the periods that it states for them."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from knowledge.document import Entry, Plan
from knowledge.importers.facts import noise
from knowledge.importers.facts.markers import clean_title
from knowledge.importers.facts.periods import read_period
from knowledge.importers.facts.sites import names_site
from knowledge.importers.facts.titles import ONE_OF_SEVERAL, plan_title
from knowledge.importers.outline.levels import look_of
from knowledge.importers.outline.parts import LONGEST_HEADING, Part

Period = tuple[date | None, date | None]
_KIND = r"(?:計画|ビジョン|プラン|方針|構想|戦略|指針|大綱)"
_PERIOD = r"(?<!調査)(?<!募集)(?<!受付)(?<!開催)(?<!準備)(?<!利用)期間"
_STATED = re.compile(rf"{_PERIOD}|年度|年次")
_NAMES_ITS_PERIOD = re.compile(rf"(?:{_KIND}|対象)の?(?:{_PERIOD}|年度)|^\W*期間\s*[:】〕\])>〉》]")
_TELLS_OF_THE_PLAN = re.compile(rf"{_NAMES_ITS_PERIOD.pattern}|(?:この|本){_KIND}は")
_ANNOUNCED = re.compile(r"を?(?:策定|改定|作成|更新|公表)しま(?:した|す)|がまとまりました|ができました")
_RANGE = re.compile(
    r"[~〜～\-–—―ー→]|から|より|年間|[かカヵヶケ箇]年|を目標年|を最終年|終了|終期|\d(?:年度)?(?:・|、|と|及び|および)(?:令和)?\d+年度"
)
_SPAN = re.compile(r"[年度月日)\d]\s*(?:[~〜～→\-–—―ー]|から|より)\s*(?:令和|平成|R|H|\d|['’(])|年間|[かカヵヶケ箇]年")
_ONLY_A_PERIOD = re.compile(r"^\W?(?:計画期間|期間|対象期間)?\s*:?\s*(?:令和|平成|R|H|20\d\d|['’]\d\d)[^。]{3,40}$")
# A sentence that gives years for what the plan sets down: 令和5年10月から令和10年9月までに進める取組を定めました。
_SETS_DOWN = re.compile(
    rf"(?:取り?組み?|施策|事業|{_KIND})(?:など)?を(?:次のとおり)?(?:定め|まとめ|示し|策定|作成|つくり|作り|掲げ)(?:まし|る|た|て)"
)
_NOT_OF_THE_PLAN = re.compile(r"前計画|前回|これまで|上位|関連|旧計画|調査|アンケート|推計|実績")
# A period in parentheses behind the name of a plan or of a time is that one's: 第2次計画(令和3年度~令和12年度).
_BEHIND_A_NAME = re.compile(
    rf"(?P<name>[^\s、。()「」]*(?:{_KIND}|昨年度?|前年度?|前期|前回|これまで))[」』]?\([^()]*(?:\([^()]*\)[^()]*)*\)"
)
_PART_OF_THE_PERIOD = re.compile(r"\((?:うち)?(?:前期|後期|第[0-9一二三]期|中間|参考)[^()]*(?:\([^()]*\)[^()]*)*\)")
_BEFORE_A_NAME = re.compile(
    rf"[^、。]*(?:まで|年間|か年)(?:を(?:計画)?期間とする|の)(?P<name>(?:第[0-9一二三四五六七八九十]+[次期]|前|旧|[^、。\d]{{0,8}}総合)[^、。]*?{_KIND})"
)
_ONLY_A_YEAR = re.compile(
    r"^\W*(?:(?:対象|計画|実施)?(?:年度|期間)\W{0,2})?(?:令和|平成|R|H|20\d\d)[^\s。年]{0,10}年度(?:版|当初)?\W*$"
)
_AS_OF = re.compile(r"(?:令和|平成|R|H)?\s*(?:元|\d{1,4})年\d{1,2}月(?:\d{1,2}日)?\s*(?:現在|時点|策定|改定|発行)")
_PLAN_PERIOD = re.compile(rf"^\W?\s*(?:{_KIND}|取組|対象)の?期間")
_CARRIED_OUT = re.compile(r"^\W?\s*(?:実施|推進)期間")
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
        names = part.role == "heading" and not part.announced and not noise.about_the_plan(clean_title(part.text))
        if not part.plan and names and _has_period_below(parts, n):
            part.plan = True
        elif (
            part.plan
            and n
            and parts[n - 1].role == "heading"
            and parts[n - 1].announced == "text"
            and not _marked(part)
        ):
            part.plan, part.role = False, "text"  # as 上位計画 and the like announce
    titled = [n for n, part in enumerate(parts) if part.plan]
    firm = {n for n in titled if _firm(parts, n)}
    looks = Counter(look_of(part) for part in parts if part.role == "heading" and not part.announced)
    alike = Counter(look_of(parts[n]) for n in titled)
    shared = {look_of(parts[n]) for n in firm if alike[look_of(parts[n])] * 2 > looks[look_of(parts[n])]}
    firm_looks = {look_of(parts[n]) for n in firm}
    firm |= {n for n in titled if look_of(parts[n]) in firm_looks and _asks_below(parts, n)}
    if any(ONE_OF_SEVERAL.match(parts[n].text) for n in firm):
        numbered = [n for n, part in enumerate(parts) if _is_one_of_several(part)]
        firm, titled = firm | set(numbered), sorted({*titled, *numbered})
    accepted: list[str] = []
    opened: Counter[str] = Counter()
    for n in titled:
        part = parts[n]
        title = title_of_plan(part)
        marked = _marked(part)
        if (n in firm or look_of(part) in shared) and not (accepted and _same(title, accepted[-1])):
            part.role, part.title, part.plan = "heading", part.title or part.text, True
            accepted.append(title)
            opened[look_of(part)] += marked
            continue
        part.plan = False
        if not marked or (accepted and _same(title, accepted[-1])):
            part.role = "text"
    kinds = {(look_of(part), part.marker.kind) for part in parts if part.plan}
    for part in parts:
        like_them = (look_of(part), part.marker.kind) in kinds and opened[look_of(part)] > 1
        if part.role == "heading" and not part.plan and like_them:
            part.aside = True


def _marked(part: Part) -> bool:
    """Whether the format or a sign marks a part as a heading."""
    return bool(part.line.level or (part.marker.kind and part.marker.kind != "bullet"))


def title_of_plan(part: Part) -> str:
    """The plan's title in a heading that opens a plan."""
    return plan_title(part.text) or re.sub(r"\s*[(~〜].*$", "", clean_title(ONE_OF_SEVERAL.sub("", part.text)))


def _has_period_below(parts: Sequence[Part], n: int) -> bool:
    """Whether a plan's period is stated right below a heading; that in which something is carried out is the plan's
    where the heading names a plan."""
    below = next((p for p in parts[n + 1 : n + 3] if p.role in ("text", "heading")), None)
    if below is None or len(below.text) > 60:
        return False
    if not (_PLAN_PERIOD.search(below.text) or (parts[n].plan and _CARRIED_OUT.search(below.text))):
        return False
    return bool(_RANGE.search(below.text) and read_period(below.text)[1])


def _is_one_of_several(part: Part) -> bool:
    """Whether a line is the title of one of several documents in one: 【その1】まちづくりの重点."""
    short = len(part.text) <= LONGEST_HEADING and "。" not in part.text
    return part.role in ("heading", "text") and short and bool(ONE_OF_SEVERAL.match(part.text))


def _asks_below(parts: Sequence[Part], n: int) -> bool:
    """Whether initiatives with their contacts stand below a heading, before the next of its look."""
    below = list(itertools.takewhile(lambda p: p.role != "heading" or look_of(p) != look_of(parts[n]), parts[n + 1 :]))
    heads = sum(part.role == "heading" and not part.announced for part in below)
    return heads > 1 and sum(part.role == "contact" for part in below) > 1


def _same(one: str, other: str) -> bool:
    one, other = (re.sub(r"\s", "", title) for title in (one, other))
    return one.endswith(other) or other.endswith(one)


def _firm(parts: Sequence[Part], n: int) -> bool:
    part = parts[n]
    heads = [p for p in parts[:n] if p.role == "heading" and p.announced in ("", "list")]
    above = [p for p in heads if not names_site(p.text)]
    if above and above[-1].announced == "page":
        return False
    heading = next((p for p in reversed(parts[:n]) if p.role == "heading"), None)
    if heading is not None and heading.announced == "page":
        return False
    if not any(not p.plan for p in above) or _ANNOUNCED.search(part.text):
        return True
    if part.line.level and all(p.line.level > part.line.level for p in above):
        return True  # what stands above it is lower, as a menu's headings are
    if part.marker.number and not part.line.level:
        return False
    return (
        bool(read_period(part.text)[1])
        or _has_period_below(parts, n)
        or any(_ONLY_A_PERIOD.match(p.text) and read_period(p.text)[1] for p in parts[n + 1 : n + 3])
    )


def _own(said: str, title: str) -> str:
    """A sentence without the periods that it gives for other plans and times than the plan of a title."""

    def _of_the_plan(match: re.Match[str]) -> str:
        name = re.sub(r"^.*(?:である|とした|は|が|の|と|や|を)(?=第|前|旧)", "", match["name"])
        return match[0] if re.match(rf"(?:この|本|当|新){_KIND}", name) or _same(name, title) else match["name"]

    said = _PART_OF_THE_PERIOD.sub("", _AS_OF.sub("", said))
    return _BEFORE_A_NAME.sub(_of_the_plan, _BEHIND_A_NAME.sub(_of_the_plan, said))


def _statements(parts: Sequence[Part], title: str) -> Iterator[tuple[str, int]]:
    """(a sentence that may state the period, number of its part); a label such as 計画の期間 with what follows."""
    for n, part in enumerate(parts):
        if part.role in ("end", "row"):
            continue
        for said in part.text.split("。"):
            if len(said) > _LONGEST_STATEMENT or (_NOT_OF_THE_PLAN.search(said) and not _NAMES_ITS_PERIOD.search(said)):
                continue
            said = _own(said, title)
            if len(said) <= 20 and _STATED.search(said) and not read_period(said)[1] and n + 1 < len(parts):
                said = f"{said} {_own(parts[n + 1].text, title)}"
            yield said, n


def stated_period(parts: Sequence[Part], title: str, firm: bool = False) -> Period:
    """The period that the parts below a plan's title state for it: one that they call the plan's, or that stands near
    the title as its own, before one that they only mention, unless it must be `firm`; (None, None) where they state
    none."""
    mentioned: Period = None, None
    for part, below in itertools.pairwise(parts):
        if _BEGINS.search(part.text) and _ENDS.search(below.text):
            both = read_period(f"{_BEGINS.sub('', part.text)}~{_ENDS.sub('', below.text)}")
            if both[1]:
                return both
    for said, n in _statements(parts, title):
        near, set_down = n < _NEAR, bool(_SETS_DOWN.search(said))
        alone = near and not set_down and bool(_ONLY_A_PERIOD.match(said) and _SPAN.search(said))
        told = _STATED.search(said) or (near and set_down and _SPAN.search(said))
        if not (told or alone) or not _RANGE.search(said):
            continue
        period = read_period(said)
        if period[1] and (alone or _TELLS_OF_THE_PLAN.search(said) or (near and re.search(_PERIOD, said))):
            return period
        mentioned = mentioned if mentioned[1] or firm else period
    return mentioned


def _year_below(parts: Sequence[Part]) -> Period:
    """The fiscal year that stands alone in a line near the title."""
    said = next((part.text for part in parts[:_NEAR] if _ONLY_A_YEAR.match(part.text)), "")
    return read_period(said)


def plan_of(part: Part, below: Sequence[Part]) -> Plan:
    """The plan of a title, with its period: a range in the title, else one stated below, else the title's year."""
    first, last = read_period(part.text)
    title = title_of_plan(part)
    if not (last and _RANGE.search(part.text)):
        stated = stated_period(below, title, firm=bool(last))
        first, last = stated if stated[1] else (first, last) if last else _year_below(below)
    whole = re.compile(rf"「(\S{{1,8}}[区市町村都道府県]{re.escape(title)})」")
    told = next((match[1] for other in below if (match := whole.search(other.text))), title)
    return Plan(told, first if last else None, last)


def full_plan(plan: Plan, titles: Sequence[Plan]) -> Plan:
    """A plan without a period, as an earlier title names it in full and with its period, where one does."""
    if plan.valid_to:
        return plan
    alike = (other for other in titles if other.valid_to and _of_place(other.title) == _of_place(plan.title))
    return next(alike, plan)


def _of_place(title: str) -> str:
    """A plan's title without the name of its municipality and without spaces."""
    return re.sub(r"\s|(?<=[\s期次])[^\s\d]{1,6}?[区市町村]|^[^\s\d]{1,6}?[区市町村]", "", title)


def _title_within(parts: Sequence[Part]) -> str:
    """The title of a plan that stands beside something else in one of the lines, as in a running head; else empty."""
    words = [word for part in parts if part.role == "text" and "。" not in part.text for word in part.text.split(" ")]
    return next((title for word in words if (title := plan_title(word))), "")


def _is_drawn_around(part: Part) -> bool:
    """Whether signs stand on both sides of a heading: ■■■ 区政運営の取組 ■■■."""
    kind = part.marker.kind
    return part.role == "heading" and not part.announced and len(kind) == 2 and kind[0] == kind[1]


def _may_title(part: Part) -> bool:
    """Whether a line above all headings may be the document's title."""
    return part.role == "text" and not part.announced and "。" not in part.text and 5 <= len(part.text) <= 40


def first_plan(parts: Sequence[Part], named: Sequence[Plan], name: str) -> Plan:
    """The plan of what stands under no plan's heading: the first that is named, or the document's title with the period
    stated in it; `name` of the file where it has none."""
    if named:
        return named[0]
    title = _title_within(parts[:_TITLE_WITHIN])
    title = title or next((clean_title(part.text) for part in parts if part.line.level == 1), "")
    title = title or next((clean_title(part.text) for part in parts[:_TITLE_WITHIN] if _is_drawn_around(part)), "")
    title = title or next((clean_title(part.text) for part in parts[:_TITLE_WITHIN] if _may_title(part)), "")
    first, last = stated_period(parts, title)
    if not last:
        first, last = read_period(title) if read_period(title)[1] else _year_below(parts)
    return Plan(title or name.rsplit(".", 1)[0], first, last)


def of_shared_periods(entries: list[Entry]) -> list[Entry]:
    """The entries, where the period that all of a plan have in common is the plan's, if that states none."""
    periods: dict[Plan, set[Period]] = {}
    for entry in entries:
        periods.setdefault(entry.plan, set()).add((entry.valid_from, entry.valid_to))
    dated: dict[Plan, Plan] = {}
    for plan, found in periods.items():
        first, last = found.pop()
        if not (found or plan.valid_to) and last:
            dated[plan] = replace(plan, valid_from=first, valid_to=last)
    return [replace(e, plan=dated[e.plan], valid_from=None, valid_to=None) if e.plan in dated else e for e in entries]
