"""The knowledge base as plain values: what an importer yields, a release keeps and a snapshot answers from."""

import hashlib
import itertools
import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date

NEEDS_REWRITE = "要見直し"  # the state of an entry that was carried over and still says what held before
STATES = ("", NEEDS_REWRITE)
UNREAD_PHONE = "電話番号と読めません"  # why a number of an office is left out
_FILE_NAME = re.compile(r"[^/]+\.(?:xlsx?|csv|json|docx?|pdf|html?|txt)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Office:
    """担当課. `floor` and `counter` as printed (4階, ④番); `phone` with area code and hyphens, or empty; `hours`: lines
    on its own opening hours, empty where the ward's apply."""

    name: str
    floor: str = ""
    counter: str = ""
    phone: str = ""
    hours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """計画. Valid on both of its days; `precedence` puts the more specific of two plans first on equal titles."""

    title: str
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    precedence: int = 0

    @property
    def publication(self) -> str:
        """The source as residents read it: no name of a file, which earlier imports kept as such."""
        return "" if _FILE_NAME.fullmatch(self.source) else self.source


@dataclass(frozen=True, slots=True)
class Entry:
    """施策・取組 with all that is known of it; an FAQ row has its question as title, its answer as explanation.

    `valid_from`, `valid_to`: a period of its own, where it differs from its plan's. `variant` tells apart entries of
    one title in one section. `owner`: the section of staff that answers for it; `source` and `page`: the document it
    was taken from; `review_on`: when it must be looked at again; `state`: empty or `NEEDS_REWRITE`.
    """

    plan: Plan
    section: str
    title: str
    office: Office | None
    source_id: str | None = None
    targets: tuple[str, ...] = ()
    explanation: str = ""
    vocabulary: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    url: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    variant: str = ""
    owner: str = ""
    source: str = ""
    page: str = ""
    review_on: date | None = None
    state: str = ""
    note: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """What makes it the same entry in another version of its document: its row's id, or where it stands."""
        if self.source_id:
            return self.plan.title, self.source_id
        return self.plan.title, self.section, self.title, self.variant

    @property
    def period(self) -> tuple[date | None, date | None]:
        """First and last day of its validity."""
        if self.valid_from or self.valid_to:
            return self.valid_from, self.valid_to
        return self.plan.valid_from, self.plan.valid_to

    def expired(self, today: date) -> bool:
        last = self.period[1]
        return last is not None and last < today

    def upcoming(self, today: date) -> bool:
        """Whether its period has not begun."""
        first = self.period[0]
        return first is not None and today < first

    @property
    def id(self) -> str:
        """The same for the same key, on every machine and in every release."""
        return hashlib.sha256("\0".join(self.key).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class ResidentWord:
    """A word that residents use and the official word that the ward's texts use for it."""

    word: str
    official: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A piece of a document that became neither entry nor fact: where it stood, and why."""

    where: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A fact of one plan or office (`what`, `name`) that rows of a table state differently: each text, the first row
    where it stands, and the places among the document's entries of those that state it."""

    what: str
    name: str
    fact: str
    said: tuple[tuple[str, str, tuple[int, ...]], ...]


@dataclass(slots=True)
class Document:
    """Plans, offices and entries in the order in which residents and staff should see them.

    `unsaid`: facts that the document's form has no place for, so that it says nothing of them. `blank`: (plan or
    office, its name, a fact) that all rows of a table leave empty. `doubts`: what its rows contradict
    each other on; its plans and offices hold what stands first.
    """

    plans: list[Plan] = field(default_factory=list)
    offices: list[Office] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    thesaurus: list[ResidentWord] = field(default_factory=list)
    unsaid: frozenset[str] = field(default=frozenset(), compare=False)
    blank: frozenset[tuple[str, str, str]] = field(default=frozenset(), compare=False)
    doubts: tuple[Doubt, ...] = field(default=(), compare=False)

    def published_in(self, source: str, titles: Collection[str]) -> "Document":
        """The same document, the plans of these titles that name no source taken from this one."""
        named = {p: replace(p, source=p.source or source) if p.title in titles else p for p in self.plans}
        entries = [replace(entry, plan=named.get(entry.plan, entry.plan)) for entry in self.entries]
        return replace(self, plans=list(named.values()), entries=entries)

    def told_apart(self) -> "Document":
        """The same document, where entries with one key bear the name of their office as variant (then a number)."""
        seen: set[tuple[str, ...]] = set()
        entries = []
        for entry in self.entries:
            names = (f"{entry.office.name if entry.office else ''}{n or ''}" for n in itertools.count())
            while entry.key in seen:
                entry = replace(entry, variant=next(names), source_id=None)
            seen.add(entry.key)
            entries.append(entry)
        return replace(self, entries=entries)
