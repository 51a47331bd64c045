"""Which office a counter number, a phone number or a name belongs to."""

import re
from collections.abc import Sequence

from knowledge.document import Office
from nlp.normalise import arabic_number, hiragana
from nlp.tokenise import analyse

_COUNTER = re.compile(r"(?<![0-9年月日第])([0-9]{1,2}|[一二三四五六七八九十]{1,3})\s*番(?!地|目|号)")
_PHONE = re.compile(r"(?:0\d{1,3}-?)?(\d{3,4})-?(\d{4})(?!\d)")
_ASKS = re.compile(
    r"どこ|何|なん|番号|電話|窓口|場所|階|課|担当|どの|どない|行き方|なに|かかって|着信|\?|where|which|what|phone|floor"
)
_WHERE = re.compile(r"どこ|何階|何番|なんばん|なんかい|番号|電話|場所|窓口|行き方|where|phone|floor")


def find_office(text: str, offices: Sequence[Office]) -> Office | None:
    """The office that a normalised question looks for by counter, number or name; None where it looks for none."""
    digits = text.replace(" ", "")
    for match in _PHONE.finditer(digits):
        for office in offices:
            if office.phone.replace("-", "").endswith(match[1] + match[2]):
                return office
    if "番" in text and (counter := _COUNTER.search(text)):
        number = arabic_number(counter[1])
        for office in offices:
            if (
                office.counter
                and number == arabic_number(office.counter.rstrip("番窓口"))
                and (_ASKS.search(text) or len(text) <= 6)
            ):
                return office
    if _WHERE.search(text) and len(text) <= 40:
        return _named(text, offices)
    return None


def _named(text: str, offices: Sequence[Office]) -> Office | None:
    """By the name's part before or within the parentheses, as printed or as read."""
    read = hiragana(analyse(text).reading)
    for office in offices:
        main, _, inner = office.name.rstrip(")").partition("(")
        for name in (main, inner):
            stem = name.removesuffix("課")
            if stem and (stem in text and (name in text or len(text) <= 14)):
                return office
            sound = hiragana(analyse(stem).reading)
            if len(sound) >= 3 and stem == main.removesuffix("課") and sound + "か" in read:
                return office
    return None
