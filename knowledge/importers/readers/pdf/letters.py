"""The letters of a page of a PDF."""

import ctypes
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_READING = re.compile(r"[ぁ-ゖァ-ヺー・]+")
_SMALL = 0.65  # of the size of the words whose reading letters give
_FLAT = 0.3  # of the size of letters
_BAND = 8.0  # points


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of letters: its box in points from the page's lower left corner, its font and the size of that in points
    (the box of a letter is as high as the letter is)."""

    left: float
    bottom: float
    right: float
    top: float
    text: str
    font: str = ""
    size: float = 0.0

    @property
    def height(self) -> float:
        return self.top - self.bottom

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2


def _font(text: Any, number: int) -> tuple[str, float]:
    """(name, size in points) of the font of a letter."""
    import pypdfium2.raw as raw

    name, flags, matrix = ctypes.create_string_buffer(128), ctypes.c_int(), raw.FS_MATRIX()
    raw.FPDFText_GetFontInfo(text, number, name, 128, flags)
    raw.FPDFText_GetMatrix(text, number, matrix)
    size = raw.FPDFText_GetFontSize(text, number) * ((matrix.c**2 + matrix.d**2) ** 0.5 or 1.0)
    return name.value.decode("utf-8", "replace"), round(size, 1)


def page_letters(page: Any) -> list[Piece]:
    """The page's letters with their boxes, in the order in which they were set; a space stands before its letter."""
    text = page.get_textpage()
    space, font, size = "", "", 0.0
    letters: list[Piece] = []
    for number in range(text.count_chars()):
        letter = text.get_text_range(number, 1)
        left, bottom, right, top = text.get_charbox(number, loose=True)
        if not letter.strip():
            space = " " if letter in (" ", "\u3000", "\u00a0") else ""
        elif right > left:
            if not letters or abs(letters[-1].bottom - bottom) > 0.1 or space:
                font, size = _font(text, number)  # asked once a line: it costs more than the letter
            if top - bottom < _FLAT * size:  # a stroke stands in the middle of its line
                bottom, top = (bottom + top - size) / 2, (bottom + top + size) / 2
            letters.append(Piece(left, bottom, right, top, space + letter, font, size))
            space = ""
    return letters


def without_readings(letters: Sequence[Piece]) -> list[Piece]:
    """The letters without small kana that stand right above larger ones and give their reading."""
    small = {size for size in {p.size for p in letters} if any(size <= _SMALL * p.size for p in letters)}
    bands: defaultdict[int, list[Piece]] = defaultdict(list)
    for piece in letters:
        bands[round(piece.bottom / _BAND)].append(piece)

    def reads(piece: Piece) -> bool:
        near = range(round((piece.bottom - 3 * piece.size) / _BAND), round(piece.top / _BAND) + 1)
        return any(
            piece.size <= _SMALL * other.size
            and other.left - piece.size <= piece.middle[0] <= other.right + piece.size
            and 0 < piece.middle[1] - other.middle[1] <= 1.3 * other.size
            for band in near
            for other in bands[band]
        )

    return [p for p in letters if p.size not in small or not _READING.fullmatch(p.text.strip()) or not reads(p)]
