"""How a page sets its lines, where rules for classes and sizes of letters show what its headings are."""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup
from bs4.element import Tag

from knowledge.importers.readers.lines import plain

LEVEL = "data-level"  # attribute that a line in larger letters is given: the level of its heading
_BASE = 16.0  # pixels of the letters of a text
_UNITS = {"px": 1.0, "pt": 4 / 3, "em": _BASE, "rem": _BASE, "%": _BASE / 100}
_LARGER = 1.1  # times the size of a text
_LOWEST = 7  # level of what large letters set apart
_LONGEST = 45  # letters
_RULES = re.compile(r"([^{}]+)\{([^{}]*)\}")
_OF_A_CLASS = re.compile(r"\s*[a-z0-9]*\.([\w-]+)\s*")
_SIZE = re.compile(r"font-size:\s*([\d.]+)\s*(px|pt|em|rem|%)")
_BLOCKS = ("p", "div")


def _of_classes(soup: BeautifulSoup) -> dict[str, str]:
    """Class → what the page's rules say of it."""
    found: dict[str, str] = {}
    for style in soup.find_all("style"):
        for selectors, said in _RULES.findall(style.get_text()):
            for selector in selectors.split(","):
                if match := _OF_A_CLASS.fullmatch(selector):
                    found[match[1]] = f"{found.get(match[1], '')};{said}"
    return found


def _size(tag: Tag) -> float:
    match = _SIZE.search(str(tag.get("style") or ""))
    return float(match[1]) * _UNITS[match[2]] if match else _BASE


def _lines(soup: BeautifulSoup) -> Iterator[Tag]:
    """The elements that hold one short line."""
    for tag in soup.find_all(list(_BLOCKS)):
        text = plain(tag.get_text())
        if (
            text
            and len(text) <= _LONGEST
            and "。" not in text
            and tag.find([*_BLOCKS, "ul", "ol", "table", "dl"]) is None
        ):
            yield tag


def mark_headings(soup: BeautifulSoup) -> None:
    """Writes into elements what the rules for their classes say, and the level of a heading into those whose lines
    stand in larger letters than the text."""
    rules = _of_classes(soup)
    for tag in soup.find_all(class_=True) if rules else ():
        said = ";".join(rules[name] for name in tag.get("class") or [] if name in rules)
        if said:
            tag["style"] = f"{said};{tag.get('style') or ''}"
    large = [(tag, size) for tag in _lines(soup) if (size := _size(tag)) > _LARGER * _BASE]
    sizes = sorted({size for _, size in large}, reverse=True)
    above = max((int(tag.name[1]) for tag in soup.find_all(re.compile("h[1-6]"))), default=0)
    for tag, size in large:
        tag[LEVEL] = str(min(_LOWEST, above + 1 + sizes.index(size)))
