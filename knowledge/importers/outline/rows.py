"""The office of a table's row."""

import re
from collections.abc import Mapping
from dataclasses import replace

from knowledge.document import UNREAD_PHONE, Office
from knowledge.importers.facts.contacts import read_office
from knowledge.importers.facts.markers import is_tag, read_marker
from knowledge.importers.facts.numbers import FAX, has_phone, read_number
from knowledge.importers.facts.places import FLOOR
from knowledge.importers.facts.reach import path_of
from knowledge.importers.facts.several import are_offices_alike
from knowledge.importers.readers.cells import PLACE

_BLANK = re.compile(r"[\s\-–—―ー/／]+|なし")  # a stroke in a cell that has nothing
_NUMBER_ALONE = re.compile(r"[0-9①-⑳㉑-㉟]+")
_IN_A_HOUSE = re.compile(r"[0-9①-⑳㉑-㊿]|階|番")
_FLOOR_OF_A_BUILDING = re.compile(r"[^\s()0-9]+(?:館|庁舎|棟|センター|ビル|プラザ)\s?[0-9]{1,2}")
_IN_A_BUILDING = re.compile(r"[^\s()0-9]+\s?[0-9]+\s?(?:階|F)")


def _as_printed(kind: str, cell: str, area_code: str) -> str:
    """A cell as it would stand in a contact line: 2 in the column 階 is 2階."""
    if kind == "phone" and cell:
        return f"電話 {read_number(cell, area_code) if cell.isdigit() else cell}"
    cell = f"{cell}階" if kind == "floor" and _FLOOR_OF_A_BUILDING.fullmatch(cell) else cell
    if kind == "floor" and _IN_A_BUILDING.fullmatch(cell):
        return f"({cell})"  # whatever the building is called, it is no part of the office's name
    unit = {"floor": "階", "counter": "番"}.get(kind, "")
    return f"{cell}{unit}" if unit and _NUMBER_ALONE.fullmatch(cell) else cell


def first_office(cells: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """(the cells of a row with the first of several offices, or numbers, that stand in them; what stands of the
    others)."""
    pieces = {kind: [p for p in cells.get(kind, "").split("\n") if p] for kind in PLACE}
    lines = pieces["office"]
    beside = any(len(pieces[kind]) == len(lines) for kind in PLACE[1:])
    told = beside or all(has_phone(line) or FLOOR.search(line) for line in lines)
    each = len(lines) > 1 and told and are_offices_alike(lines)
    named = re.split(r"[、,/／;](?![^()]*\))\s*", " ".join(lines))
    if not each and len(named) > 1 and are_offices_alike(named):
        pieces["office"], each = named, True
    numbers = [n for p in pieces["phone"] for n in re.split(r"\s*[、,/／・]\s*|\s+(?=\d)", p) if n]
    if len(numbers) > 1 and all(has_phone(number) and not FAX.search(number) for number in numbers):
        pieces["phone"] = numbers
    first, others = dict(cells), list[str]()
    for kind, found in pieces.items():
        several = len(found) > 1 and (each or (kind == "phone" and all(map(has_phone, found))))
        parted = each if kind == "office" else several
        if found:
            first[kind] = found[0] if parted else " ".join(found)
            others += found[1:] if parted else []
    return first, " ".join(others)


def office_of_row(cells: Mapping[str, str], area_code: str) -> Office | None:
    """The office that the cells of a row name; None where they name none."""
    named = cells.get("office")
    if not named or _BLANK.fullmatch(named):
        return None
    floor, counter, phone = (_as_printed(k, cells.get(k, ""), area_code) for k in ("floor", "counter", "phone"))
    building = cells.get("building", "")
    place = _as_printed("floor", f"{building}{floor}", area_code) if building and floor[:1].isdigit() else floor
    house = place if place and not _BLANK.fullmatch(place) and not _IN_A_HOUSE.search(place) else ""
    printed = " ".join([named, "" if house else place, counter, phone])
    office = read_office(printed, area_code, labelled=True) or Office(named)
    return replace(office, floor=office.floor or house)


def unread_phone(cells: Mapping[str, str], area_code: str) -> tuple[str, str]:
    """(what stands as a number beside the office of a row and cannot be called, why it is left out); ("", …) for
    none."""
    office, printed = office_of_row(cells, area_code), cells.get("phone", "")
    lost = office is not None and not office.phone and any(letter.isdigit() for letter in printed)
    return f"{office.name} {printed}" if office and lost else "", UNREAD_PHONE


def row_number(cells: Mapping[str, str]) -> int:
    """The number that a row, or the title in it, bears in its list; 0 where it bears none."""
    return (
        read_marker(f"{cells.get('group') or cells.get('number', '')} -").number
        or read_marker(cells.get("title", "")).number
    )


def row_path(cells: Mapping[str, str]) -> str:
    """The number of a row with those of what it stands in, such as III-1; empty where it bears none."""
    return path_of(cells.get("number", "")) or path_of(cells.get("title", ""))


def rows_of(cells: Mapping[str, str]) -> list[dict[str, str]]:
    """The cells of a row for each initiative that it names: those that hold as many lines parted among them."""
    named = names_of_cell(cells.get("title", ""))
    found = [{**cells, "title": name, "explanation": f"{told} {cells.get('explanation', '')}".strip()}
             for name, told in named]  # fmt: skip
    for kind in PLACE:
        lines = [line for line in cells.get(kind, "").split("\n") if line]
        alike = kind != "office" or are_offices_alike([read_marker(line).rest for line in lines])
        if len(lines) == len(found) > 1 and alike:
            for row, line in zip(found, lines, strict=True):
                row[kind] = read_marker(line).rest if kind == "office" else line
    return found


def names_of_cell(cell: str) -> list[tuple[str, str]]:
    """(name, what is told of it) for each initiative that a cell of names holds: several that are numbered, or one,
    which may be broken over lines and be followed by sentences about it; tags on lines of their own are left away."""
    lines = [line for line in cell.split("\n") if line and not is_tag(line)]
    if len(lines) > 1 and all(read_marker(line).kind and "。" not in line for line in lines):
        return [(line, "") for line in lines]
    told = next((n for n, line in enumerate(lines) if n and ("。" in line or read_marker(line).kind == "bullet")), 0)
    end = 1 if told and "。" in lines[told] else told or len(lines)
    return [("".join(lines[:end]), "".join(lines[end:]))]
