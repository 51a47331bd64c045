"""Contacts that are set over several lines, or that only say "as above", each into one line of its own."""

import re
from dataclasses import replace

from knowledge.importers.facts import noise
from knowledge.importers.facts.contacts import contact_line, contact_value, office_at_end, only_facts, waits_for_value
from knowledge.importers.facts.markers import marker_number, read_marker
from knowledge.importers.facts.numbers import PHONE_MARK, has_phone
from knowledge.importers.facts.reach import follows_reach, further_reaches, only_excepts, read_reach
from knowledge.importers.readers.lines import Line

_CUT_NUMBER = re.compile(rf"{PHONE_MARK}\s*:?\s*\d{{2,4}}(?:-\d{{2,4}})?$")  # at the end of a line
_ONLY_OFFICE = re.compile(
    r"[^\s。、:()]{1,16}(?:課|係|室|部|局|所|センター|署|担当|グループ|窓口|館|会|事務局|チーム)(?:\([^()]{1,12}\))?"
)
_LONGEST_REST = 40  # letters of a line that closes the bracket of the contact above
_FACT = r"(?:場所|所在地?|階|電話(?:番号)?|TEL|窓口|担当課?|連絡先|問い?合わ?せ先?)"
_BEFORE = r"(?:(?:すぐ)?(?:前|上|直前)(?:の|記の?)?(?:項目?|取り?組み?|事業|施策|もの|欄|段)?(?:と|に)?)"
_AS_BEFORE = re.compile(
    rf"(?:{_FACT}(?:[・、とも]*{_FACT})*(?:とも|は|も)?[、 ]*)?"
    rf"(?:{_BEFORE}(?:同じ|同様)|同上|上記?(?:に|と)同じ|同じ|〃)(?:です|とおり)?。?"
)
_AS_BEFORE_BEHIND = re.compile(rf"\s*[(\[]\s*(?:{_AS_BEFORE.pattern})\s*[)\]]$")
_LEADER = re.compile(r"(?:[.・…‥─]{3,}|[→⇒☞➡])\s*")  # before a contact without a label
_AS_NUMBER = re.compile(r"(?:取り?組み?|事業|施策|項目)?\s*(?P<n>\(?\d{1,2}\)?|[①-⑳])\s*(?:に|と)同じ(?:です)?。?")


def _waits_for_office(number: Line, line: Line, area_code: str) -> bool:
    """Whether a number stands right above the office that it belongs to, which has none."""
    if number.level or number.cells or not only_facts(number.text) or not has_phone(number.text):
        return False
    office = contact_line(line.text, area_code)
    return office is not None and not office.phone


def _named_above(joined: list[Line], number: Line) -> bool:
    """Whether a number alone stands below the name of an office, and that below a sentence."""
    if len(joined) < 2 or not only_facts(number.text) or not has_phone(number.text):
        return False
    told, name = joined[-2:]
    plain_name = not (name.level or name.cells or name.item or read_marker(name.text).kind)
    return plain_name and told.text.endswith("。") and bool(_ONLY_OFFICE.fullmatch(name.text))


def _as_before(line: Line, before: str, asked: dict[int, str], area_code: str) -> Line:
    """The contact of a line in full, where it says that it is the one before, that of a number, as `asked` has them, or
    an office in the same place."""
    leader = _LEADER.match(line.text)
    label, value = ("担当: ", line.text[leader.end() :]) if leader else contact_value(line.text)
    if label and (same := _AS_NUMBER.fullmatch(value)):
        whole = asked.get(marker_number(same["n"].strip("()")))
        return replace(line, text=f"{label}{whole}") if whole else line
    named = _AS_BEFORE_BEHIND.sub("", line.text)
    if before and label and _AS_BEFORE.fullmatch(value):
        return replace(line, text=f"{label}{before}")
    office = contact_line(named, area_code) if named != line.text else None
    last = contact_line(f"担当: {before}", area_code) if before and office else None
    if office is None or last is None:
        return line
    facts = f"{last.floor} {last.counter} {'電話 ' * bool(last.phone)}{last.phone}"
    return replace(line, text=f"{named} {facts}".strip())


