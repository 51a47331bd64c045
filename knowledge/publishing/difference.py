"""What differs between two versions of the knowledge base, entry by entry and field by field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from knowledge.document import Document, Entry, Office, Plan, ResidentWord
from knowledge.draft import label
from knowledge.merging.pairing import pair_known, pair_renamed
from knowledge.merging.steps import ADDED, CHANGED, VANISHED, Difference, shown


@dataclass(frozen=True, slots=True)
class Edit:
    """One plan, office, entry or word that was added, changed or removed (`VANISHED`)."""

    what: str
    action: str
    label: str
    differences: tuple[Difference, ...] = ()


def _differences(before: Any, after: Any, without: Sequence[str] = ()) -> tuple[Difference, ...]:
    """The fields of two values of one kind that differ; of a single one, those that say something."""
    found = []
    for name in (f.name for f in fields(after or before) if f.name not in without):
        old, new = (_text(getattr(value, name)) if value else "" for value in (before, after))
        if old != new:
            found.append(Difference(name, old, new))
    return tuple(found)


def _text(value: Any) -> str:
    if isinstance(value, Office):
        return value.name
    return value.title if isinstance(value, Plan) else shown(value)


def _paired(
    before: Sequence[Entry], after: Sequence[Entry], rows: Mapping[str, int]
) -> list[tuple[Entry | None, Entry | None]]:
    """Each entry of either version with what it is in the other, in the order of the later one."""
    old, new = {e.key: e for e in before}, {e.key for e in after}
    gone, came = [e for e in before if e.key not in new], [e for e in after if e.key not in old]
    went = {e.id: e for e in gone}
    known = pair_known(went, [e.id for e in came], rows)
    renamed = {e.key: went[known[e.id]] for e in came if e.id in known}
    gone_left = [e for e in gone if e.id not in known.values()]
    came_left = [e for e in came if e.id not in known]
    renamed |= {came_left[n].key: gone_left[o] for o, n in pair_renamed(gone_left, came_left)}
    pairs: list[tuple[Entry | None, Entry | None]] = [(old.get(e.key) or renamed.get(e.key), e) for e in after]
    found = {e.key for e in renamed.values()}
    return pairs + [(e, None) for e in gone if e.key not in found]


def compare_documents(before: Document, after: Document, rows: Mapping[str, int]) -> list[Edit]:
    """The edits that make the first of two versions the second: plans, offices, entries, words.

    `rows`: as of `rows_by_id`, by which an entry is known under another name.
    """
    edits = []
    named: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
        ("plan", {p.title: p for p in before.plans}, {p.title: p for p in after.plans}),
        ("office", {o.name: o for o in before.offices}, {o.name: o for o in after.offices}),
    )
    for what, old, new in named:
        for name in [*new, *(name for name in old if name not in new)]:
            if old.get(name) != new.get(name):
                edits.append(_edit(what, name, old.get(name), new.get(name), ("title", "name")))
    for was, now in _paired(before.entries, after.entries, rows):
        either = now or was
        # An entry of a plan or an office that changed is the same entry: they have edits of their own.
        if either is not None and _differences(was, now):
            edits.append(_edit("entry", label(either), was, now))
    words = dict.fromkeys([*before.thesaurus, *after.thesaurus])
    old_words, new_words = set(before.thesaurus), set(after.thesaurus)
    for word in words:
        if (word in old_words) != (word in new_words):
            edits.append(Edit("word", VANISHED if word in old_words else ADDED, _pair(word)))
    return edits


def _edit(what: str, name: str, was: Any, now: Any, without: Sequence[str] = ()) -> Edit:
    action = ADDED if was is None else VANISHED if now is None else CHANGED
    return Edit(what, action, name, _differences(was, now, without))


def _pair(word: ResidentWord) -> str:
    return f"{word.word} → {word.official}"


def count_edits(edits: Sequence[Edit]) -> tuple[int, int, int]:
    """(added, changed, removed)."""
    actions = [edit.action for edit in edits]
    return actions.count(ADDED), actions.count(CHANGED), actions.count(VANISHED)
