"""Offices as documents print them: name, floor, counter, number."""

import re

from knowledge.document import Office
from knowledge.importers.facts.markers import read_marker
from knowledge.importers.facts.places import COUNTER, FLOOR, INSIDE, PLACE_LABEL, take_place, with_counters
from knowledge.importers.facts.reach import ASKED, CLOSES, LABEL_WORD, OPENS, bare_contact, names_a_reach, read_reach

_OPENING = r"[^\w\s]*"
_LABEL = re.compile(
    rf"^{_OPENING}\s*(?:(?:この|以上|上記|[0-9①-⑳][0-9①-⑳~\-・、]*)[^\s:()。]{{0,12}}?(?:の|に関する|について)\s*|"
    rf"[^\s:()。、]{{2,24}}?(?:の|に関する|についての?)(?={ASKED})|"
    rf"(?<=[{OPENS}])[^{OPENS}{CLOSES}。]{{1,24}}?(?:の|に関する|についての?)(?={LABEL_WORD}\s*[{CLOSES}]))?"
    rf"(?:{LABEL_WORD}|(?:申・)?問(?=\s*[:/]|\s)|問(?=[^\s、。]{{2,16}}[課係室所]\W)|(?<=[{OPENS}])(?:申・)?[問担](?=[{CLOSES}]))"
    rf"(?!の)\s*[{CLOSES}」]*\s*(?:は|[:/／・…‥.─-]+)?\s*(?=\S)"
)
_LABEL_ONLY = re.compile(
    rf"^{_OPENING}\s*(?:(?:(?:この|本|当)[^\s:。]{{0,12}}?(?:の|へ)|[^\s:。]{{1,14}}?(?:に関する|について(?:の)?))\s*)?{LABEL_WORD}\s*[{CLOSES}」]*\s*:?$"
)
_LABEL_INSIDE = re.compile(
    rf"(?:[{OPENS}]\s*{LABEL_WORD}\s*[{CLOSES}]\s*:?|(?:(?<=[。\s)])|^){LABEL_WORD}\s*(?::|\s(?=\S))|"
    r"[.・…‥─]{3,})\s*(?P<office>[^。]+)$"
)
_FACT_LABEL = re.compile(
    r"^(?:電話(?:番号)?|TEL|(?:FAX|ファクス|ファックス)(?:番号)?|内線(?:番号)?|直通|階|場所|窓口|所在地|住所|(?:E-?|電子)?メール(?:アドレス)?|"
    r"ホームページ|URL|(?:開庁|開所|受付|開館|利用)(?:時間|日)|休(?:館|業|所)日|(?:計画|実施|取組)?期間|対象年度)\s*:?$",
    re.IGNORECASE,
)
_FAX = re.compile(r"(?:FAX|ファクス|ファックス|ﾌｧｸｽ|F)\s*[::.]?\s*[(]?[\d()\- ]{6,16}\d", re.IGNORECASE)
_FACT_IN_BRACKETS = re.compile(
    r"[【\[〔]\s*(?:電話(?:番号)?|TEL|窓口|場所|階|所在地?|直通)\s*[】\]〕]\s*:?", re.IGNORECASE
)
_MAIL = re.compile(r"(?:(?:E-?|電子)?メール(?:アドレス)?|Email|✉)?\s*:?\s*[\w.+-]+@[\w.-]+|https?://\S+", re.IGNORECASE)
_EXTENSION = re.compile(
    r"[(]?\s*(?:内線(?:番号)?|(?<![一-鿿])内(?=[).:\s]*\d{3}))\s*[)::.]?\s*(?P<number>\d{2,6})?[\d\-・,、]*\s*[)]?"
)
PHONE_MARK = r"(?:☎|℡|📞|TEL|Tel|tel|電話(?:番号)?|直通|T)"
_PHONE = re.compile(
    rf"(?:[(]?{PHONE_MARK}\s*[::.]?\s*)?(?<![\d\-])"
    r"(?P<number>0\d{1,4}\(\d{1,4}\)\d{3,4}|"
    r"\(?0\d{1,4}\)?[\-. ]?\(?\d{1,4}\)?[\-. ]\d{3,4}|0\d{9,10}|\d{2,4}[-・局]\d{4}|\(\d{2,4}\)\d{4})(?![\d\-])\s*[)]?"
)
_DIRECT = re.compile(
    rf"(?:直通(?:電話)?\s*[::.]?\s*{_PHONE.pattern}|"
    rf"{_PHONE.pattern.replace('<number>', '<direct>')}\s*[(]?直通(?!\s*[:.]?\s*[\d(]))"
)
_PHONE_WORDS = re.compile(r"(?:代表|直通)(?:電話|番号)?\s*:?(?=\s|[)、,/]|$)|(?<=\()\s*(?:代表|直通)")
OFFICE_END = re.compile(r"(?:課|係|室|部|局|所|センター|署|担当|グループ|窓口|館|会|事務局|チーム)(?:[(][^)]*[)])?$")
# An office with its place and nothing else on the line.
_PLACED = re.compile(
    r"[^\s()0-9。、:]{2,16}(?:課|係|室|センター|担当|グループ)(?:\([^()0-9]{1,12}\))?\s*[(]?\s*"
    r"(?:[^\s()0-9。、]{0,8}\s?){0,2}(?:地下)?\d{1,2}階(?:\s*(?:[①-⑳㉑-㉟㊱-㊿]|\d{1,3})\s*番(?:窓口)?)?\s*[)]?"
)
_OFFICE_IN_NAME = re.compile(r"(?:課|係|室|センター|担当|グループ|事務局|協議会|委員会|保健所|事務所)(?:[(][^)]*[)])?")
_HEADS_GROUP = re.compile(r"(?:課|係|室|局|センター|事務所|保健所|グループ|事務局)(?:[(][^)]*[)])?$")
_AT_END = re.compile(r"\s*[(\[【〔]\s*(?P<inside>[^()]*(?:\([^()]*\)[^()]*)*)[)\]】〕]\s*$")
_AREA_NOTE = re.compile(
    r"(?:市外局番[^0-9。]{0,30}|市外局番[^0-9]{0,50}[「『(]|(?:電話(?:番号)?|TEL)\s*\()(0\d{1,4})(?![\d-]|\)\s*-?\d)"
)
_HOURS = re.compile(r"\([^()]*(?:\d時|\d:\d\d|平日|土日|祝日?|[月火水木金土日]曜)[^()]*\)")
_IN_CHARGE = re.compile(r"が(?:担当|お答え)(?:です|します|して(?:い|おり)ます)。?$")
_CLOSES = re.compile(
    r"(?<=[)\d課係室局所署館会当口番階ー])\s*(?:です|(?:が|で)(?:担当|対応|受け付け)(?:です|します|して(?:い|おり)ます)?|"
    r"(?:へ|まで|に(?=お|ご|連絡|電話))"
    r"(?:どうぞ|(?:お問い?合わせ|ご?連絡|お?電話|ご?相談)(?:を|して)?ください)?)[。 ]*$"
)
_SWITCHBOARD = re.compile(
    r"(?:電話|番号|直通)[^。\n]{0,10}(?:空欄|空白|ない|無い|なし)[^。\n]{0,14}代表[^。\d\n]{0,10}(?P<number>0\d{1,4}-\d{1,4}-\d{3,4})"
)
_WHOLE = re.compile(r"(?<![\d\-])\(?(0(?!120|800|570|[5-9]0)\d{1,4})\)?[\-(]\d{1,4}[\-)]\d{4}(?![\d\-])")
_ADDRESS = re.compile(
    r"\s+\S*[市区町村字]\S*\d(?:番|号)?$|"
    r"\s+(?:〒\s?\d{3}-\d{4}\s*)?[^\s()]*?\d+(?:-\d+){1,3}$|\s+\S*\d+(?:丁目|番地)\S*$"
)
_OF_AN_EVENT = re.compile(r"\W*(?:と ?き|ところ|日 ?時|会 ?場|定 ?員|参加費|持ち物)[\s:】〕\])]")
# Number or place before the name of the office: ☎1234-5678 緑政課.
_FACT = rf"(?:{_PHONE.pattern.replace('?P<number>', '?:')}|{FLOOR.pattern}|{COUNTER.pattern})"
_FACTS_FIRST = re.compile(rf"^(?:[(]?{_FACT}[)]?[\s、,/]*)+(?<=\s)")
# What stands before an office and is no title: くわしくは, 申込み, 主催, 本庁舎.
_NO_TITLE = re.compile(
    rf"^.?$|(?:の|に関する|についての?){LABEL_WORD}$|"
    r"[はへ:、]$|^\W*(?:お?申し?込み?先?|予約|受付|主催|共催|後援)$|(?:庁|館|庁舎|支所|部|局|課|係|室|センター|担当|グループ|[市区町村])$|\d$"
)
_TRIM = " 　、。,:;・/／-~|()[]【】〔〕「」"


