"""What a contact says that it is meant for: (1)から(3)まで, (3)のほか, 「…」, 上の2つの取組, この方針."""

import itertools
import re
from dataclasses import dataclass, replace

from knowledge.importers.facts.markers import marker_number, read_marker

OPENS, CLOSES = r"\[(【〔<〈《≪〖", r"\])】〕>〉》≫〗"  # brackets, for sets of letters
_ASKED = r"(?:お?問い?合わ?せ?(?:先|窓口)?|照会先)"
_ASKED_FOR = r"(?:お?申し?込み?先?|受付|予約)"
_CHARGE = r"(?:(?:主な?|関係)?(?:担当|所管|主管)(?:課室?|部署|部局|窓口|係|者|所属|組織|所管)?)"
_IN_CHARGE = (
    rf"(?:{_CHARGE}|関係課|(?:取扱|実施)(?:課室?|部署|部局|窓口|所管)|"
    r"所属(?:名)?|連絡先|相談先|聞く(?:ところ|場所)|たずねる?ところ|課名|部署名?|"
    r"(?:相談窓口|窓口|事務局)(?![^\Wは]{1,12}(?:課|係|室|センター|担当)))"  # 窓口サービス課 is an office
)
_AND_ALSO = r"(?:・|及び|／|/|と)"
LABEL_WORD = (
    rf"(?:(?:{_ASKED_FOR}{_AND_ALSO})?{_ASKED}|{_IN_CHARGE})"
    rf"(?:{_AND_ALSO}(?:電話|連絡先|{_ASKED}|{_ASKED_FOR}|窓口|場所))?(?:等|など)?"
)
ASKED = rf"(?:{_ASKED}(?:\s*(?:は|:)|\s)|{_CHARGE}\s*(?:は|:))"
_THING = r"(?:取り?組み?|事業|施策|項目)"
_ONE = rf"(?:{_THING}|No\.?)?\s*(?:\(\d{{1,2}}\)|[①-⑳]|\d{{1,2}}(?![\d階番F年月日時つ件]|{_THING}))"
_AND = r"\s*(?:から|[~〜・、,-]|と|及び|および|並びに)\s*"
# A number with those of what it stands in: III-1, 2-1-3.
_PATH = r"(?<![\d-])(?:(?:\d{1,2}|[IVX]{1,4}|[A-H])-){1,3}\d{1,2}(?![\d-])"
_SEVERAL = rf"{_ONE}(?:(?:{_AND}|(?=[(①-⑳])){_ONE})*"
_NUMBERS = (
    rf"(?P<paths>(?:{_THING})?{_PATH}(?:{_AND}{_PATH})*|(?:{_THING})?{_PATH}{_AND}\d{{1,2}}(?![\d-]))\s*(?:まで)?|"
    rf"(?P<numbers>{_SEVERAL})\s*(?:まで)?"
)
_NAMES = r"(?P<names>「[^「」]{2,40}」(?:[・、と]?\s*「[^「」]{2,40}」)*)"
_COUNT = (
    r"(?:(?:上記?|以上|前記?|直前|これら|この)|(?P<down>下記?|次|以下)|(?=\d(?:つ|件|事業|取組)(?:とも|共通)))の?\s*"
    rf"(?P<count>\d|[一二三四五六七八九])(?:つの?|件の?|(?={_THING})(?!項目))"
)
_WORD = (
    r"(?:章|節|重点(?:項目|分野|課題)?(?=\s*\d)|[一-鿿々]{0,4}?"
    r"(?:柱|目標|方針|政策|施策|対策|領域|(?:めざす|目指す)(?:[^\s、。:「」]{1,6}の)?姿|テーマ|分野|戦略|視点|課題|方向性?|"
    r"プロジェクト|プログラム))"
)
_AROUND = rf"(?:この|本|当|上記の?)(?P<around>{_WORD})"
_NUMBER = r"(?:\d{1,2}(?!\d|-\d)|[IVX]{1,4}(?![A-Za-z])|[A-H](?![A-Za-z]))"
_PART = (
    rf"(?:(?P<part>(?:[一-鿿々ぁ-ゖ]{{1,6}}の)??{_WORD})\s*[(\[「]?(?P<which>{_NUMBER}(?:{_AND}(?:{_WORD})?\s*{_NUMBER})*)[)\]」]?|"
    rf"第(?P<chapter>\d{{1,2}}|[一二三四五六七八九十])(?P<kind>[章節部編])|(?P<roman>[IVX]{{1,4}}(?![A-Za-z])))"
)
_THIS = rf"(?P<this>(?:この|本)?{_THING}(?:のみ|だけ))"
_BEFORE = r"(?P<before>[^\s、。:「」]{1,20}の(?:うち[、 ]*)?|次の|上の|下の|以下の|上記)?"
_CORE = (
    r"[※ ]*(?:(?:ただし|但し|なお)[、,]?\s*)?"
    rf"(?:{_BEFORE}(?:{_NUMBERS})|{_NAMES}|{_COUNT}|{_AROUND}|{_PART}|{_THIS})\s*(?P<but>のほか|の他|以外|を除[くきい]て?|を除いた)?"
    rf"(?:の?(?:すべて|全て|各|\d+つ)?の?(?:{_THING}|もの))?(?:と?も|すべて|全て|いずれも|共通|のみ|だけ)?"
)
_ALL = r"(?:(?:\d(?:つ|件)とも|すべて|全て|いずれも|みな|全部|一括して|まとめて)[、 ]*)?"
_ABOUT = r"(?:の|に関すること|に関する|に関して|についての?)?\s*"
# An office that nothing but a space parts from the numbers before it.
_OFFICE = (
    r"[^\s。、,:/()]{1,20}(?:課|係|室|部|局|所|署|館|会|センター|担当|グループ|チーム)"
    r"(?:\([^()]{1,20}\))?(?=$|[\s(、,/])"
)
_LABEL = rf"[^\w\s(（]*\s*(?:{LABEL_WORD}|(?:申・)?[問担](?=[{CLOSES}\s:]))\s*[{CLOSES}」]*\s*(?:は|[:/])?\s*"
_BEGINS = re.compile(
    rf"^(?P<label>{_LABEL})?[^\w\s(「]*(?:\((?!\d+\))(?=[^()]{{1,14}}\)))?{_CORE}{_ABOUT}(?P<after>{LABEL_WORD})?\s*[{CLOSES}]*(?P<parted>\s*(?:は|[:、,]|[.…‥・]{{2,}})+|\s*(?<=[\s)①-⑳{CLOSES}])(?={_OFFICE}))?\s*{_ALL}(?=\S)"
)
_LABEL_ONLY = re.compile(rf"^[^\w\s(「]*\s*[{OPENS}]?{_CORE}{_ABOUT}{LABEL_WORD}\s*[{CLOSES}]*\s*:?$")
_ENDS = re.compile(rf"\s*[(\[]\s*{_CORE}(?:に共通|共通|を?担当|関係|に関すること|について)?\s*[)\]]\s*$")
_FURTHER = re.compile(
    r"(?<=[、。;,/)\s])(?=[※ ]*(?:ただし[、,]?)?"
    + re.sub(r"[?]P<[a-z]+>", "?:", _CORE)
    + rf"{_ABOUT}(?:{LABEL_WORD})?\s*(?:は|:)|(?<![)①-⑳])(?=[(①-⑳]){_SEVERAL}\s*{_OFFICE})"
)
_BRACKETS = dict(zip("([〔<〈《【≪〖", ")]〕>〉》】≫〗", strict=True))
# Words for all that stands above or below, where the place says the same: 以上の取組は、いずれの取組も.
_OF_ALL = re.compile(
    rf"\W*(?:以上|上記|これら|次|以下|いずれ|すべて|全て|どの|各)(?:の)?{_THING}(?:は|も|の)[、 ]*"
    r"(?:(?:すべて|いずれも)[、 ]*)?"
    rf"(?=(?:{LABEL_WORD})(?:は|:)|[^、。]*が担当)|\W*以上[、は:]+\s*(?={_OFFICE})"
)
# Words for what has a contact of its own, or none: ※印のものを除き, 別に記載のあるもの以外, 担当の記載がない取組は.
_SAID = r"(?:記(?:載|述|入|し)?|明記|表示|指定|定め|示|書)"
_HAVE = (
    rf"(?:[^\w\s()、]印|(?:個別|別|特|他|ほか|別途|それぞれ)[にの]?(?:{LABEL_WORD}[のをが]?)?{_SAID}|{LABEL_WORD}名?欄?[のがを](?:{_SAID})?)"
    r"(?:の|が|を|し|さ|いて|く)*"
)
_NOT_GIVEN = rf"(?:{_HAVE}(?:ない|無い|いない)|{LABEL_WORD}名?欄?[のが](?:空欄|空白|未記[載入]|「?[-—―ー]+」?)の)"
_THINGS = rf"(?:もの|{_THING}|場合)"
_BUT_THEIR_OWN = re.compile(
    rf"[(、]?[\s※]*(?:ただし[、,]?)?(?:(?:各{_THING}の|(?:下記?|以下|次)[にの]))?(?:{_HAVE}(?:ある|あり|した|れた|て?いる)?{_THINGS}?(?:は|を)?"
    r"(?:除きます。?|除[くきい]て?|除いた|以外(?:は)?|のほか|の他)|"
    rf"{_NOT_GIVEN}(?:限り|{_THINGS}(?:(?:(?:の|について(?:の)?|に関する){LABEL_WORD})?(?:は|[{CLOSES}])|について(?:は)?)))"
    r"(?:すべて|全て)?[)、]?\s*"
)
_DOTS_BEFORE = re.compile(r"^[.・…‥─]{3,}\s*")
_OF_BLANKS = re.compile(_NOT_GIVEN)
_ONE_OFFICE = re.compile(
    r"\W*[^\s。、(]{2,24}?(?:課|係|室|部|局|所|署|館|会|センター|担当|グループ|チーム)(?=[(\s]|[へがに]|まで|$)[^。]{0,70}。?$"
)
_LABELLED = re.compile(rf"^{_LABEL}")
_NUMBERS_IN_BRACKETS = re.compile(  # 柱1(1・2)の担当
    rf"^(?P<part>\W*{_WORD}\s*\d{{1,2}})\s*\((?P<several>{_SEVERAL})\)(?={_ABOUT}{LABEL_WORD})"
)
_BUT_SOME = re.compile(  # 1の担当((3)を除く), where (3) has a contact of its own
    rf"^(?P<part>\W*(?:{_WORD}\s*)?{_ONE}(?:{_ABOUT}{LABEL_WORD})?)\s*"
    rf"\(\s*(?:{_THING}|うち)?\s*{_SEVERAL}\s*(?:を|は)?(?:除[くき]|以外)[^()]{{0,6}}\)"
)
_IN_PART = re.compile(rf"{_CORE}の(?:うち[、 ]*)?$")
_LABELLED_FOR = re.compile(rf"^{_LABEL}|^\W*[^\s:。(]{{1,16}}(?:の|に関する|についての?){LABEL_WORD}\s*(?:は|:)")
_ONLY_LEADS = re.compile(rf"(?:{_LABEL}|[※ ]*ただし[、,]?)*")
_KANJI = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Reach:
    """What a contact is meant for: initiatives of some `numbers`, or all `but` those; of `names`, or what stands under
    headings of these; as many `nearest` ones, above it or, negative, below; or all `around` it under a heading with
    that word, be it those with the numbers `parts` (none: the one that it stands in). Numbers together with parts are
    those under these. `paths`: numbers that may say with what they stand in which one is meant, such as III-1, or else
    be the ends of a range. `kind`: how the numbers are printed, as `markers.Marker` names it. `rest`: all that has no
    contact of its own."""

    numbers: frozenset[int] = frozenset()
    but: bool = False
    names: tuple[str, ...] = ()
    nearest: int = 0
    around: str = ""
    parts: frozenset[int] = frozenset()
    paths: tuple[str, ...] = ()
    kind: str = ""
    rest: bool = False


