"""What numbering, bullets and tags at a line's beginning say, and a title without them."""

import re
from dataclasses import dataclass

_KANJI = "〇一二三四五六七八九十"
_ROMAN = r"(?:IV|IX|VI{0,3}|I{1,3}|X)"
_WORDS_OF_ONE = "(?![覧般部体環時緒連定貫式層])"  # 一覧, 一般, 一部 …
_ONE = rf"(?:[0-9]{{1,2}}|[{_KANJI}]{{1,3}}{_WORDS_OF_ONE}|[Ⅰ-Ⅻⅰ-ⅻ]|[①-⑳㉑-㉟]|{_ROMAN}(?![A-Za-z])|[A-H](?![A-Za-z]))"
_DEEP = rf"(?:\(?{_ONE}\)?(?:\s*[\-.の]\s*\(?{_ONE}\)?){{0,3}})"
# What is counted right after a number, so that the number belongs to the title.
_COUNTED = r"(?![0-9年月日時分人件%割名社歳回つ階号番区年代位個本か所ヶカ])"
# Words that name a place in an outline, highest first; words of one line share a rank.
_WORDS = (
    ("部", "編"),
    ("章",),
    ("節",),
    ("理念", "将来像", "ビジョン", "めざす姿", "目指す姿", "まちの姿", "目標像", "重点目標", "目標"),
    ("柱", "重点", "テーマ", "課題", "視点", "分野", "領域", "政策", "戦略", "ミッション", "目標の方向"),
    ("方針", "方向性", "方向", "プロジェクト", "プログラム"),
    ("施策", "対策"),
    ("項目", "取組項目", "取組", "取組み", "取り組み", "事業", "アクション", "行動"),
)
_RANK = {word: rank for rank, words in enumerate(_WORDS) for word in words}
_NOUN = "|".join(sorted((w for w in _RANK if len(w) > 1 or w in "柱"), key=len, reverse=True))
_WORD = re.compile(
    rf"(?:(?P<before>[一-鿿々ぁ-ゖァ-ヺー]{{0,8}}?)(?P<word>{_NOUN}))\s*[\[(【〈<]?\s*(?:(?:No\.?|番号)\s*)?(?P<n>{_DEEP}){_COUNTED}"
    r"\s*[\])】〉>]?(?:\s*[::.、。・])?\s*"
)
_CHAPTER = re.compile(rf"第\s*(?P<n>{_ONE}|[0-9]{{1,3}})\s*(?P<word>[章部編節])(?:\s*[::.、])?\s*")
_LABELLED = re.compile(
    r"(?P<before>|基本|重点|個別|主要|具体的|具体的な|計画)"
    r"(?P<word>(?:(?<=基本)|(?<=重点))(?:目標|方針)|柱|テーマ|分野|政策|施策|取組項目|取組|取組み|取り組み|事業|アクション)"
    r"(?:(?:名|の名称|名称|タイトル)?\s*[::]\s*|(?<=テーマ)\s+|(?<=柱)\s+)(?=\S)"
)
MARK_OF_QUESTION = "Q. "
_NUMBERS = (
    ("Q", re.compile(rf"(?P<n>){re.escape(MARK_OF_QUESTION)}")),
    ("1-1-1", re.compile(r"\(?(?P<n>[0-9]{1,2}[\-.][0-9]{1,2}[\-.][0-9]{1,2})\)?[.、]?\s*(?=[^\d\s\-])")),
    ("1-1", re.compile(r"\(?(?P<n>[0-9]{1,2}[\-.][0-9]{1,2})\)?[.、]?\s*(?=[^\d\s.\-%倍])")),
    ("A-1", re.compile(rf"(?P<n>(?:[A-HⅠ-Ⅻア-コ]|{_ROMAN})-[0-9]{{1,2}}|[0-9]{{1,2}}-[A-Ha-hア-コ])[.、:]?\s+(?=\D)")),
    ("A-1", re.compile(r"(?P<n>[A-H][0-9]{1,2})[.、:]?\s+(?=[^\x00-\x7f])(?![判版]|サイズ|用紙|出口|番)")),
    ("1-(1)", re.compile(r"(?P<n>[0-9]{1,2}(?:-[0-9]{1,2})?-(?:\([0-9]{1,2}\)|[①-⑳]))\s*")),
    ("(1)", re.compile(rf"\((?P<n>[0-9]{{1,2}}|[{_KANJI}]{{1,2}})\)\s*")),
    ("[1]", re.compile(r"[\[〔<〈《【](?P<n>[0-9]{1,2})[\]〕>〉》】]\s*")),
    ("No.", re.compile(r"(?:No\.?|NO\.?|#)\s*(?P<n>[0-9]{1,3})[.:：)]?\s+")),
    ("Ⅰ", re.compile(rf"(?P<n>[Ⅰ-Ⅻ]|{_ROMAN}(?=[.、\s]))(?:[.、]\s*|\s+|(?=[^\x00-\x7f]))")),
    ("一", re.compile(rf"(?P<n>[{_KANJI}]{{1,2}})(?:[.、]\s*|\s+)(?=\S)")),
    ("1)", re.compile(r"(?P<n>[0-9]{1,2})\)\s*(?=[^\d\s])")),
    ("1", re.compile(r"(?P<n>[0-9]{1,2})(?:[.、:]\s*|\s+)(?=[^\d\s%]|\d{1,3}(?:歳|つの|世代|か月|地区))")),
    ("①", re.compile(r"(?P<n>[①-⑳㉑-㉟❶-❿])(?!\s*番)\s*")),
    ("(ア)", re.compile(r"\((?P<n>[ア-コa-z])\)\s*")),
    ("ア", re.compile(r"(?P<n>[ア-コa-z])[.)、]\s*|(?P<m>[ア-コ])\s+")),
    ("A", re.compile(r"(?P<n>[A-H])(?:[.)、]\s*|\s+)(?=[^\x00-\x7f])")),
)
_SYMBOL = re.compile(r"([■□◆◇●○◎▼▲△▽★☆▶►▷♦❖◉⦿◼◾▪❏❐✦✿✽☘◈▣\U0001f300-\U0001f4dd\U0001f4f3-\U0001faff])(?!\1)\ufe0f?\s*")
_IN_BRACKETS = re.compile(r"[【《〈≪〖\[<(〔]\s*([^】》〉≫〗\]>)〕]{1,12})\s*[】》〉≫〗\]>)〕]\s*")
_CALLED = {"取組", "取組み", "取り組み", "事業", "施策", "アクション", "プロジェクト"}  # 〔事業〕見守り
_BRACKETED = re.compile(r"[【《〈≪〖]\s*([^】》〉≫〗]{2,40})\s*[】》〉≫〗]$")
_ZERO = re.compile(r"^〇(?![〇一二三四五六七八九十])")  # a circle typed as the numeral
_DRAWN = "=*~〜＊☆★◇◆♪─━■□●○▲△▼▽※"
_DECORATED = re.compile(rf"([{_DRAWN}]{{2,}})\s*([^{_DRAWN}]{{2,30}}?)\s*[{_DRAWN}]{{2,}}$")
_BULLET = re.compile(r"[・･\-–*•‣✓✔→⇒>➤➢＊](?!\d)\s*(?=\S)|[-ー]\s+(?=\S)")
BRACKETS = " []【】〔〕<>〈〉《》≪≫〖〗()"
_SIGN = "[★☆◎●○■◆◇▲△※*]"
_TAG_WORDS = (
    r"(?:(?:令和|R|H)?\d{0,4}年?度?(?:から|より|~)?)?(?:一部)?"
    r"(?:新規|拡充|拡大|継続|重点|主要|新|拡|継|重|充実|見直し|完了|再掲|強化|レベルアップ|改善|変更|注目|廃止|統合|NEW|new|New|"
    r"リニューアル|主な取組|区独自)(?:事業|取組|施策|項目)?"
)
_TAG = re.compile(rf"\s*[\[【〔<〈《≪〖(]\s*{_SIGN}?\s*{_TAG_WORDS}(?:[・/、,]\s*{_TAG_WORDS})*\s*[\]】〕>〉》≫〗)]\s*")
_LOOSE_TAG = re.compile(r"(?:新規|拡充|継続|NEW|New)\s*[!::]\s*|(?:新規|拡充|継続|重点|新|拡|継|重)\s+(?=\S)")
# Without brackets only words that end no name are tags.
_SINCE = r"(?:(?:令和|R)?\d{1,4}年度(?:から|より)?)?"
_ONE_AT_END = rf"{_SIGN}?\s*{_SINCE}(?:一部)?(?:新規|拡充|継続|重点|再掲|NEW|New)(?:事業|取組|施策|項目)?"
_TAG_AT_END = re.compile(
    rf"(?:\s+|(?={_SIGN})){_ONE_AT_END}(?:\s*[・/、,と]?\s*{_ONE_AT_END})*$|"
    rf"\s+{_SIGN}?(?:新|拡|継|重)(?:[・/]?(?:新|拡|継|重))*$"
)
_PAGE = re.compile(
    r"\s*(?:[…‥・.]{3,}|[((](?:P|p|ページ)\.?\s*(?=\d))\s*(?:P\.?)?\d{0,3}(?:ページ)?[))]?$|\s+[Pp]\.\s?\d{1,3}$"
)
_STAR_AT_END = re.compile(r"\s*[★☆◎※*]+(?:\d+)?$|\s*[(](?:注|※)\s*\d*[)]$")
_VALUES = {c: n % 20 + 1 for n, c in enumerate("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")}
_VALUES |= {c: n + 1 for n, c in enumerate("ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ")}
_VALUES |= {c: n + 1 for n, c in enumerate("アイウエオカキクケコ")} | {c: n + 1 for n, c in enumerate("ABCDEFGH")}
_VALUES |= {c: n + 1 for n, c in enumerate("abcdefghij")} | {c: n + 1 for n, c in enumerate("❶❷❸❹❺❻❼❽❾❿")}
_VALUES |= {c: n for n, c in enumerate(_KANJI)} | {
    r: n + 1 for n, r in enumerate(["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"])
}


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker: its kind (as those of one kind stand on one level), the last number in it (0: none), the rank of its
    word among the words of outlines (0 is highest, -1: no word), and the line without it."""

    kind: str
    number: int
    rank: int
    rest: str


_TITLE_LABEL = re.compile(r"(?:大?タイトル|大?見出し|表題|題名|件名)\s*(?::\s*|\s)(?=\S)")


def marker_number(printed: str) -> int:
    """The last number in a marker's; 0 for another text."""
    last = re.split(r"[\-.の(]", printed.rstrip(")"))[-1].strip()
    return int(last) if last.isascii() and last.isdigit() else _VALUES.get(last, 0)


