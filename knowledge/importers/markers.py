"""What numbering, bullets and tags at a line's beginning say, and a title without them."""

import re

_NUMBER = r"[0-9一二三四五六七八九十Ⅰ-Ⅻ]+"
# Each kind of marker; which of them is the higher one is told by which a document uses first.
_MARKERS = (
    ("chapter", re.compile(rf"^第\s*{_NUMBER}\s*[章部編節](?:\s*[::.]?\s*)")),
    (
        "goal",
        re.compile(
            rf"^(?:基本目標|重点目標|重点テーマ|重点項目|重点施策|施策の柱|基本方針|基本施策|目標|柱|方針|テーマ|視点)\s*"
            rf"(?:{_NUMBER}|[①-⑳])(?![0-9年月日人件%\-])(?:\s*[::.、]?\s*)"
        ),
    ),
    (
        "measure",
        re.compile(
            rf"^(?:(?:具体的|主な|重点)?(?:施策|取組|取り組み|事業|項目|アクション))\s*"
            rf"(?:[0-9]+(?:[\-.][0-9]+)*|{_NUMBER}|[①-⑳])(?![0-9年月日人件%])(?:\s*[::.、]?\s*)"
        ),
    ),
    ("1-1-1", re.compile(r"^\(?[0-9]{1,2}[\-.][0-9]{1,2}[\-.][0-9]{1,2}\)?[.、]?\s*(?=\D)")),
    ("1-1", re.compile(r"^\(?[0-9]{1,2}[\-.][0-9]{1,2}\)?[.、]?\s*(?=[^\d\s])(?!\d)")),
    ("(1)", re.compile(r"^\([0-9一二三四五六七八九十]{1,2}\)\s*")),
    (
        "1",
        re.compile(
            r"^(?:[0-9]{1,2}(?:[.、)]\s*|\s+)|(?:IV|IX|VI{0,3}|I{1,3}|X|[Ⅰ-Ⅻ一二三四五六七八九十]{1,2})(?:[.、]\s*|\s+))(?=[^\d\s%])"
        ),
    ),
    ("①", re.compile(r"^[①-⑳㉑-㉟](?!\s*番)\s*")),
    ("ア", re.compile(r"^[ア-コa-h][.)、]\s*|^\([ア-コa-h]\)\s*")),
)
_SYMBOL = re.compile(r"^([■□◆◇●○◎▼▲△★☆▶►♦❖])(?!\1)\s*")
_BRACKETED = re.compile(r"^[【《〈≪]\s*([^】》〉≫]{2,40})\s*[】》〉≫]$")
_BULLET = re.compile(r"^[・･\-–*•‣▪✓→⇒]\s*(?=\S)")
_TAG_WORDS = (
    r"(?:一部)?(?:新規|拡充|継続|重点|新|充実|見直し|完了|再掲|強化|レベルアップ|改善|変更|注目|NEW|new|New)"
    r"(?:事業|取組)?"
)
_TAG = re.compile(rf"\s*[\[【〔<〈(]\s*{_TAG_WORDS}(?:[・/]{_TAG_WORDS})*\s*[\]】〕>〉)]\s*")


def read_marker(text: str) -> tuple[str, str]:
    """(kind of the marker at a line's beginning, the line without it); kind is "" where there is none, "bullet" for
    a plain list's."""
    text = _TAG.sub(" ", text).strip() if _TAG.match(text) else text
    if symbol := _SYMBOL.match(text):
        return symbol[1], text[symbol.end() :]
    if bracketed := _BRACKETED.match(text):
        return "【】", bracketed[1]
    for kind, pattern in _MARKERS:
        match = pattern.match(text)
        if match and (text[match.end() :].strip() or kind == "goal"):
            return kind, text[match.end() :]
    if bullet := _BULLET.match(text):
        return "bullet", text[bullet.end() :]
    return "", text


def clean_title(text: str) -> str:
    """A title without markers, numbers, tags and the brackets around it."""
    text = text.strip()
    while True:
        _, rest = read_marker(text)
        rest = _TAG.sub(" ", rest).strip()
        if rest == text or not rest:
            break
        text = rest
    if match := re.fullmatch(r"[「『《【](.+)[」』》】]", text):
        text = match[1]
    return re.sub(r"\s+", " ", text).strip(" :：・-")
