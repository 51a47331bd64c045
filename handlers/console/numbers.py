"""Whole numbers of addresses and forms, which anybody can write as they like."""

from typing import TypeVar

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1  # what a row can be numbered: PostgreSQL's integer
_DIGITS = len(str(LARGEST))
T = TypeVar("T")


class RowNumber(IntegerConverter):
    """`<int:…>` of an address: a number that no row can have is no address, and never asked for in the database."""

    regex = rf"[0-9]{{1,{_DIGITS}}}"

    def __init__(self, rules: Map) -> None:
        super().__init__(rules, max=LARGEST)


def as_number(text: str) -> int | None:
    """The number, 0 to `LARGEST`, that a text is in ASCII digits; None for any other text."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None
    return number if number is not None and number <= LARGEST else None


def read_number(values: MultiDict[str, str], name: str, otherwise: T) -> int | T:
    """A number of an address or a form; `otherwise` where it has none."""
    number = as_number(values.get(name, ""))
    return otherwise if number is None else number


def read_numbers(values: MultiDict[str, str], name: str) -> list[int]:
    """All numbers under a name, as those of ticked boxes."""
    return [number for text in values.getlist(name) if (number := as_number(text)) is not None]


def page_number() -> int:
    """The page of a list that the address asks for, from 1 on."""
    return max(1, read_number(request.args, "page", 1))