def area_code_note(text: str) -> str:
    """The area code that a note states for all numbers; empty where a text states none."""
    match = _AREA_NOTE.search(text)
    return match[1] if match else ""


def switchboard(text: str) -> str:
    """The number that a note gives for the offices that have none of their own; empty where a text gives none."""
    match = _SWITCHBOARD.search(text)
    return match["number"] if match else ""


def area_code_of(text: str) -> str:
    """The area code of a text's numbers: the one that a note states, or that all whole numbers share; else empty."""
    codes = {match[1] for match in _WHOLE.finditer(text)}
    return area_code_note(text) or (codes.pop() if len(codes) == 1 else "")


def whole_number(printed: str, area_code: str) -> str:
    """A printed number with hyphens; a local one with the area code, where that makes ten digits of it."""
    number = re.sub(r"[()\s・局.]+", "-", printed).strip("-")
    number = re.sub(r"-+", "-", number)
    digits = number.replace("-", "")
    if digits.startswith("0") or not area_code or len(area_code + digits) != 10:
        return number
    return f"{area_code}-{number}"


def _number(phone: re.Match[str] | None, extension: re.Match[str] | None, area_code: str) -> str:
    """The number to call, or the extension where there is no other."""
    if phone:
        return whole_number(phone.groupdict().get("direct") or phone["number"], area_code)
    return f"内線{extension['number']}" if extension and extension["number"] else ""


