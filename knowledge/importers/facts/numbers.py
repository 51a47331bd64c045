"""Telephone numbers as documents print them: whole or without the area code, direct, of an extension, of a fax."""

import re

FAX = re.compile(r"(?:FAX|ファクス|ファックス|ﾌｧｸｽ|F)\s*[::.]?\s*[(]?[\d()\- ]{6,16}\d", re.IGNORECASE)
EXTENSION = re.compile(
    r"[(]?\s*(?:内線(?:番号)?|(?<![一-鿿])内(?=[).:\s]*\d{3}))\s*[)::./]?\s*(?P<number>\d{2,6})?[\d\-・,、]*\s*[)]?"
)
PHONE_MARK = r"(?:☎|℡|📞|TEL|Tel|tel|電話(?:番号)?|直通|T)"
PHONE = re.compile(
    rf"(?:[(]?{PHONE_MARK}\s*[::.]?\s*)?(?<![\d\-])"
    r"(?P<number>0\d{1,4}\(\d{1,4}\)\d{3,4}|"
    r"\(?0\d{1,4}\)?[\-. ]?\(?\d{1,4}\)?[\-. ]\d{3,4}|0\d{9,10}|\d{2,4}[-・局]\d{4}|\(\d{2,4}\)\d{4})(?![\d\-])\s*[)]?"
)
DIRECT = re.compile(
    rf"(?:直通(?:電話)?\s*[::.]?\s*{PHONE.pattern}|"
    rf"{PHONE.pattern.replace('<number>', '<direct>')}\s*[(]?直通(?!\s*[:.]?\s*[\d(]))"
)
PHONE_WORDS = re.compile(r"(?:代表|直通)(?:電話|番号)?\s*:?(?=\s|[)、,/]|$)|(?<=\()\s*(?:代表|直通)")
_AREA_NOTE = re.compile(
    r"(?:市外局番[^0-9。]{0,30}|市外局番[^0-9]{0,50}[「『(]|(?:電話(?:番号)?|TEL)\s*\()(0\d{1,4})(?![\d-]|\)[^\S\n]*-?\d)|"
    r"電話[^。、\d\n]{0,12}\((0\d{1,4})\)(?=です|から|地域|局|$)",
    re.MULTILINE,
)
_SWITCHBOARD = re.compile(
    r"(?:電話|番号|直通)[^。\n]{0,10}(?:空欄|空白|ない|無い|なし)[^。\n]{0,14}代表[^。\d\n]{0,10}(?P<number>0\d{1,4}-\d{1,4}-\d{3,4})"
)
_WHOLE = re.compile(r"(?<![\d\-])\(?(0(?!120|800|570|[5-9]0)\d{1,4})\)?[\-(]\d{1,4}[\-)]\d{4}(?![\d\-])")


# A municipality whose paper a text is; 地区, 校区, 都市 and the like are none.
_MUNICIPALITY = re.compile(
    r"(?P<name>[一-鿿々ぁ-んァ-ヶー]{1,6}?[市区町村])"
    r"(?:役所|役場|議会|長(?![期寿])|[一-鿿々ぁ-んァ-ヶー・]{0,16}?(?:計画|方針|ビジョン|プラン|だより|広報))"
)
_NO_NAME = re.compile(r".*(?:[地校学各当本全他同農漁山市区]|(?<!京)都)[市区町村]")


def is_of_another(text: str, home: str) -> bool:
    """Whether a text is the paper of other municipalities than the one of this name (such as 大阪市鶴見区): it names
    some, and neither the ward nor its city."""
    own = re.findall(r".+?[市区町村]", home)
    if not own or any(name in text for name in own):
        return False
    return any(not _NO_NAME.fullmatch(found["name"]) for found in _MUNICIPALITY.finditer(text))


def area_code_note(text: str) -> str:
    """The area code that a note states for all numbers; empty where a text states none."""
    match = _AREA_NOTE.search(text)
    return match[1] or match[2] if match else ""


def switchboard(text: str) -> str:
    """The number that a note gives for the offices that have none of their own; empty where a text gives none."""
    match = _SWITCHBOARD.search(text)
    return match["number"] if match else ""


def area_code_of(text: str, usual: str, home: str) -> str:
    """The area code of a text's numbers: the one that a note states, or that all whole numbers share; else the `usual`
    one of the municipality called `home`, but for another's paper."""
    codes = {match[1] for match in _WHOLE.finditer(text)}
    said = area_code_note(text) or (codes.pop() if len(codes) == 1 else "")
    return said or ("" if is_of_another(text, home) else usual)


def whole_number(printed: str, area_code: str) -> str:
    """A printed number with hyphens; a local one with the area code, where that makes ten digits of it."""
    number = re.sub(r"[()\s・局.]+", "-", printed).strip("-")
    number = re.sub(r"-+", "-", number)
    digits = number.replace("-", "")
    if digits.startswith("0") or not area_code or len(area_code + digits) != 10:
        return number
    return f"{area_code}-{number}"


def dialled_number(phone: re.Match[str] | None, extension: re.Match[str] | None, area_code: str) -> str:
    """The number to call, or the extension where there is no other."""
    if phone:
        return whole_number(phone.groupdict().get("direct") or phone["number"], area_code)
    return f"内線{extension['number']}" if extension and extension["number"] else ""


def read_number(text: str, area_code: str) -> str:
    """The number in a piece of text, such as a table's cell, that holds nothing but a number; empty where none can be
    read. A local one may be written without hyphens."""
    if text.isdigit() and not text.startswith("0") and len(area_code + text) == 10:
        return f"{area_code}-{text[:-4]}-{text[-4:]}"
    rest = EXTENSION.sub(" ", FAX.sub(" ", text))
    return dialled_number(DIRECT.search(rest) or PHONE.search(rest), EXTENSION.search(text), area_code)


def has_phone(text: str) -> bool:
    """Whether a number to call stands in a text."""
    return bool(PHONE.search(FAX.sub(" ", text)))
