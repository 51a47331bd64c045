"""Offices that stand beside the names of initiatives, parted from them by no sign."""

import re
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import replace

from knowledge.document import Office
from knowledge.importers.outline.levels import look_of
from knowledge.importers.outline.parts import Part

_BESIDE = re.compile(r"^(?P<title>.{2,40}?)\s+(?P<office>[^\s()。、]{1,18}(?:課|室|係|センター|担当|グループ|事務局))$")
_OFTEN = 3  # headings


def take_offices_beside(parts: Sequence[Part]) -> None:
    """Parts the office from the title where most headings of one look end in a blank and the name of an office, and
    these names come again."""
    heads = [part for part in parts if part.role == "heading" and not part.announced and not part.plan]
    looks = Counter(look_of(part) for part in heads)
    found = [(part, match) for part in heads if not part.office and (match := _BESIDE.match(part.title))]
    alike = Counter(look_of(part) for part, _ in found)
    names = Counter(match["office"] for _, match in found)
    said = "\n".join(part.text for part in parts if part.role != "heading")
    for part, match in found:
        look, name = look_of(part), match["office"]
        if alike[look] >= _OFTEN and alike[look] * 3 >= looks[look] * 2 and (names[name] > 1 or name in said):
            part.title, part.office = match["title"], Office(name)


def take_offices_behind_items(parts: Sequence[Part], known: Set[str]) -> None:
    """Sets into parentheses the office that items of a document end in, parted by a blank, where it is named more than
    once or `known`."""
    items = [part for part in parts if part.role == "item"]
    said = "\n".join(part.text for part in parts)
    found = [(part, match) for part in items if (match := _BESIDE.match(part.text))]
    if len(found) < _OFTEN or len(found) * 3 < len(items):
        return
    for part, match in found:
        if match["office"] in known or said.count(match["office"]) > 1:
            part.line = replace(part.line, text=f"{match['title']}({match['office']})")