def read_number(text: str, area_code: str) -> str:
    """The number in a piece of text, such as a table's cell, that holds nothing but a number; empty where none can be
    read. A local one may be written without hyphens."""
    if text.isdigit() and not text.startswith("0") and len(area_code + text) == 10:
        return f"{area_code}-{text[:-4]}-{text[-4:]}"
    rest = _EXTENSION.sub(" ", _FAX.sub(" ", text))
    return _number(_DIRECT.search(rest) or _PHONE.search(rest), _EXTENSION.search(text), area_code)


def read_office(text: str, area_code: str, labelled: bool = False) -> Office | None:
    """The office in a piece of text without its label; None where it names none.

    `labelled`: the text stands where only an office can stand, so a name alone is enough.
    """
    text = _CLOSES.sub("", _MAIL.sub(" ", _FACT_IN_BRACKETS.sub(" ", text)))
    text = _HOURS.sub(" ", re.sub(r"[〔\[]([^〔〕\[\]]*\d[^〔〕\[\]]*)[〕\]]", r"(\1)", text))
    extension = _EXTENSION.search(text)
    rest = INSIDE.sub(" ", _EXTENSION.sub(" ", _FAX.sub(" ", text)))
    phone = _DIRECT.search(rest) or _PHONE.search(rest)
    rest = _PHONE_WORDS.sub(" ", _PHONE.sub(" ", rest)) if phone else rest
    floor, counter, rest = take_place(rest)
    rest = re.sub(
        rf"{PHONE_MARK}\s*[:.]?\s*(?=$|\s)|番号|窓口(?=\s|$)|{PLACE_LABEL}\s*:|\s{PLACE_LABEL}(?=\s)", " ", rest
    )
    rest = re.sub(r"(?:^|\s)[—―–-]+(?=\s|$)|^\s*(?:\(\d{1,2}\)|[①-⑳])(?=\s*\D)", " ", rest)
    rest = re.sub(r"^\W*(?:同じく|引き続き)[、,]\s*", "", rest)
    name = re.split(r"[、,/／;]|\s{2,}", re.sub(r"\([\s・、-]*\)", "", rest).strip(_TRIM_OPEN))[0]
    name = re.sub(r"(?<=\s)(?:[^\s]{0,6}区役所|市役所|町?村?役場)(?=\s|$)", " ", name)
    name = _ADDRESS.sub("", re.sub(r"^[→⇒▶▷►☞➡※>]+\s*|^(?:同じく|引き続き)\s+", "", name.strip()))
    name = re.sub(r"\(\d{2,5}\)$|\s*(?:ほか|他|等|など)$", "", name.strip())  # an extension without its name; others
    name = _balanced(re.sub(r"\s+", " ", name).strip(" 　、。,:;・/／-~|【】「」"))
    name = re.sub(r"^[^:]{1,12}:\s*(?=\S)", "", name) if OFFICE_END.search(name) else name  # a label nobody knows
    facts = sum(map(bool, (phone or extension, floor, counter)))
    if not name or len(name) > 40 or "。" in name:
        return None
    known = labelled or _OFFICE_IN_NAME.search(name) or (facts > 1 and OFFICE_END.search(name))
    if not (facts and known) and not (labelled and OFFICE_END.search(name)):
        return None
    number = _number(phone, extension, area_code)
    return Office(name, floor, counter, number)


_PAIRS = (("(", ")"), ("[", "]"), ("〔", "〕"), ("<", ">"))
_TRIM_OPEN = " 　、。,:;・/／-~|"