def _numbers(printed: str, one: str = _ONE) -> frozenset[int]:
    """The numbers that are listed, those between the ends of a range too."""
    found: set[int] = set()
    last = 0
    for found_one in re.finditer(one, printed):
        through = bool(re.search(r"(?:から|[~〜-])\s*$", printed[: found_one.start()]))
        number = marker_number(re.sub(rf"^\s*(?:{_THING}|No\.?)?\s*", "", found_one[0]))
        found.update(range(last + 1, number) if through else ())
        found.add(number)
        last = number
    return frozenset(found)


def _paths(printed: str) -> tuple[str, ...]:
    """The numbers with those of what they stand in that are listed, those between the ends of a range too."""
    found: list[str] = []
    for one in re.finditer(rf"{_PATH}|(?<![\d-])\d{{1,2}}", printed):
        stem, _, last = one[0].rpartition("-")
        before = found[-1].rpartition("-") if found else ("", "", "")
        stem = stem or before[0]
        if stem == before[0] and re.search(r"(?:から|[~〜])\s*$", printed[: one.start()]):
            found += [f"{stem}-{n}" for n in range(int(before[2]) + 1, int(last))]
        found.append(f"{stem}-{last}")
    return tuple(found)


def path_of(text: str) -> str:
    """The number with those of what it stands in that a line begins with; empty where it begins with none."""
    match = re.match(rf"[^\w]*(?:{_THING})?\s*({_PATH})", text)
    return match[1] if match else ""


