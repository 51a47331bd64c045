"""What a resident wrote with placeholders for what would tell who it was."""

import re
from collections.abc import Iterable
from functools import lru_cache

from bot.redaction.letters import plain_letters
from bot.redaction.names import find_names
from bot.redaction.patterns import Found, find_addresses, find_birthdays, find_numbers


def _without_overlaps(found: Iterable[Found]) -> list[Found]:
    """Spans in order; where two overlap, the first found is the more certain one and keeps its place."""
    kept: list[Found] = []
    for start, end, placeholder in found:
        if all(end <= other_start or start >= other_end for other_start, other_end, _ in kept):
            kept.append((start, end, placeholder))
    return sorted(kept)


@lru_cache(maxsize=4)
def _public_digits(numbers: frozenset[str]) -> frozenset[str]:
    return frozenset(re.sub(r"\D", "", number) for number in numbers if number)


@lru_cache(maxsize=4)
def _plain(address: str) -> str:
    return plain_letters(address).text


def mask_personal_data(text: str, public_phones: Iterable[str] = (), public_address: str = "") -> str:
    """The text with phone and other numbers, mail and postal addresses, dates of birth and names masked.

    Any width is understood. What belongs to the ward itself stays: `public_phones` as printed, and `public_address`.
    """
    letters = plain_letters(text)
    plain = letters.text
    found = [
        *find_numbers(plain, _public_digits(frozenset(public_phones))),
        *find_birthdays(plain),
        *find_addresses(plain, _plain(public_address)),
    ]
    spans = _without_overlaps(found)
    # Names are looked for where nothing else was found: the letters of an address are often family names too.
    hidden = list(plain)
    for start, end, _ in spans:
        hidden[start:end] = "〔" * (end - start)
    for _ in range(2):  # a name beside a name
        names = list(find_names("".join(hidden)))
        if not names:
            break
        spans = _without_overlaps([*spans, *names])
        for start, end, _placeholder in spans:
            hidden[start:end] = "〔" * (end - start)
    masked, last = [], 0
    for start, end, placeholder in spans:
        begin, stop = letters.original(start, end)
        if begin >= last:
            masked += [text[last:begin], placeholder]
            last = stop
    return "".join([*masked, text[last:]])
