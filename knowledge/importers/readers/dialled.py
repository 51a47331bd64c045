"""Numbers that a page prints short and dials whole."""

import re

from bs4 import BeautifulSoup
from bs4.element import NavigableString

from knowledge.importers.readers.lines import plain

_PRINTED = re.compile(r"\d[\d\-]{4,}\d")
_WHOLE = 10  # digits of a number with its area code


def print_whole_numbers(soup: BeautifulSoup) -> None:
    """Completes the number printed in a link by the area code of the number that the link dials."""
    for link in soup.select('a[href^="tel:"]'):
        dialled = re.sub(r"\D", "", re.sub(r"^tel:(?:\+81)", "0", str(link["href"])))
        for text in link.find_all(string=True):
            printed = _PRINTED.search(plain(text))
            local = printed[0].replace("-", "") if printed else ""
            if printed and len(dialled) == _WHOLE > len(local) and dialled.endswith(local):
                code = dialled.removesuffix(local)
                text.replace_with(NavigableString(_PRINTED.sub(f"{code}-{printed[0]}", plain(text), count=1)))
