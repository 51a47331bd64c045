"""Which office a counter number, a phone number or a name belongs to."""

import re
from collections.abc import Sequence

from knowledge.document import Office
from nlp.normalise import arabic_number, hiragana
from nlp.tokenise import analyse

_COUNTER = re.compile(
    r"(?<![0-9年月日第])([0-9]{1,2}|[一二三四五六七八九十]{1,3})\s*番(?!地|目|号|のりば|乗り場|線|出口|ホーム)|counter\s*(?:no\.?\s*)?([0-9]{1,2})"
)
_ONES = ("いち", "に", "さん", "よん", "ご", "ろく", "なな", "はち", "きゅう")
_SPOKEN_COUNTER = re.compile(
    f"((?:{'|'.join(_ONES[1:])})?じゅう)?({'|'.join(_ONES)})?ばんの?(?:まどぐち|窓口|どこ|は(?:どこ|なに|なん))"
)
_FLOOR = re.compile(
    r"([0-9一二三四五六七八九十]{1,2})\s*階(?:に|の|は|って).{0,3}(?:何|なん|なに|どの|どんな)(?:課|か|が|の)"
)
_DIGIT = re.compile("[0-9]")
_PHONE = re.compile(r"(?:0\d{1,3}[-の]?)?(\d{3,4})[-の]?(\d{4})(?!\d)")
_ASKS = re.compile(
    r"どこ|何|なん|番号|電話|窓口|場所|階|課|担当|どの|どない|行き方|なに|かかって|着信|\?|where|which|what|phone|floor"
)
_WHERE = re.compile(
    r"どこ|何階|何番|でんわ|まどぐち|なんばん|なんかい|番号|電話|場所|窓口|行き方|行きたい|いきたい|行くに|行けば|用(が|事)|where|phone|floor"
)

_SECTION = re.compile(r"\w{2,12}(?:課|か)(?:\(\w+\))?[。?!]?")  # nothing but a name


def find_office(text: str, offices: Sequence[Office]) -> Office | None:
    """The office that a normalised question looks for by counter, number or name; None where it looks for none."""
    for match in _PHONE.finditer(text.replace(" ", "")) if _DIGIT.search(text) else ():
        for office in offices:
            if office.phone.replace("-", "").endswith(match[1] + match[2]):
                return office
    number = _counter_number(text)
    if number is not None and (_ASKS.search(text) or len(text) <= 6):
        for office in offices:
            if office.counter and number == arabic_number(office.counter.rstrip("番窓口")):
                return office
    if "階" in text and (floor := _FLOOR.search(text)):
        there = [o for o in offices if o.floor and arabic_number(o.floor.rstrip("階")) == arabic_number(floor[1])]
        if len(there) == 1:
            return there[0]
    if (_WHERE.search(text) and len(text) <= 40) or _SECTION.fullmatch(text):
        return _named(text, offices)
    return None


def _counter_number(text: str) -> int | None:
    """The number of the counter in a text, in digits, kanji or kana."""
    if ("番" in text or "counter" in text) and (written := _COUNTER.search(text)):
        return arabic_number(written[1] or written[2])
    if "ばん" in text and (spoken := _SPOKEN_COUNTER.search(text.replace(" ", ""))) and (spoken[1] or spoken[2]):
        tens = (_ONES.index(spoken[1][:-3]) + 1 if spoken[1] != "じゅう" else 1) if spoken[1] else 0
        return tens * 10 + (_ONES.index(spoken[2]) + 1 if spoken[2] else 0)
    return None


def _named(text: str, offices: Sequence[Office]) -> Office | None:
    """By the name's part before or within the parentheses, as printed or as read."""
    together = text.replace(" ", "")
    read = hiragana(analyse(together).reading)
    for office in offices:
        main, _, inner = office.name.rstrip(")").partition("(")
        for name in (main, inner):
            stem = name.removesuffix("課")
            if stem and (stem in text and (name in text or len(text) <= 14)):
                return office
            sound = hiragana(analyse(stem).reading)
            whole = stem == main.removesuffix("課")
            if len(sound) >= 3 and (
                sound + "か" in read if whole else len(sound) >= 8 and sound in read and len(together) <= 20
            ):
                return office
    return None