def _depth(printed: str) -> int:
    return len(re.split(r"[\-.の(]", printed.strip("()")))


def _by_word(text: str) -> Marker | None:
    """A marker with a word in it: 第1章, 基本目標1, 施策の方向2-1, 事業名:."""
    if match := _CHAPTER.match(text):
        word = match["word"]
        return Marker(f"第{word}", marker_number(match["n"]), _RANK[word], text[match.end() :])
    if match := _WORD.match(text):
        depth = _depth(match["n"])
        kind = f"{match['before']}{match['word']}{depth if depth > 1 else ''}"
        return Marker(kind, marker_number(match["n"]), _RANK[match["word"]], text[match.end() :])
    if match := _TITLE_LABEL.match(text):
        return Marker("タイトル:", 0, 0, text[match.end() :])
    if match := _LABELLED.match(text):
        return Marker(f"{match['before']}{match['word']}:", 0, _RANK[match["word"]], text[match.end() :])
    return None


def read_marker(text: str) -> Marker:
    """The marker at a line's beginning; its kind is "" where there is none, "bullet" for a plain list's."""
    text = _TAG.sub(" ", text).strip() if _TAG.match(text) else text
    text = _ZERO.sub("○", text)
    bare = Marker("", 0, -1, text)
    if decorated := _DECORATED.match(text):
        return Marker(decorated[1][0] * 2, 0, -1, decorated[2])
    if symbol := _SYMBOL.match(text):
        rest = text[symbol.end() :]
        inner = read_marker(rest)
        if inner.rank >= 0:
            return inner
        return Marker(symbol[1], inner.number, -1, inner.rest if inner.kind not in ("", "bullet") else rest)
    if (bracket := _IN_BRACKETS.match(text)) and (
        (inner := _by_word(bracket[1] + " ") or bare) and inner.rank >= 0 and not inner.rest.strip()
    ):
        return Marker(f"【{inner.kind}】", inner.number, inner.rank, text[bracket.end() :])
    if bracket and bracket[1] in _CALLED and text[bracket.end() :].strip():
        return Marker(f"【{bracket[1]}】", 0, _RANK[bracket[1]], text[bracket.end() :])
    if bracketed := _BRACKETED.match(text):
        inner = read_marker(bracketed[1])
        return inner if inner.rank >= 0 else Marker("【】", inner.number, -1, inner.rest)
    if by_word := _by_word(text):
        return by_word
    for kind, pattern in _NUMBERS:
        match = pattern.match(text)
        if match and text[match.end() :].strip():
            printed = next(filter(None, match.groups()), "")
            return Marker(kind, marker_number(printed), -1, text[match.end() :])
    if bullet := _BULLET.match(text):
        return Marker("bullet", 0, -1, text[bullet.end() :])
    return bare


