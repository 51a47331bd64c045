"""Contacts that a sentence tells: くわしくは福祉課(2階)へ。"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from knowledge.importers.facts.contacts import contact_line, read_office
from knowledge.importers.facts.joined import join_contacts
from knowledge.importers.facts.reach import further_reaches, read_reach
from knowledge.importers.readers.lines import Line

_TELLS = re.compile(
    r"(?:^|(?<=[。!?\s※]))(?:(?:くわし|詳し)くは|詳細は|(?:この|本)?(?:取組|取り組み|事業)?(?:の|について(?:の)?|に関する)?"
    r"(?:お?問い?合わ?せ(?:先)?|担当(?:課|部署|窓口)?|窓口|ご?相談)は)[、,:]?\s*(?P<office>[^。]{3,70}?)\s*"
    r"(?:へ|まで|に(?=お|ご|連絡|電話)|です|と?なります|が(?:担当|受け持|お答え|うけたまわ|承)[^。]{0,12})"
    r"(?:[、,]?(?:お問い?合わせ|ご?連絡|お?電話|ご?相談|お尋ね|おたずね|お越し)(?:を|して)?(?:ください)?|どうぞ)?[。!]?\s*$"
)
_IN_CHARGE = re.compile(
    r"(?:^|(?<=[。、!?\s※]))(?:この(?:取組|取り組み|事業|施策)?(?:のみ|だけ|は|については|に関しては)[、,]?\s*)?"
    r"(?P<office>[^。、\s()]{2,20}(?:課|係|室|センター|担当)(?:\s*\([^()]{3,60}\))?[^。、()]{0,30})が(?:担当|窓口)[^。]{0,14}。?\s*$"
)


def _told(text: str, area_code: str) -> tuple[str, str]:
    """(a text without the sentence that tells whom to ask, the contact in it); (text, "") where none does."""
    for said in re.findall(r"[^。]+。?", text):
        reach = read_reach(said)[0]
        if reach and reach.rest and contact_line(said, area_code):
            return text.replace(said, "", 1).strip(), said
    for pattern in (_TELLS, _IN_CHARGE):
        match = pattern.search(text)
        office = read_office(match["office"], area_code, labelled=True) if match else None
        if match and office and (office.phone or office.floor or office.counter):
            return re.sub(r"[ ※]*(?:ただし[、,]?)?$", "", text[: match.start()]), f"担当: {match['office']}"
    return text, ""


def _each_apart(line: Line, area_code: str) -> list[Line]:
    """The contacts of a line, each of which says what it is meant for, in lines of their own."""
    pieces = [] if line.level or line.cells else further_reaches(line.text)
    if len(pieces) < 2 or not contact_line(pieces[0], area_code):
        return [line]
    return [replace(line, text=piece, gap=line.gap and not number) for number, piece in enumerate(pieces)]


def _parted(lines: Sequence[Line], area_code: str) -> Iterator[Line]:
    """The lines, where a contact that a sentence tells at the end of a text stands in a line of its own, unless a
    contact follows."""
    for number, line in enumerate(lines):
        rest, contact = ("", "") if line.level or line.cells else _told(line.text, area_code)
        below = lines[number + 1].text if number + 1 < len(lines) else ""
        if not contact or contact_line(below, area_code):
            yield line
            continue
        if rest:
            yield replace(line, text=rest)
        yield replace(line, text=contact, item=False, gap=line.gap and not rest)


def contacts_apart(lines: Sequence[Line], area_code: str) -> list[Line]:
    """The lines, where each contact stands in one line of its own, be it told in a sentence or set over several."""
    joined = join_contacts(list(_parted(lines, area_code)), area_code)
    return [piece for line in joined for piece in _each_apart(line, area_code)]