def _reach(match: re.Match[str]) -> Reach:
    but = bool(match["but"])
    if match["paths"]:
        return Reach(_numbers(match["paths"]), but, paths=_paths(match["paths"]))
    if match["numbers"]:
        kinds = {read_marker(f"{one[0].strip()} -").kind for one in re.finditer(_ONE, match["numbers"])}
        reach = Reach(_numbers(match["numbers"]), but, kind=kinds.pop() if len(kinds) == 1 else "")
        part = None if but else _IN_PART.match(match["before"] or "")  # 柱3の1・2
        return replace(_reach(part), numbers=reach.numbers) if part else reach
    if match["names"]:
        return Reach(names=tuple(re.findall(r"「([^「」]+)」", match["names"])), but=but)
    if match["count"]:
        count = int(match["count"]) if match["count"].isdigit() else _KANJI.index(match["count"])
        return Reach(nearest=-count if match["down"] else count)
    if which := match["which"] or match["chapter"] or match["roman"]:
        parts = _numbers(which, _NUMBER)
        return Reach(around=match["part"] or match["kind"] or "", parts=parts)
    return Reach(around=match["around"]) if match["around"] else Reach(nearest=1)


def speaks_of_blanks(text: str) -> bool:
    """Whether a text says whom to ask about what has no office beside it, so that a blank cell repeats none above."""
    return bool(_OF_BLANKS.search(text))