def is_tag(text: str) -> bool:
    """Whether a text is no more than a tag such as 新規, 【重点】 or ★拡充."""
    return bool(re.fullmatch(rf"{_SIGN}?\s*{_TAG_WORDS}", text.strip(BRACKETS)))


def without_tag_behind(text: str) -> str:
    """A text without the tags in brackets that it ends in."""
    while (found := list(_TAG.finditer(text))) and found[-1].end() == len(text) and found[-1].start():
        text = text[: found[-1].start()]
    return text


def is_lone_tag(text: str) -> bool:
    """Whether a line is a tag that stands by itself beside a title, not a heading such as 重点事業."""
    return is_tag(text) and not text.strip(BRACKETS).endswith(("事業", "取組", "施策", "項目"))


def clean_title(text: str) -> str:
    """A title without markers, numbers, tags, page numbers and the brackets around it."""
    text = _PAGE.sub("", text.strip())
    while True:
        rest = read_marker(text).rest
        rest = _LOOSE_TAG.sub("", _TAG.sub(" ", rest).strip(), count=1) if rest else rest
        rest = _TAG_AT_END.sub("", _STAR_AT_END.sub("", rest).strip()).strip()
        if rest == text or not rest:
            break
        text = rest
    if match := re.fullmatch(r"[「『《【〈≪]([^「」]+)[」』》】〉≫]", text):
        text = match[1]
    return re.sub(r"\s+", " ", text).strip(" :・-")
