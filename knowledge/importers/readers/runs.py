"""The text of a web page's elements, in runs that are set alike."""

import re
from collections.abc import Iterator

from bs4.element import NavigableString, PageElement, Tag

from knowledge.importers.facts.markers import BRACKETS, is_tag
from knowledge.importers.readers.lines import plain, tells_behind

LONGEST_HEADING = 45  # letters
SKIPPED = {
    "nav", "footer", "aside", "script", "style", "form", "noscript", "template", "iframe", "button", "select", "svg",
}  # fmt: skip
_FOOTNOTE = re.compile(r"[※*注()（）]*\d*[※*)）]*")
_NUMBER_ALONE = re.compile(r"[0-9０-９]{1,2}[.．]?|[①-⑳Ⅰ-Ⅻ]")


def text_of(tag: PageElement) -> str:
    """The text of an element without the readings set above its words, line breaks kept."""
    if isinstance(tag, NavigableString):
        return "" if type(tag) is not NavigableString else str(tag)
    if not isinstance(tag, Tag) or tag.name in ("rt", "rp", "img") or tag.name in SKIPPED:
        return ""
    if tag.name == "br":
        return "\n"
    text = "".join(text_of(child) for child in tag.children)
    if tag.name in ("sup", "sub") and _FOOTNOTE.fullmatch(text.strip()):
        return ""
    if tag.name in ("span", "em", "i", "b", "strong", "mark", "small"):
        if is_tag(plain(text)):
            return f" [{plain(text).strip(BRACKETS)}] "
        if _NUMBER_ALONE.fullmatch(text.strip()):
            return f"{text} "  # a number set apart by its looks
    return text


def runs_of(tag: PageElement, bold: bool = False) -> Iterator[tuple[str, bool]]:
    """The text of an element in pieces, and whether each is set in bold or large letters: a heading by looks."""
    if not isinstance(tag, Tag) or tag.name in ("br", "rt", "rp", "img") or tag.name in SKIPPED:
        yield text_of(tag), bold
        return
    style = re.search(r"font-weight:\s*(?:bold|[6-9]00)", str(tag.get("style") or ""))
    large = (
        tag.name == "font"
        and re.fullmatch(r"\+?[1-7]", size := str(tag.get("size") or ""))
        and (size.startswith("+") or int(size) > 3)
    )
    bold = bold or tag.name in ("b", "strong") or bool(style) or bool(large)
    if tag.find(True) is None or (tag.name in ("span", "em", "i", "sup", "sub") and not tag.find("br")):
        yield text_of(tag), bold
        return
    for child in tag.children:
        yield from runs_of(child, bold)


def part_name(runs: list[tuple[str, bool]]) -> None:
    """Sets a colon between the name in bold letters with which an item begins and what is told of it."""
    first = next((n for n, (text, bold) in enumerate(runs) if text.strip() and not bold), 0)
    name = plain("".join(text for text, _ in runs[:first]))
    told = "".join(text for text, _ in runs[first:]).strip()
    if 2 <= len(name) <= LONGEST_HEADING and told and told[0] not in ":：)）、。（(":
        runs.insert(first, (":", False))


def name_and_told(runs: list[tuple[str, bool]]) -> tuple[str, str]:
    """(the name in bold letters that a line begins with, what is told of it behind); empty for other lines."""
    first = next((n for n, (text, bold) in enumerate(runs) if text.strip() and not bold), 0)
    name = plain("".join(text for text, _ in runs[:first]))
    told = "".join(text for text, _ in runs[first:])
    return (name, told) if 2 <= len(name) <= LONGEST_HEADING and tells_behind(told) else ("", "")