def only_excepts(text: str) -> bool:
    """Whether a line only says that a contact is not that of what has one of its own: (別に記載のある取組を除く)."""
    return bool(_BUT_THEIR_OWN.fullmatch(text))


def bare_contact(text: str) -> str:
    """A contact without the brackets around all of it, and without the words for what has a contact of its own."""
    text = _DOTS_BEFORE.sub("", text)
    return _OF_ALL.sub("", _unwrapped(_BUT_THEIR_OWN.sub("", text)))


def _unwrapped(text: str) -> str:
    """A text without the one bracket that stands around all of it, be a sign before it or a full stop behind it."""
    begins = re.match(rf"[^\w\s{OPENS}]?\s*(?=[{OPENS}])", text)
    if begins is None:
        return text
    bare = text[begins.end() :].rstrip(" 。")
    opens, closes, depth = bare[0], _BRACKETS[bare[0]], 0
    for place, letter in enumerate(bare):
        depth += (letter == opens) - (letter == closes)
        if depth == 0:
            return bare[1:place].strip() if place == len(bare) - 1 else text
    return text


def read_reach(text: str) -> tuple[Reach | None, str]:
    """(what a contact says it is meant for, the contact without that); None where it says nothing of it."""
    bare = bare_contact(text)
    reach, contact = _read_reach(bare)
    if reach is None and _BUT_THEIR_OWN.search(text) and _ONE_OFFICE.match(_LABELLED.sub("", bare)):
        return Reach(rest=True), bare if _LABELLED_FOR.match(bare) else f"担当: {bare}"
    if reach and contact != bare and (inner := _read_reach(contact))[0] and inner[0].but:
        return reach, inner[1]  # 1の担当は、(3)を除き、福祉課
    if reach and contact != bare and (inner := _read_reach(contact))[0] and inner[0].numbers:
        return replace(inner[0], around=reach.around, parts=reach.parts), inner[1]  # 方針1の担当: (1) 福祉課
    return reach, contact


