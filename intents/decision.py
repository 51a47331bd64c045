"""What was decided about one message."""

from typing import NamedTuple

from knowledge.document import Office
from knowledge.snapshot import Match


class Decision(NamedTuple):
    """`intent` and `service` as in the JSON interface; `matches` best first; `office` whom to turn to;
    `also` the entry of a second concern in the same message; `perhaps` the service of an emergency that the message may
    tell of."""

    intent: str
    answered: bool
    matches: tuple[Match, ...] = ()
    office: Office | None = None
    service: str | None = None
    release: int = 0
    also: Match | None = None
    perhaps: str | None = None
