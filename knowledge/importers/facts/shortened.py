"""Numbers of which a document prints only the end, since a note says once how all of them begin."""

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.importers.facts.numbers import PHONE_MARK
from knowledge.importers.readers.lines import Line

_BEGINNING = r"(?P<begins>0\d{1,4}-\d{1,4})"
_NOTES = (
    re.compile(
        rf"{_BEGINNING}-?[」』)\s]*[^。\d\n]{{0,12}}(?:続く|続けて|以下|以降|下|末尾)[^。\d\n]{{0,6}}[4四](?:桁|けた|ケタ)"
    ),
    re.compile(rf"[下末]尾?[4四](?:桁|けた|ケタ)[^\d\n]{{0,40}}{_BEGINNING}(?!-?\d)"),
    re.compile(rf"{_BEGINNING}-(?:[Xx×○〇●□*＊]{{4}}|\([4四]桁\))"),
)
_END = r"(?<![\d-])(?P<end>\d{4})(?![\d-])"


def _beginning(text: str) -> str:
    """The area code and exchange, such as 03-3907, that a note gives for numbers of four digits; empty without one."""
    return next((match["begins"] for note in _NOTES if (match := note.search(text))), "")


def with_whole_numbers(lines: Sequence[Line]) -> list[Line]:
    """The lines, where a number of four digits in the column of numbers, or behind the word or sign for one, has the
    beginning that a note in the document gives for all."""
    begins = _beginning("\n".join(line.text for line in lines))
    if not begins:
        return list(lines)
    marked = re.compile(rf"(?P<mark>{PHONE_MARK}\s*[::.]?\s*){_END}")

    def whole(kind: str, cell: str) -> str:
        alone = re.sub(_END, rf"{begins}-\g<end>", cell) if kind == "phone" else cell
        return marked.sub(rf"\g<mark>{begins}-\g<end>", alone)

    return [
        replace(
            line,
            text=marked.sub(rf"\g<mark>{begins}-\g<end>", line.text),
            cells=tuple((kind, whole(kind, cell)) for kind, cell in line.cells),
        )
        for line in lines
    ]
