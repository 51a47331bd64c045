"""Headings that come again under many others: they name parts of what stands above them, such as 市が行うこと."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from knowledge.importers.facts.markers import clean_title
from knowledge.importers.outline.levels import look_of
from knowledge.importers.outline.parts import Part

_OFTEN = 3  # times
_SENTENCE = re.compile(r"。|(?:ます|です|ません|ました|ましょう|ください)$")


def _runs(parts: Sequence[Part]) -> Iterator[list[int]]:
    """The numbers of headings of one look between which none of another look stands."""
    run: list[int] = []
    for number, part in enumerate(parts):
        if part.role != "heading":
            continue
        if run and (part.plan or look_of(part) != look_of(parts[run[0]])):
            yield run
            run = []
        if not (part.plan or part.announced):
            run.append(number)
    yield run


def _says(parts: Sequence[Part], number: int) -> bool:
    """Whether sentences, not names, stand right below a heading."""
    below = parts[number + 1] if number + 1 < len(parts) else None
    return below is not None and below.role in ("text", "item") and bool(_SENTENCE.search(below.text))


def _of_told(parts: Sequence[Part], number: int) -> bool:
    """Whether items stand right below a heading, and sentences below the one that it stands under."""
    look = look_of(parts[number])
    above = next((n for n in range(number, -1, -1) if parts[n].role == "heading" and look_of(parts[n]) != look), None)
    listed = number + 1 < len(parts) and parts[number + 1].role == "item"
    return listed and above is not None and _says(parts, above)


def mark_repeated(parts: Sequence[Part]) -> None:
    """Marks headings as announcing a text where they come again and again beside few others, with sentences below."""
    runs = [[(number, clean_title(parts[number].title)) for number in run] for run in _runs(parts)]
    times = Counter(title for run in runs for _, title in run)
    for title, count in times.items():
        among = [run for run in runs if any(other == title for _, other in run)]
        once = sum(times[other] == 1 for run in among for _, other in run)
        places = [number for run in among for number, other in run if other == title]
        several = count == 2 and len(among) == 2 and all(len(run) > 1 for run in among) and not once
        told = sum(_says(parts, number) or _of_told(parts, number) for number in places)
        if (several or (count >= _OFTEN and once * 2 <= count * 3)) and told * 3 >= count * 2:
            for number in places:
                parts[number].announced = "text"
