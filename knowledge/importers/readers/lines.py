"""What every reader of a file yields: its lines in order, with what the format says of each."""

import re
import unicodedata
from dataclasses import dataclass

_CIRCLED = re.compile("[①-⑳㉑-㉟㊱-㊿]")
# After what is read: kanji, whose kana at the end the reading repeats.
_FURIGANA = re.compile(r"(?<=[一-鿿々A-Za-z0-9])([ぁ-ゖ]*)[(（][ぁ-ゖー・ ]*\1[)）]")
_NUMBERISH = re.compile(r"(?<=\d)[‐‑‒–—―−－ー](?=\d)")
_EQUALS = re.compile(r"(?<=[^\s=A-Za-z0-9])\s?=\s?(?=[^\s=])")
_RULE = re.compile(r"[\s─━═―—–\-ー_＿=*＊~～〜・.…‥☆★◇◆■□●○+|]{3,}$")


@dataclass(frozen=True, slots=True)
class Line:
    """A line as people read it. `where`: its place, as staff find it. `level`: of a heading, 1 is highest; 0 for text
    whose format says nothing. `cells`: of a table's row, heading of the column → text. `item`: of a list. `indent`: in
    halves of a letter. `gap`: whether an empty line or a rule stands above it."""

    where: str
    text: str
    level: int = 0
    item: bool = False
    cells: tuple[tuple[str, str], ...] = ()
    indent: int = 0
    gap: bool = False


def plain(text: str) -> str:
    """NFKC and single spaces, but circled numbers as printed, furigana in parentheses removed, hyphens in numbers -."""
    parts = [c if _CIRCLED.match(c) else unicodedata.normalize("NFKC", c) for c in text]
    joined = _EQUALS.sub(":", _NUMBERISH.sub("-", "".join(parts)))
    return _FURIGANA.sub(r"\1", re.sub(r"\s+", " ", joined)).strip()


_NUMBER_ENDS, _NUMBER_BEGINS = re.compile(r"\d[\d-]*$"), re.compile(r"[\d-]*\d(?![\d年月日時分人円%階番])")
_WHOLE_NUMBER = re.compile(r"0\d{9,10}|[1-9]\d{5,7}")


def parts_number(text: str, below: str) -> bool:
    """Whether the edge of a column parts a telephone number: it ends a plain text and goes on at the beginning of the
    one below, and both together are as long as such numbers are."""
    end, begin = _NUMBER_ENDS.search(text), _NUMBER_BEGINS.match(below)
    if not end or not begin or "-" not in end[0] or _WHOLE_NUMBER.fullmatch(end[0].replace("-", "")):
        return False
    return bool(_WHOLE_NUMBER.fullmatch(f"{end[0]}{begin[0]}".replace("-", "")))


def is_rule(text: str) -> bool:
    """Whether a line is drawn, not written: it only parts what stands above from what stands below."""
    return bool(_RULE.fullmatch(text.strip()))


_BEHIND_A_NAME = re.compile(r"(?P<tag>[\[【〔<〈《(（][^\]】〕>〉》)）]{1,8}[\]】〕>〉》)）])?\s+\S")


def tells_behind(text: str) -> bool:
    """Whether a text behind a name in bold letters tells of it: a blank parts them, which a tag may stand before."""
    match = _BEHIND_A_NAME.match(text)
    return bool(match) and "。" in text


def plain_cell(text: str) -> str:
    """The text of a table's cell, plain, with its line breaks."""
    return "\n".join(cleaned for line in text.splitlines() if (cleaned := plain(line)))