def _cuts_number(text: str, below: str) -> bool:
    """Whether the end of a line parts a telephone number, before its last hyphen or right behind it."""
    behind = re.search(r"\d{2,4}-$", text) and re.match(r"\d{4}(?!\d)", below)
    return bool(behind or (_CUT_NUMBER.search(text) and re.match(r"-\d{4}(?!\d)", below)))


def _adds(text: str) -> bool:
    """Whether a line adds to the contact above it: a number, a place, or for what it is not."""
    return only_facts(text) or only_excepts(text)


def _beside_as_before(line: Line, beside: str) -> Line:
    """A title in full, where the office beside it is said to be that of the title before: 見守り(同上)."""
    named = _AS_BEFORE_BEHIND.sub("", line.text)
    return replace(line, text=f"{named} {beside}") if beside and named != line.text else line


def _closes(contact: str, rest: str, area_code: str) -> bool:
    """Whether a line closes the bracket that the contact above it has opened: 福祉課(2階 / 5番窓口)."""
    if contact.count("(") <= contact.count(")") or len(rest) > _LONGEST_REST or rest.count(")") <= rest.count("("):
        return False
    return contact_line(contact, area_code) is not None


def _above(joined: list[Line], text: str, area_code: str) -> int:
    """The place of the line whose bracket a text closes, over the foot of a page too; -1 where none does."""
    for place in (len(joined) - 1, len(joined) - 2):
        loose = place >= 0 and not joined[place].level and not joined[place].cells
        between = joined[place + 1 :] if place >= 0 else []
        if (
            loose
            and all(noise.page_end(line.text) for line in between)
            and _closes(joined[place].text, text, area_code)
        ):
            return place
    return -1


def join_contacts(lines: list[Line], area_code: str) -> list[Line]:
    """The lines, where a contact that is set over several of them (label, office, floor, number) stands in one."""
    joined: list[Line] = []
    before, number = "", 0  # the last contact without its label, the last number that begins a line
    beside = ""  # the last office beside a title, as it is printed
    asked: dict[int, str] = {}  # the contacts below the lines that begin with a number
    level = 0  # of the heading above, in the format
    label = False  # whether the last line is a label that still waits for its office
    for line in lines:
        loose = not line.level and not line.cells
        line = _as_before(line, before, asked, area_code) if loose else line
        line = _beside_as_before(line, beside) if not line.cells else line
        last = joined[-1] if joined else None
        if last and label and loose and len(line.text) <= 80 and "。" not in line.text:
            whole = replace(last, text=f"{last.text}: {line.text}", level=0)
            joined[-1:] = [last, whole] if 0 < last.level < level else [whole]  # not of what stands deeper above
            label = False
        elif loose and (open_at := _above(joined, line.text, area_code)) >= 0:
            joined[open_at] = replace(joined[open_at], text=joined[open_at].text + line.text)
        elif last and loose and not label and _adds(line.text) and contact_line(last.text, area_code):
            joined[-1] = replace(last, text=f"{last.text} {line.text}")
        elif last and loose and not label and _named_above(joined, line):
            joined[-1] = replace(last, text=f"担当: {last.text} {line.text}")
        elif last and loose and _cuts_number(last.text, line.text):
            joined[-1] = replace(last, text=last.text + line.text)
        elif last and loose and follows_reach(last.text, line.text) and re.search(r"\d階|\d-?\d{4}", line.text):
            joined.append(replace(line, text=f"担当: {line.text}"))
        elif last and loose and _waits_for_office(last, line, area_code):
            joined[-1] = replace(line, text=f"{line.text} {last.text}")
        else:
            joined.append(line)
            label = waits_for_value(line.text) and not line.cells
            level = line.level if line.level and not label else level
        title, office = office_at_end(joined[-1].text, area_code) if not line.cells else ("", None)
        titled = office is not None and bool(read_marker(title).kind)
        if titled:
            beside = joined[-1].text.removeprefix(title).strip()
        if not (titled or line.cells) and contact_line(joined[-1].text, area_code):
            before = contact_value(read_reach(joined[-1].text)[1])[1]
            beside = f"({before})"
            for reach, contact in map(read_reach, further_reaches(joined[-1].text)):
                numbers = reach.numbers if reach and not reach.but else ()
                asked |= dict.fromkeys(numbers or [number], contact_value(contact)[1])
        elif loose or line.level:
            number = read_marker(line.text).number or number
    return joined
