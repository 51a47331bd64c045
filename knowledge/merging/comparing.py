"""What a document would change in the draft, row by row, and the writing of the rows that are wanted."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.document import Document, Entry, Office, Plan, ResidentWord
from knowledge.draft import entry_of, label
from knowledge.merging.facts import (
    BY_HAND_FACTS,
    ENTRY_FACTS,
    OFFICE_FACTS,
    PLAN_COLUMNS,
    PLAN_FACTS,
    Compared,
    action_of,
    compare_facts,
    set_facts,
    take_instead,
)
from knowledge.merging.offices import join_offices, likely_offices, tell_offices_apart
from knowledge.merging.pairing import pair_renamed
from knowledge.merging.settling import left_blank, settle_doubts
from knowledge.merging.steps import ADDED, KEPT, LEFT_ALONE, UNCHANGED, VANISHED, Changes, Difference, Step, shown
from knowledge.models import EntryRow, OfficeRow, PlanRow, WordRow
from nlp.normalise import normalise


def _key(what: str, *parts: str) -> str:
    return f"{what}-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:12]}"


def _named(office: OfficeRow) -> str:
    """An office with its place and number, as staff tell it from others."""
    return " ".join(filter(None, (office.name, office.floor, office.counter, office.phone)))


def _gone_key(row: EntryRow | WordRow) -> str:
    return _key("gone", "entry" if isinstance(row, EntryRow) else "word", str(row.id))


def _titled_as(document: Document, titles: Collection[str]) -> Document:
    """A document whose plans are called as the draft calls them: a space or a wide digit more makes no other plan."""
    known = {_bare(title): title for title in titles}
    meant = {
        plan: replace(plan, title=known[_bare(plan.title)])
        for plan in document.plans
        if plan.title not in titles and _bare(plan.title) in known
    }
    entries = [replace(entry, plan=meant.get(entry.plan, entry.plan)) for entry in document.entries]
    return replace(document, plans=[meant.get(plan, plan) for plan in document.plans], entries=entries)


def _bare(title: str) -> str:
    return normalise(title).replace(" ", "")


class _Comparison:
    """A document beside the draft. Rows that steps add are found by the steps behind them."""

    def __init__(self, session: Session, document: Document, by_hand: bool, same: Mapping[str, str]) -> None:
        plan_rows = {row.title: row for row in session.scalars(select(PlanRow))}
        apart = (document if by_hand else _titled_as(document, plan_rows)).told_apart()
        self.session, self.by_hand, self.same = session, by_hand, same
        self.plans = plan_rows
        self.offices = {row.name: row for row in session.scalars(select(OfficeRow))}
        self.rows = {entry_of(row, Plan(row.plan.title), None).key: row for row in session.scalars(select(EntryRow))}
        found = [self.rows.get(entry.key) for entry in apart.entries]
        settled, self.notes = settle_doubts(apart, {"plan": self.plans, "office": self.offices}, found)
        self.blank = left_blank(settled, found)
        self.document = settled if by_hand else tell_offices_apart(settled)
        by_key = {_key("office", row.name): row for row in self.offices.values()}
        new = {office.name: by_key.get(same.get(_key("office", office.name), "")) for office in self.document.offices}
        self.joined = {name: row for name, row in new.items() if row is not None and name not in self.offices}
        self.document = join_offices(self.document, self.joined)
        self.position = max((row.position for row in self.rows.values()), default=-1)

    def steps(self) -> list[Step]:
        found = self._found_rows()
        offices = {office.name: office for office in reversed(self.document.offices)}  # the first of a name counts
        steps = [*map(self._plan, self.document.plans)]
        steps += [step for office in reversed(offices.values()) for step in self._office(office)]
        steps += [
            Step(_key("office", name), "office", ADDED, name, (), joined=_key("office", row.name),
                 offers=((_key("office", row.name), _named(row)),))
            for name, row in self.joined.items()
        ]  # fmt: skip
        pairs = zip(self.document.entries, found, strict=True)
        steps += [step for entry, row in pairs for step in self._entry(entry, row)]
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
            facts = {name: getattr(plan, name) for name in PLAN_FACTS}
            differences = [Difference(name, "", shown(value)) for name, value in facts.items() if value]

            def add() -> None:
                self.plans[plan.title] = PlanRow(title=plan.title, **facts)
                self.session.add(self.plans[plan.title])

            return Step(key, "plan", ADDED, plan.title, tuple(differences), write=add)
        silent = {fact for fact, column in PLAN_COLUMNS.items() if column in self.document.unsaid}
        silent |= {fact for what, name, fact in self.blank if (what, name) == ("plan", plan.title)}
        stated = {name: getattr(plan, name) for name in PLAN_FACTS if name not in silent}
        values = {n: v for n, v in stated.items() if (v or self.by_hand) and v != getattr(row, n)}
        differences = [Difference(name, shown(getattr(row, name)), shown(value)) for name, value in values.items()]
        told, note = tuple(differences), self.notes.get(("plan", plan.title), "")
        action = action_of(differences)
        return Step(key, "plan", action, plan.title, told, note=note, write=lambda: set_facts(row, values))

    def _office(self, office: Office) -> list[Step]:
        row = self.offices.get(office.name)
        blank = {fact for what, name, fact in self.blank if (what, name) == ("office", office.name)}
        facts = [name for name in OFFICE_FACTS if name not in self.document.unsaid | blank]
        compared = compare_facts(row, office, facts, self.by_hand)

        def write() -> None:
            target = row
            if target is None:
                target = OfficeRow(name=office.name, floor="", counter="", phone="", hours=[], imported={})
                self.offices[office.name] = target
                self.session.add(target)
            set_facts(target, compared.values)

        action, key = ADDED if row is None else action_of(compared.differences), _key("office", office.name)
        note = self.notes.get(("office", office.name), "")
        likely = likely_offices(office, self.offices.values()) if row is None else []
        offers = tuple((_key("office", other.name), _named(other)) for other in likely)
        step = Step(
            key, "office", action, office.name, tuple(compared.differences), note=note, offers=offers, write=write
        )
        return [step, *self._kept(step, row, compared)]

    def _entry(self, entry: Entry, row: EntryRow | None) -> list[Step]:
        unsaid, by_hand = self.document.unsaid, self.by_hand
        facts = [name for name in (*ENTRY_FACTS, *(BY_HAND_FACTS if by_hand else ())) if name not in unsaid]
        key = _key("entry", *entry.key)
        joined = self.same.get(key, "") if row is not None and self.rows.get(entry.key) is not row else ""
        joined = joined if row is not None and joined == _gone_key(row) else ""
        compared = compare_facts(row, entry, facts, by_hand, ("section", "title") if joined else ())
        differences = compared.differences
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
            set_facts(target, compared.values)
            if moved:
                target.office = self.offices[after] if after else None

        needs = (_key("plan", entry.plan.title), *((_key("office", after),) if after else ()))
        shown_as = entry if row is None else entry_of(row, Plan(row.plan.title), None)
        action = ADDED if row is None else action_of(differences)
        told = tuple(differences)
        step = Step(key, "entry", action, label(shown_as), told, entry.plan.title, joined, "", (), write, needs)
        return [step, *self._kept(step, row, compared)]

    def _kept(self, step: Step, row: EntryRow | OfficeRow | None, compared: Compared) -> list[Step]:
        """What the document says of a row where staff had corrected it, to be taken by who says so."""
        if not compared.kept:
            return []

        def write() -> None:
            take_instead(row, compared.instead)

        told = tuple(compared.kept)
        return [Step(f"kept-{step.key}", step.what, KEPT, step.label, told, step.plan, write=write)]

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
    key of an entry that would be added → that of the one that would vanish, or of a new office → that of one of the
    draft, where a person says that they are one.
    Raises KnowledgeError where rows of a table contradict each other.
    """
    with session.no_autoflush:
        return _Comparison(session, document, by_hand, same or {}).steps()


def apply_steps(session: Session, steps: Sequence[Step], wanted: Collection[str]) -> None:
    """Writes, in the caller's transaction, the steps with the wanted keys, the new plans and offices that they need,
    and what the document said of rows that stay."""
    needed = {key for step in steps if step.key in wanted for key in step.needs}
    for step in steps:
        comes_along = step.action == UNCHANGED or (step.action == ADDED and step.key in needed)
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
    left_alone = (KEPT,) if remove_vanished else LEFT_ALONE
    apply_steps(session, steps, {step.key for step in steps if step.action not in left_alone})
    return changes
