"""Several offices that stand in one contact or cell."""

import re
from collections.abc import Sequence

from knowledge.importers.facts.contacts import OFFICE_END, contact_value, read_office

# 課 and センター stand beside each other; 部 above a 課, and a 係 below it, are one office with it.
_RANKS = (re.compile(r"[部局]$"), re.compile(r"(?:課|室|所|署|館|会|センター|事務局|窓口)$"), OFFICE_END)
_PARTED = re.compile(
    r"(?<=[)\d課係室当番階ー])\s*(?:[、,/／;]|または|又は|及び|および|並びに)\s*(?![^()]*\))|"
    r"(?<=[\d)])\s+(?=[^\s\d()、。:]{2,16}(?:課|係|室|センター|担当)[\s(])"
)


def _rank(text: str) -> int:
    """How high the office is that a text begins with; -1 where it begins with none."""
    name = re.split(r"[(\s]", text.strip())[0]
    return next((n for n, end in enumerate(_RANKS) if len(name) > 1 and end.search(name)), -1)


def are_offices_alike(texts: Sequence[str]) -> bool:
    """Whether each text begins with an office, and none of them is a part of another."""
    ranks = {_rank(text) for text in texts}
    return len(ranks) == 1 and -1 not in ranks


def further_offices(contact: str) -> str:
    """What a contact says of the offices behind the first; empty where it names one."""
    first, *others = [piece for piece in _PARTED.split(contact_value(contact)[1]) if piece]
    found = [other for other in others if are_offices_alike([first, other]) and read_office(other, "", labelled=True)]
    return "、".join(found)
