"""Offices as documents print them: name, floor, counter, number."""

import re

from knowledge.document import Office
from knowledge.importers.facts.markers import read_marker
from knowledge.importers.facts.numbers import DIRECT, EXTENSION, FAX, PHONE, PHONE_MARK, PHONE_WORDS, dialled_number
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
_FACT_IN_BRACKETS = re.compile(
    r"[【\[〔]\s*(?:電話(?:番号)?|TEL|窓口|場所|階|所在地?|直通)\s*[】\]〕]\s*:?", re.IGNORECASE
)
_MAIL = re.compile(r"(?:(?:E-?|電子)?メール(?:アドレス)?|Email|✉)?\s*:?\s*[\w.+-]+@[\w.-]+|https?://\S+", re.IGNORECASE)
OFFICE_END = re.compile(r"(?:課|係|室|部|局|所|センター|署|担当|グループ|窓口|館|会|事務局|チーム)(?:[(][^)]*[)])?$")
# An office with its place and nothing else on the line.
_PLACED = re.compile(
    r"[^\s()0-9。、:]{2,16}(?:課|係|室|センター|担当|グループ)(?:\([^()0-9]{1,12}\))?\s*[(]?\s*"
    r"(?:[^\s()0-9。、]{0,8}\s?){0,2}(?:地下)?\d{1,2}階(?:\s*(?:[①-⑳㉑-㉟㊱-㊿]|\d{1,3})\s*番(?:窓口)?)?\s*[)]?"
)
_OFFICE_IN_NAME = re.compile(r"(?:課|係|室|センター|担当|グループ|事務局|協議会|委員会|保健所|事務所)(?:[(][^)]*[)])?")
_HEADS_GROUP = re.compile(r"(?:課|係|室|局|センター|事務所|保健所|グループ|事務局)(?:[(][^)]*[)])?$")
_AT_END = re.compile(r"\s*[(\[【〔]\s*(?P<inside>[^()]*(?:\([^()]*\)[^()]*)*)[)\]】〕]\s*$")
_HOURS = re.compile(r"\([^()]*(?:\d時|\d:\d\d|平日|土日|祝日?|[月火水木金土日]曜)[^()]*\)")
_IN_CHARGE = re.compile(r"が(?:担当|お答え)(?:です|します|して(?:い|おり)ます)。?$")
_CLOSES = re.compile(
    r"(?<=[)\d課係室局所署館会当口番階ー])\s*(?:です|(?:が|で)(?:担当|対応|受け付け)(?:です|します|して(?:い|おり)ます)?|"
    r"(?:へ|まで|に(?=お|ご|連絡|電話))"
    r"(?:どうぞ|(?:お問い?合わせ|ご?連絡|お?電話|ご?相談)(?:を|して)?ください)?)[。 ]*$"
)
_ADDRESS = re.compile(
    r"\s+\S*[市区町村字]\S*\d(?:番|号)?$|"
    r"\s+(?:〒\s?\d{3}-\d{4}\s*)?[^\s()]*?\d+(?:-\d+){1,3}$|\s+\S*\d+(?:丁目|番地)\S*$"
)
_OF_AN_EVENT = re.compile(r"\W*(?:と ?き|ところ|日 ?時|会 ?場|定 ?員|参加費|持ち物)[\s:】〕\])]")
# Number or place before the name of the office: ☎1234-5678 緑政課.
_FACT = rf"(?:{PHONE.pattern.replace('?P<number>', '?:')}|{FLOOR.pattern}|{COUNTER.pattern})"
_FACTS_FIRST = re.compile(rf"^(?:[(]?{_FACT}[)]?[\s、,/]*)+(?<=\s)")
# What stands before an office and is no title: くわしくは, 申込み, 主催, 本庁舎.
_NO_TITLE = re.compile(
    rf"^.?$|(?:の|に関する|についての?){LABEL_WORD}$|"
    r"[はへ:、]$|^\W*(?:お?申し?込み?先?|予約|受付|主催|共催|後援)$|(?:庁|館|庁舎|支所|部|局|課|係|(?<!教)室|センター|担当|グループ|[市区町村])$|\d$"
)
_PARTED = r"(?:は?[\s:、]+|は)"
_LEADS = re.compile(r"(?:[→⇒▶►☞➡]|[.・…‥─]{3,}|以上[、:は])\s*(?=\S)")  # to an office, as a label would
_TRIM = " 　、。,:;・/／-~|()[]【】〔〕「」"


