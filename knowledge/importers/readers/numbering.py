"""The numbers that Word sets before paragraphs of its numbered lists, as they are seen on the page."""

import re
from collections import defaultdict
from typing import Any

_KANJI = "〇一二三四五六七八九十"
_KANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノ"
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def _as_printed(number: int, form: str) -> str:
    if form == "bullet" or form == "none":
        return ""
    if "EnclosedCircle" in form and 1 <= number <= 20:
        return chr(ord("①") + number - 1)
    if form.startswith("aiueo") and number <= len(_KANA):
        return _KANA[number - 1]
    if form.endswith("Roman") and number <= len(_ROMAN):
        return _ROMAN[number - 1] if form.startswith("upper") else _ROMAN[number - 1].lower()
    if form.endswith("Letter") and number <= 26:
        return chr(ord("A" if form.startswith("upper") else "a") + number - 1)
    if re.match(r"japanese|ideograph|chinese|kanji", form) and number <= 19:
        return _KANJI[number] if number <= 10 else f"十{_KANJI[number - 10]}"
    return str(number)


class Numbering:
    """Counts the numbered paragraphs of a document; each is to be asked for once, in order."""

    def __init__(self, document: Any) -> None:
        from docx.oxml.ns import qn

        self.qn = qn
        self.levels: dict[tuple[str, int], tuple[str, str, int]] = {}  # (list, level) → (form, text, first number)
        self.lists: dict[str, str] = {}  # number of a list → what it is drawn after
        self.counts: dict[str, dict[int, int]] = defaultdict(dict)
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):  # the document has no lists
            return
        for abstract in root.iter(qn("w:abstractNum")):
            for level in abstract.iter(qn("w:lvl")):
                place = (abstract.get(qn("w:abstractNumId")), int(level.get(qn("w:ilvl"))))
                self.levels[place] = (
                    self._value(level, "w:numFmt", "decimal"), self._value(level, "w:lvlText", ""),
                    int(self._value(level, "w:start", "1")),
                )  # fmt: skip
        for num in root.iter(qn("w:num")):
            self.lists[num.get(qn("w:numId"))] = self._value(num, "w:abstractNumId", "")

    def _value(self, element: Any, name: str, otherwise: str) -> str:
        child = element.find(self.qn(name))
        return otherwise if child is None else str(child.get(self.qn("w:val")) or otherwise)

    def before(self, paragraph: Any) -> tuple[bool, str]:
        """(whether a paragraph is of a list, the number that stands before it; empty for a bullet)."""
        told = [paragraph._p.pPr]
        style = paragraph.style
        while style is not None:
            told.append(style.element.pPr)
            style = style.base_style
        found = next((pPr.numPr for pPr in told if pPr is not None and pPr.numPr is not None), None)
        if found is None or found.numId is None or not found.numId.val:
            return False, ""
        level = found.ilvl.val if found.ilvl is not None else 0
        number = str(found.numId.val)
        drawn = self.lists.get(number, "")
        if (drawn, level) not in self.levels:
            return True, ""
        counts = self.counts[drawn]
        counts[level] = counts.get(level, self.levels[drawn, level][2] - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        return True, self._text(drawn, level, counts)

    def _text(self, drawn: str, level: int, counts: dict[int, int]) -> str:
        form, text, _ = self.levels[drawn, level]
        if form in ("bullet", "none"):
            return ""

        def number(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            form, _, first = self.levels.get((drawn, at), ("decimal", "", 1))
            return _as_printed(counts.get(at, first), form)

        return re.sub(r"%(\d)", number, text)