def _balanced(name: str) -> str:
    """A name without a parenthesis that lost its partner."""
    name = name.strip()
    for opens, closes in _PAIRS:
        name = name[1:-1].strip() if name.startswith(opens) and name.endswith(closes) else name
        if name.count(opens) < name.count(closes):
            name = name.strip(closes).strip()
        if name.count(opens) > name.count(closes):
            name = name.rsplit(opens, 1)[0].strip()
    return name


def contact_line(text: str, area_code: str) -> Office | None:
    """The office of a line that is a contact and nothing else."""
    if _OF_AN_EVENT.match(text) or _beside_title(text, area_code)[1]:
        return None
    _, text = read_reach(text)
    text = bare_contact(text)
    label = _LABEL.match(text)
    if label:
        return read_office(text[label.end() :], area_code, labelled=True)
    if _PLACED.fullmatch(text):
        return read_office(text, area_code, labelled=True)
    reached = _PHONE.search(_FAX.sub(" ", text)) or _EXTENSION.search(text)
    in_charge = _IN_CHARGE.search(text)
    if in_charge and "。" not in text[: in_charge.start()] and len(text) <= 80:
        return read_office(text, area_code, labelled=True)
    if len(text) > 80 or "。" in text or not reached:
        return None
    inside = _LABEL_INSIDE.search(text)
    if inside and text[: inside.start()].strip(_TRIM):
        return None  # something else that ends in its contact
    return read_office(text, area_code)


def _beside_title(text: str, area_code: str) -> tuple[str, Office | None]:
    """(a marked title, the office with its place or number that a blank parts from it); (text, None) for others."""
    marker = read_marker(text)
    if marker.kind in ("", "bullet") or "。" in text or read_reach(text)[0]:
        return text, None
    for blank in re.finditer(r"\s+", marker.rest):
        title, contact = marker.rest[: blank.start()], marker.rest[blank.end() :]
        if _NO_TITLE.search(title) or fact_label(title) or only_facts(title) or _LABEL.match(f"{title} -"):
            return text, None
        named = _FACTS_FIRST.sub("", contact)
        name = re.split(r"[\s(]", named)[0]
        beside = only_facts(named[len(name) :]) or (named != contact and named == name)
        stands = OFFICE_END.search(name) and len(name) > 2 and beside
        if stands and (office := read_office(contact, area_code, labelled=True)):
            return text[: text.rindex(contact)].strip(), office
    return text, None


def has_phone(text: str) -> bool:
    """Whether a number to call stands in a text."""
    return bool(_PHONE.search(_FAX.sub(" ", text)))


def waits_for_value(text: str) -> bool:
    """Whether a line is the label of a contact alone, so that its office stands below."""
    return bool(_LABEL_ONLY.match(text)) or names_a_reach(text)


def contact_value(text: str) -> tuple[str, str]:
    """(the label of a contact, what stands behind it); no label: ("", the text)."""
    label = _LABEL.match(text)
    return (text[: label.end()], text[label.end() :]) if label else ("", text)


def only_facts(text: str) -> bool:
    """Whether a line is only a number, a floor or a counter."""
    rest = with_counters(text)
    for pattern in (_FAX, _EXTENSION, _PHONE, FLOOR, COUNTER):
        rest = pattern.sub(" ", rest)
    return rest != text and not re.sub(
        rf"{PHONE_MARK}|{PLACE_LABEL}|[^\s:]{{0,6}}(?:役所|役場)|番号|窓口|[:()、・/\s]", "", rest
    )


def office_named(title: str, facts: str, area_code: str) -> Office | None:
    """The office that a heading is the name of, with the place and number in the line below it; None for others."""
    if len(title) > 20 or not _HEADS_GROUP.search(title) or not only_facts(facts):
        return None
    return read_office(f"{title} {facts}", area_code, labelled=True)


def fact_label(text: str) -> bool:
    """Whether a text is the name of a fact (whom to ask, number, place, period), not of an initiative."""
    return waits_for_value(text) or bool(_FACT_LABEL.match(text))


def office_at_end(title: str, area_code: str) -> tuple[str, Office | None]:
    """(a text without the office at its end: in parentheses, or after a label; that office)."""
    beside, office = _beside_title(title, area_code)
    if office:
        return beside, office
    inside = _LABEL_INSIDE.search(title)
    if inside and inside.start() > 0 and (office := read_office(inside["office"], area_code, labelled=True)):
        return title[: inside.start()].strip(), office
    match = _AT_END.search(title)
    if not match or match.start() == 0:
        return title, None
    inside_text = match["inside"]
    label = _LABEL.match(inside_text)
    inside_text = inside_text[label.end() :] if label else inside_text
    known = bool(label or OFFICE_END.search(inside_text.strip()) or _PHONE.search(_FAX.sub(" ", inside_text)))
    office = read_office(inside_text, area_code, labelled=known)
    return (title[: match.start()].strip(), office) if office else (title, None)
