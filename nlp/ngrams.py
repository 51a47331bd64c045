"""Character n-grams: what is left of a word when it is mistyped, conjugated or cut differently."""

import re

_SPACES = re.compile(r"[\s、。,.!?・「」()\[\]:;\"'…]+")


def joined(text: str) -> str:
    """The text without its spaces and punctuation."""
    return _SPACES.sub("", text)


def ngrams(text: str, size: int) -> list[str]:
    """The overlapping n-grams of a text without its spaces and punctuation."""
    text = joined(text)
    return [text[i : i + size] for i in range(len(text) - size + 1)]