def _read_reach(text: str) -> tuple[Reach | None, str]:
    """What `read_reach` says, of the words that come first."""
    text = _BUT_SOME.sub(r"\g<part>", _NUMBERS_IN_BRACKETS.sub(r"\g<part>の\g<several>", text))
    begins = _BEGINS.match(text)
    if begins and (begins["parted"] is not None or begins["after"] or begins["this"]):
        label, reach = begins["label"] or begins["after"], _reach(begins)
        said_of = "は" in (begins["parted"] or "") or bool(re.search("のみ|だけ", begins[0]))
        if (
            label
            or bool(reach.numbers and reach.parts)
            or (len(reach.numbers) != 1 and not reach.parts)
            or reach.but
            or said_of
        ):  # else the marker of a heading
            return reach, f"担当: {text[begins.end() :]}" if label or said_of else text[begins.end() :]
    ends = _ENDS.search(text)
    return (_reach(ends), text[: ends.start()]) if ends and ends.start() else (None, text)


def names_a_reach(text: str) -> bool:
    """Whether a line is the label of a contact that says what it is meant for: (1)から(3)までの問合せ."""
    return bool(_LABEL_ONLY.match(text))


def follows_reach(last: str, text: str) -> bool:
    """Whether a line goes on with numbers and an office, as the contact above it has begun: ③ 市民協働課 1階."""
    above = read_reach(last)[0]
    begins = _BEGINS.match(text)
    goes_on = begins and begins["numbers"] and begins["parted"] == ""
    return bool(above and above.numbers and goes_on)


def further_reaches(text: str) -> list[str]:
    """The contacts of a text that says by turns what each is meant for: (1)は福祉課、(2)は市民課."""
    parts = re.split(r"(?<=[)\]])\s*[、,;/]\s*", text)
    if len(parts) > 1 and _LABELLED.match(text) and all(map(_ENDS.search, parts)):  # 担当:福祉課(1・2)、市民課(3)
        return [parts[0], *(f"担当: {part}" for part in parts[1:])]
    starts = [match.start() for match in _FURTHER.finditer(text) if not _ONLY_LEADS.fullmatch(text[: match.start()])]
    label = "担当: " if _LABELLED.match(text) else ""
    pieces = [text[start:end].strip(" 、。,;/") for start, end in itertools.pairwise([0, *starts, len(text)])]
    return [re.sub(r"[。、 ]*ただし$", "", label * bool(number) + piece) for number, piece in enumerate(pieces)]
