"""Where offices are, as documents print it: building, floor and counter."""

import re

_HALL = r"[^\s()0-9、。:/・課係室局]{0,8}?(?:区役所|市役所|町役場|村役場)"
_BUILDING = (
    # At a text's beginning only the town hall is sure to be a place, not an office: 若宮市役所本館.
    rf"(?:^{_HALL}(?:[^\s()0-9、。:/課係室局]{{0,6}}?(?:館|庁舎|棟))?|(?:(?:^|(?<=[\s(/、])){_HALL})?第?[0-9一二三]\s?(?:庁舎|号館|別館|棟)|"
    r"本館|別館|新館|旧館|[東西南北中]館|分館|庁舎|[東西南北新旧]?分?庁舎|本庁舎?|[東西南北]?棟|"
    r"(?<=[\s(/、])[^\s()0-9、。:/]{0,14}?(?:センター|会館|庁舎|館|事務所|役所|役場|ビル|プラザ|支所|棟|庁|署|保健所)|(?<=[\s(/])[^\s()0-9、。:/]{0,14}?(?:事務所|出張所)(?=[0-9])|区役所|市役所|町役場|役場|"
    r"(?<=[課係室局])[^\s()0-9、。:/課係室局]{0,8}?(?:会館|庁舎|館|役所|役場|ビル|プラザ|棟))"
)
FLOOR = re.compile(rf"(?:{_BUILDING}\s*)?(?:地下\s*|B)?[0-9一二三四五六七八九十]+\s*(?:階|F(?![A-Za-z]))")
# What stands in parentheses right before a floor is its building, whatever it is called.
_HOUSE = re.compile(
    r"(?P<name>[^\s()0-9、。:/B]{1,12}[^\s()0-9、。:/課係室部局当者階番下B第])\s?(?P<floor>[0-9]+\s?(?:階|F(?![A-Za-z])))"
)
# Behind the name of an office that is so even if it is called like one: 指令課(消防局2階).
_HOUSE_BEHIND_OFFICE = re.compile(
    r"(?P<name>[^\s()0-9、。:/B]{2,12}[^\s()0-9、。:/階番下B第])\s?(?P<floor>[0-9]+\s?(?:階|F(?![A-Za-z])))"
)
_OFFICE_BEFORE = re.compile(r"(?:課|係|室|センター|担当|グループ)\s*$")
# The town hall's name before that of its building, a blank between them; written as one word they are one name.
_TOWN_HALL = re.compile(
    r"^[^\s0-9]*?(?:区役所|市役所|町役場|村役場|役場)\s+(?=(?:本|別|新|旧|分|[東西南北中])館|[^\s0-9]{0,4}庁舎)"
)
COUNTER = re.compile(
    r"(?:[①-⑳㉑-㉟㊱-㊿]|\d{1,3})\s*番(?:\s*窓口)?(?!地|目|号|線|街)|(?:[①-⑳㉑-㉟㊱-㊿]|\d{2,3})\s*窓口|(?<=窓口)\s*(?:[①-⑳㉑-㉟㊱-㊿]|\d{1,3})(?!\d|階|-)"
)
PLACE_LABEL = r"(?:場所|所在地?|階数?|フロア|庁舎)"
INSIDE = re.compile(r"\s*\([^()]*内\)")
_IN_A_HOUSE = re.compile(
    r"(?<=\s)[^\s()0-9、。:/]{2,14}?(?:センター|館|庁舎|役所|役場|ビル|プラザ|支所|公園|駅|ホール|会館)内(?=\s|$)"
)
_PLACE = re.compile(
    r"\((?P<inside>[^()]*(?:[0-9一二三四五六七八九十]+\s*階|(?:[①-⑳㉑-㉟㊱-㊿]|\d)\s*番(?!地|目|号))[^()]*)\)"
)

_COUNTER_BEHIND = re.compile(
    r"(?P<floor>[0-9]\s?(?:階|F))(?:\s?[-–])?\s?(?P<counter>[①-⑳㉑-㉟㊱-㊿]|(?<!\s)[0-9]{1,2})(?=[)\s、,/]|$)"
)


_SEVERAL_COUNTERS = re.compile(
    r"(?P<counter>[①-⑳㉑-㉟㊱-㊿]|(?<![\d-])\d{1,2})(?P<and>\s?[・、~〜と]\s?(?=(?:[①-⑳㉑-㉟㊱-㊿]|\d{1,2})\s?番))"
)


def with_counters(text: str) -> str:
    """A text with a counter right behind a floor, such as 3F-5, as 3F 5番, and with several, such as ①・②番, each with
    its word."""
    text = _SEVERAL_COUNTERS.sub(r"\g<counter>番\g<and>", text)
    return _COUNTER_BEHIND.sub(r"\g<floor> \g<counter>番", text)


def _first(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    """(what a pattern finds first, the text without it)."""
    match = pattern.search(text)
    return (match[0], text[: match.start()] + " " + text[match.end() :]) if match else ("", text)


def take_place(text: str) -> tuple[str, str, str]:
    """(floor with its building, counter such as ⑤番, the text without both); empty for what a text does not say. A
    building, floor or counter in parentheses is no part of a name."""
    text = with_counters(text)
    place = _PLACE.search(text)
    house_of = _HOUSE_BEHIND_OFFICE if place and _OFFICE_BEFORE.search(text[: place.start()]) else _HOUSE
    text = f"{text[: place.start()]} {place['inside']} {text[place.end() :]}" if place else text
    floor, rest = _first(FLOOR if FLOOR.search(text) else _IN_A_HOUSE, text)
    if place and (house := house_of.match(place["inside"])) and house["floor"] == floor:
        floor, rest = house[0], " ".join(rest.rsplit(house["name"], 1))
    counter, rest = _first(COUNTER, rest)
    counter = re.sub(r"\s|窓口", "", counter)
    counter = counter if not counter or counter.endswith("番") else counter + "番"
    return _TOWN_HALL.sub("", floor.strip(" ・")).replace(" ", ""), counter, rest