def read_office(text: str, area_code: str, labelled: bool = False) -> Office | None:
    """The office in a piece of text without its label; None where it names none.

    `labelled`: the text stands where only an office can stand, so a name alone is enough.
    """
    text = _CLOSES.sub("", _MAIL.sub(" ", _FACT_IN_BRACKETS.sub(" ", text)))
    text = _HOURS.sub(" ", re.sub(r"[〔\[]([^〔〕\[\]]*\d[^〔〕\[\]]*)[〕\]]", r"(\1)", text))
    extension = EXTENSION.search(text)
    rest = INSIDE.sub(" ", EXTENSION.sub(" ", FAX.sub(" ", text)))
    phone = DIRECT.search(rest) or PHONE.search(rest)
    rest = PHONE_WORDS.sub(" ", PHONE.sub(" ", rest)) if phone else rest
    floor, counter, rest = take_place(rest)
    rest = re.sub(
        rf"{PHONE_MARK}\s*[:.]?\s*(?=$|\s)|番号|窓口(?=\s|$)|{PLACE_LABEL}\s*:|\s{PLACE_LABEL}(?=\s)", " ", rest
    )
    rest = re.sub(r"(?:^|\s)[—―–-]+(?=\s|$)|^\s*(?:\(\d{1,2}\)|[①-⑳])(?=\s*\D)", " ", rest)
    rest = re.sub(r"^\W*(?:(?:同じく|引き続き)[、,]|(?:上記|前記|前述|下記|冒頭)の)\s*", "", rest)
    name = re.split(r"[、,/／;]|\s{2,}", re.sub(r"\([\s・、-]*\)", "", rest).strip(_TRIM_OPEN))[0]
    name = re.sub(
        rf"^[^\s。]{{2,24}}?(?:全体|全般)?(?:の(?:こと|件)|について|に関して|に関すること){_PARTED}(?=\S)", "", name
    )
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
    number = dialled_number(phone, extension, area_code)
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
    led = _LEADS.match(text)
    _, text = read_reach(text)
    text = bare_contact(text)
    label = _LABEL.match(text)
    if label:
        return read_office(text[label.end() :], area_code, labelled=True)
    if _PLACED.fullmatch(text):
        return read_office(text, area_code, labelled=True)
    reached = PHONE.search(FAX.sub(" ", text)) or EXTENSION.search(text)
    in_charge = _IN_CHARGE.search(text)
    if in_charge and "。" not in text[: in_charge.start()] and len(text) <= 80:
        return read_office(text, area_code, labelled=True)
    if len(text) > 80 or "。" in text or not reached:
        return None
    inside = _LABEL_INSIDE.search(text)
    if inside and text[: inside.start()].strip(_TRIM):
        return None  # something else that ends in its contact
    return read_office(text, area_code, labelled=bool(led))


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


def waits_for_value(text: str) -> bool:
    """Whether a line is the label of a contact alone, so that its office stands below."""
    return bool(_LABEL_ONLY.match(text)) or names_a_reach(text)


def contact_value(text: str) -> tuple[str, str]:
    """(the label of a contact, what stands behind it); no label: ("", the text)."""
    label = _LABEL.match(text)
    return (text[: label.end()], text[label.end() :]) if label else ("", text)


def only_facts(text: str) -> bool:
    """Whether a line is only a number, a floor or a counter, or where to write."""
    text = with_counters(text)
    rest = re.sub(r"(?:E-?)?メール$", " ", _MAIL.sub(" ", text))
    for pattern in (FAX, EXTENSION, PHONE, FLOOR, COUNTER):
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
    known = bool(label or OFFICE_END.search(inside_text.strip()) or PHONE.search(FAX.sub(" ", inside_text)))
    office = read_office(inside_text, area_code, labelled=known)
    return (title[: match.start()].strip(), office) if office else (title, None)
