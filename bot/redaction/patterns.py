"""Personal data that its form gives away: numbers, addresses, dates of birth. Each pattern with its placeholder."""

import re
from collections.abc import Iterator

Found = tuple[int, int, str]  # start, end, placeholder

_N = r"(?:\d+|[〇一二三四五六七八九十百]+)"
_S = r"[ \-()]{0,2}"
_EMAIL = re.compile(
    r"[A-Za-z0-9_.+%-]+ ?(?:@|\(at\)|\[at\]|アットマーク) ?[A-Za-z0-9-]+(?: ?(?:\.|ドット) ?[A-Za-z0-9-]+)+"
)
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,15}(?!\d)")
_MY_NUMBER = re.compile(r"(?<!\d)\d(?:[ -]?\d){11}(?!\d)")
_PHONE = re.compile(rf"(?<![\d-])(?:\+?81{_S}\(?0?\)?|\(?0)\d(?:{_S}\d){{7,9}}(?!\d)")
_SHORT_PHONE = re.compile(r"(?<![\d-])(?!19|20)[2-9]\d{3}-\d{4}(?![\d-])")
# Lines that belong to services: toll-free and shared-cost numbers.
_SERVICE_LINE = re.compile(r"0(?:120|570|800|990)")
_POSTCODE = re.compile(r"(?:〒 ?|郵便番号[はが:]? ?)\d{3}[- ]?\d{4}(?!\d)|(?<![\d-])\d{3}-\d{4}(?![\d-])")
_NAMED_NUMBER = re.compile(
    r"(?:番号|口座|普通預金|当座|普通|記号|カード|保険証|受給者証|免許証?|手帳|旅券|パスポート)"
    r"(?:番号)?(?:は|が|の|:|・|、| |で|=)*((?:[A-Za-z]{1,2}[- ]?)?\d(?:[ -]?\d){5,})(?!\d)"
)
_PLATE = re.compile(r"(?:[一-鿿ぁ-ん]{2,4} ?)?\d{2,3} ?[ぁ-ん] ?(?:\d{2}-\d{2}|・{1,3}\d{1,3})(?!\d)")
_PREFECTURE = r"(?:東京都|北海道|大阪府|京都府|[一-鿿]{2,3}県)"
_CITY = r"(?:[一-鿿ヶケ]{1,6}?[市郡])?(?:[一-鿿ヶケ]{1,5}?[区町村])?"
_TOWN = (
    r"(?:[一-鿿々ヶケ]{1,5}?(?:[ぁ-んァ-ヶ][一-鿿々]{1,3})?|[ぁ-んァ-ヶー]{2,8}?)"
    r"(?:[東西南北](?=[\d一二三四五六七八九十]))?"
)
_BLOCK = (
    rf"(?:{_N} ?丁目 ?{_N} ?(?:番地?|-|の)? ?(?:の ?)?(?:{_N})?(?: ?号)?(?:-{_N})?"
    rf"|{_N} ?番地? ?(?:の ?)?{_N} ?号?(?:-\d+)?|{_N} ?番地(?:の ?{_N})?"
    rf"|\d+の\d+の\d+|\d{{1,4}}-\d{{1,4}}(?:-\d{{1,5}}){{0,2}})"
    r"(?![-\d年月日時人歳階回円件名週才分倍個台か課%窓])"
)
_HOUSE = r"(?:マンション|アパート|ハイツ|コーポ|メゾン|レジデンス|ハイム|荘|団地|パレス|ビル|タワー|住宅)"
_BUILDING = (
    rf"(?:[ 、]?(?:[ァ-ヶーA-Za-z一-鿿ぁ-ん0-9]{{0,12}}?{_HOUSE}"
    r"[ァ-ヶーA-Za-z一-鿿]{0,8})? ?(?:\d{1,2} ?(?:号棟|棟) ?)?(?:\d{1,4} ?号室?|(?<= )\d{3,4}(?!\d))?)?"
)
_ADDRESS = re.compile(rf"{_PREFECTURE}?{_CITY}{_TOWN} ?{_BLOCK}{_BUILDING}")
_ROOM = re.compile(
    rf"[ァ-ヶーA-Za-z一-鿿]{{0,12}}?{_HOUSE}[ァ-ヶーA-Za-z一-鿿]{{0,8}} ?の?(?:{_N} ?(?:号棟|棟) ?)?の?{_N} ?号室?"
    r"|\d{3,4} ?号室"
)
_LIVES_AT = re.compile(
    rf"{_PREFECTURE}?{_CITY}[一-鿿々ヶケ]{{1,5}} ?{_N} ?丁目"
    r"(?=(?:[のに、 ]{0,2}(?:住んで|すんで|住む|在住|暮らし|自宅|実家|住みの)))"
)
_NOT_A_TOWN = re.compile(
    r"(?:令和|平成|昭和|大正|明治|西暦|午前|午後|第|約|計|毎週|毎月|小学|中学|高校|全|各|は|が|を|で|も|番号|電話|年度?|月|日|版|号線)$"
)
_ERA = r"(?:令和|平成|昭和|大正|明治|[MTSHRmtshr](?=[ .]?\d))"
_NUMBER_OR_FIRST = rf"(?:{_N}|元)"
_YEAR = rf"(?:{_ERA}[ .]?{_NUMBER_OR_FIRST}(?:[年./-]| 年)|(?:18|19|20)\d\d ?[年./-]|(?:18|19|20)\d\d(?=\d{{4}}))"
_DATE = rf"(?:{_YEAR} ?(?:{_N} ?[月./-]? ?)?(?:{_N} ?日?)?|{_N} ?月 ?{_N} ?日)"
_BORN = re.compile(
    rf"({_DATE})(?: ?\([^)]{{1,12}}\))? ?(?:に|が|の)?"
    r"(?=生まれ|生れ|うまれ|産まれ|誕生|出生|(?<=[日\d])生(?![活き]))"
)
_BIRTHDAY = re.compile(
    r"(?:誕生日|生年月日|生まれ(?:た日)?|たんじょうび|バースデー|出生日)(?:は|が|:|、| |の|=|・|も)*"
    rf"({_DATE}|\d{{2,4}}[./-]\d{{1,2}}[./-]\d{{1,2}}|\d{{1,2}}/\d{{1,2}}|\d{{8}})"
)
# A whole date of an era that ended in 1989 is a birthday in nearly every message.
_OLD_DATE = re.compile(
    rf"(?:(?:昭和|大正|明治)[ .]?{_NUMBER_OR_FIRST} ?年 ?{_N} ?月 ?{_N} ?日"
    r"|(?<![A-Za-z])[MTSmts][ .]?\d{1,2}[./-]\d{1,2}[./-]\d{1,2}"
    rf"|19[0-9]\d ?[年./-] ?{_N} ?[月./-] ?{_N}(?: ?日)?)(?!\d)"
)


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def find_numbers(text: str, public: frozenset[str]) -> Iterator[Found]:
    """Personal numbers in plain letters, the longest kinds first; `public`: phone numbers (digits) that stay."""
    for match in _EMAIL.finditer(text):
        yield match.start(), match.end(), "〔メール〕"
    for match in _CARD.finditer(text):
        yield match.start(), match.end(), "〔カード番号〕"
    for pattern in (_PHONE, _SHORT_PHONE):
        for match in pattern.finditer(text):
            digits = _digits(match[0])
            if not _SERVICE_LINE.match(digits) and not any(number.endswith(digits) for number in public):
                yield match.start(), match.end(), "〔電話〕"
    for match in _MY_NUMBER.finditer(text):
        yield match.start(), match.end(), "〔マイナンバー〕"
    for match in _POSTCODE.finditer(text):
        yield match.start(), match.end(), "〔郵便番号〕"
    for match in _NAMED_NUMBER.finditer(text):
        if not any(number.endswith(_digits(match[1])) for number in public) and not _SERVICE_LINE.match(match[1]):
            yield match.start(1), match.end(1), "〔番号〕"
    for match in _PLATE.finditer(text):
        yield match.start(), match.end(), "〔車のナンバー〕"


def find_birthdays(text: str) -> Iterator[Found]:
    """Dates of birth; the days of events and of deadlines are none."""
    for pattern, group in ((_BORN, 1), (_BIRTHDAY, 1), (_OLD_DATE, 0)):
        for match in pattern.finditer(text):
            yield match.start(group), match.end(group), "〔生年月日〕"


def find_addresses(text: str, public: str) -> Iterator[Found]:
    """Addresses down to a house, and rooms; what stands in the `public` address (plain letters) stays."""
    for pattern in (_ADDRESS, _LIVES_AT, _ROOM):
        for match in pattern.finditer(text):
            before = text[: match.start()]
            town = re.match(r"[^\d〇一二三四五六七八九十]*", match[0])
            head = before[-2:] + (town[0] if town else "")
            if pattern is _ADDRESS and _NOT_A_TOWN.search(head.strip()):
                continue
            if match[0].strip() not in public:
                yield match.start(), match.end(), "〔住所〕"
