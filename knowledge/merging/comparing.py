"""What a document would change in the draft, row by row, and the writing of the rows that are wanted."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.document import Document, Entry, Office, Plan, ResidentWord
from knowledge.draft import entry_of, label
from knowledge.merging.offices import tell_offices_apart
from knowledge.merging.pairing import pair_renamed
from knowledge.merging.steps import ADDED, CHANGED, KEPT, UNCHANGED, VANISHED, Changes, Difference, Step, shown
from knowledge.models import EntryRow, OfficeRow, PlanRow, WordRow

_PLAN_FACTS = ("valid_from", "valid_to", "source", "precedence")
_OFFICE_FACTS = ("floor", "counter", "phone", "hours")
_WRITTEN_BY_STAFF = {"explanation", "vocabulary", "examples"}
_ENTRY_FACTS = (
    "section", "title", "targets", "explanation", "vocabulary", "examples", "url", "valid_from", "valid_to",
    "owner", "source", "page", "review_on", "state", "note",
)  # fmt: skip
_BY_HAND_FACTS = ("source_id", "variant")  # which only the knowledge base's own form holds
_Facts = dict[str, Any]


def _plain(value: Any) -> Any:
    """A fact as JSON keeps it."""
    if isinstance(value, (tuple, list)):
        return list(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _key(what: str, *parts: str) -> str:
    return f"{what}-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:12]}"


def _gone_key(row: EntryRow | WordRow) -> str:
    return _key("gone", "entry" if isinstance(row, EntryRow) else "word", str(row.id))


def _compare_facts(
    row: Any, source: Any, facts: Sequence[str], by_hand: bool, taken: Collection[str] = ()
) -> tuple[list[Difference], _Facts]:
    """(the fields that differ, the values that a row of the draft, or a new one, takes; `taken` in any case).

    A document overwrites what an earlier document said; a field that staff wrote or changed since, or that the
    document leaves empty, stays. What staff bring in themselves (`by_hand`) is taken as it is.
    """
    differences, values = [], {}
    imported = dict((row.imported if row else None) or {})
    for name in facts:
        value = getattr(source, name)
        value = list(value) if isinstance(value, tuple) else value
        old = getattr(row, name) if row else [] if isinstance(value, list) else None if value is None else ""
        if by_hand or row is None:
            if row is None and not (by_hand and name in _WRITTEN_BY_STAFF):
                imported[name] = _plain(value)
            if value != old:
                differences.append(Difference(name, shown(old), shown(value)))
            values[name] = value
            continue
        if not value:
            continue
        by_staff = bool(old) and imported.get(name) != _plain(old) and name not in taken
        repeated = imported.get(name) == _plain(value)
        imported[name] = _plain(value)
        if value == old or (by_staff and repeated):
            continue
        differences.append(Difference(name, shown(old), shown(value), kept=by_staff))
        if not by_staff:
            values[name] = value
    return differences, {**values, "imported": imported}


def _set(row: Any, values: _Facts) -> None:
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def _action(differences: Iterable[Difference]) -> str:
    kept = [difference.kept for difference in differences]
    return UNCHANGED if not kept else KEPT if all(kept) else CHANGED


class _Comparison:
    """A document beside the draft. Rows that steps add are found by the steps behind them."""

    def __init__(self, session: Session, document: Document, by_hand: bool, same: Mapping[str, str]) -> None:
        apart = document.told_apart()
        self.session, self.by_hand, self.same = session, by_hand, same
        self.document = apart if by_hand else tell_offices_apart(apart)
        self.plans = {row.title: row for row in session.scalars(select(PlanRow))}
        self.offices = {row.name: row for row in session.scalars(select(OfficeRow))}
        self.rows = {entry_of(row, Plan(row.plan.title), None).key: row for row in session.scalars(select(EntryRow))}
        self.position = max((row.position for row in self.rows.values()), default=-1)

    def steps(self) -> list[Step]:
        found = self._found_rows()
        offices = {office.name: office for office in reversed(self.document.offices)}  # the first of a name counts
        steps = [*map(self._plan, self.document.plans), *map(self._office, reversed(offices.values()))]
        steps += [self._entry(entry, row) for entry, row in zip(self.document.entries, found, strict=True)]
        named = {plan.title for plan in self.document.plans}
        present = {id(row) for row in found}
        for row in self.rows.values():
            if id(row) not in present and row.plan.title in named:
                steps.append(self._gone("entry", label(entry_of(row, Plan(row.plan.title), None)), row))
        return steps + self._words()

    def _found_rows(self) -> list[EntryRow | None]:
        """The row of each entry: of its name, or the one that a person says it is. What staff renamed or moved in
        their own table is found by all else that it says."""
        found = [self.rows.get(entry.key) for entry in self.document.entries]
        if self.same:
            taken = {id(row) for row in found}
            gone = {_gone_key(row): row for row in self.rows.values() if id(row) not in taken}
            for number, entry in enumerate(self.document.entries):
                row = gone.get(self.same.get(_key("entry", *entry.key), ""))
                if found[number] is None and row is not None and row.plan.title == entry.plan.title:
                    found[number] = gone.pop(_gone_key(row))
        if not self.by_hand:
            return found
        taken = {id(row) for row in found}
        free = [row for row in self.rows.values() if id(row) not in taken]
        new = [number for number, row in enumerate(found) if row is None]
        olds = [entry_of(row, Plan(row.plan.title), None) for row in free]
        for before, after in pair_renamed(olds, [self.document.entries[number] for number in new]):
            found[new[after]] = free[before]
        return found

    def _plan(self, plan: Plan) -> Step:
        row = self.plans.get(plan.title)
        key = _key("plan", plan.title)
        if row is None:
            facts = {name: getattr(plan, name) for name in _PLAN_FACTS}
            differences = [Difference(name, "", shown(value)) for name, value in facts.items() if value]

            def add() -> None:
                self.plans[plan.title] = PlanRow(title=plan.title, **facts)
                self.session.add(self.plans[plan.title])

            return Step(key, "plan", ADDED, plan.title, tuple(differences), write=add)
        values = {
            n: v for n in _PLAN_FACTS for v in (getattr(plan, n),) if (v or self.by_hand) and v != getattr(row, n)
        }
        differences = [Difference(name, shown(getattr(row, name)), shown(value)) for name, value in values.items()]
        told = tuple(differences)
        return Step(key, "plan", _action(differences), plan.title, told, write=lambda: _set(row, values))

    def _office(self, office: Office) -> Step:
        row = self.offices.get(office.name)
        facts = [name for name in _OFFICE_FACTS if name not in self.document.unsaid]
        differences, values = _compare_facts(row, office, facts, self.by_hand)

        def write() -> None:
            target = row
            if target is None:
                target = OfficeRow(name=office.name, floor="", counter="", phone="", hours=[], imported={})
                self.offices[office.name] = target
                self.session.add(target)
            _set(target, values)

        action = ADDED if row is None else _action(differences)
        return Step(_key("office", office.name), "office", action, office.name, tuple(differences), write=write)

    def _entry(self, entry: Entry, row: EntryRow | None) -> Step:
        unsaid, by_hand = self.document.unsaid, self.by_hand
        facts = [name for name in (*_ENTRY_FACTS, *(_BY_HAND_FACTS if by_hand else ())) if name not in unsaid]
        key = _key("entry", *entry.key)
        joined = self.same.get(key, "") if row is not None and self.rows.get(entry.key) is not row else ""
        joined = joined if row is not None and joined == _gone_key(row) else ""
        differences, values = _compare_facts(row, entry, facts, by_hand, ("section", "title") if joined else ())
        before = row.office.name if row and row.office else ""
        after = entry.office.name if entry.office else ""
        moved = before != after and bool(after or (by_hand and "office" not in unsaid))
        if moved:
            differences.append(Difference("office", before, after))

        def write() -> None:
            target = row
            if target is None:
                self.position += 1
                target = EntryRow(
                    position=self.position, section=entry.section, title=entry.title, source_id=entry.source_id,
                    variant=entry.variant, targets=[], explanation="", vocabulary=[], examples=[], url="",
                    owner="", source="", page="", state="", note="", plan=self.plans[entry.plan.title], imported={},
                )  # fmt: skip
                self.session.add(target)
            _set(target, values)
            if moved:
                target.office = self.offices[after] if after else None

        needs = (_key("plan", entry.plan.title), *((_key("office", after),) if after else ()))
        shown_as = entry if row is None else entry_of(row, Plan(row.plan.title), None)
        action = ADDED if row is None else _action(differences)
        told = tuple(differences)
        return Step(key, "entry", action, label(shown_as), told, entry.plan.title, joined, write, needs)

    def _words(self) -> list[Step]:
        rows = {ResidentWord(row.word, row.official): row for row in self.session.scalars(select(WordRow))}
        steps = [self._new_word(word) for word in dict.fromkeys(self.document.thesaurus) if word not in rows]
        # A document without a thesaurus says nothing of residents' words.
        gone = [word for word in rows if word not in self.document.thesaurus] if self.document.thesaurus else []
        return steps + [self._gone("word", f"{word.word} → {word.official}", rows[word]) for word in gone]

    def _new_word(self, word: ResidentWord) -> Step:
        def add() -> None:
            self.session.add(WordRow(word=word.word, official=word.official))

        key = _key("word", word.word, word.official)
        return Step(key, "word", ADDED, f"{word.word} → {word.official}", (), write=add)

    def _gone(self, what: str, name: str, row: EntryRow | WordRow) -> Step:
        plan = row.plan.title if isinstance(row, EntryRow) else ""
        return Step(_gone_key(row), what, VANISHED, name, (), plan, write=lambda: self.session.delete(row))


def compare_with_draft(
    session: Session, document: Document, by_hand: bool = False, same: Mapping[str, str] | None = None
) -> list[Step]:
    """What a document would do to the draft, nothing of it done yet: plans, offices, entries, words.

    `by_hand`: the document is the knowledge base itself as staff edited it (the exchange formats), so every field of
    it counts, an emptied one too. A published document only overwrites what an earlier version of it said. `same`: the
    key of an entry that would be added → that of the one that would vanish, where a person says that they are one.
    """
    with session.no_autoflush:
        return _Comparison(session, document, by_hand, same or {}).steps()


def apply_steps(session: Session, steps: Sequence[Step], wanted: Collection[str]) -> None:
    """Writes, in the caller's transaction, the steps with the wanted keys, the new plans and offices that they need,
    and what the document said of rows that stay."""
    needed = {key for step in steps if step.key in wanted for key in step.needs}
    for step in steps:
        comes_along = step.action in (UNCHANGED, KEPT) or (step.action == ADDED and step.key in needed)
        if comes_along or step.key in wanted:
            step.write()
    session.flush()


def merge_into_draft(
    session: Session, document: Document, by_hand: bool = False, remove_vanished: bool = False
) -> Changes:
    """Brings a whole document into the draft, in the caller's transaction; `by_hand` as in `compare_with_draft`."""
    steps = compare_with_draft(session, document, by_hand)
    changes = Changes()
    for step in steps:
        changes.note(step)
    apply_steps(session, steps, {step.key for step in steps if remove_vanished or step.action != VANISHED})
    return changes
