"""Character n-grams: what is left of a word when it is mistyped, conjugated or cut differently."""

import re

_SPACES = re.compile(r"[\s、。,.!?・「」()\[\]:;\"'…]+")


def ngrams(text: str, size: int, mark: str = "") -> list[str]:
    """The overlapping n-grams of a text without its spaces and punctuation, each behind `mark`."""
    text = _SPACES.sub("", text)
    return [mark + text[i : i + size] for i in range(len(text) - size + 1)]
