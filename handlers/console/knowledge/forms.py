"""Forms of the draft's rows: what they offer, how values are shown, what was chosen between two versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from handlers.console.numbers import as_number
from knowledge.document import NEEDS_REWRITE
from knowledge.editing.fields import fields_of
from knowledge.editing.listing import list_offices, list_plans
from knowledge.editing.saving import ConflictError, Row, form_of

Options = dict[str, list[tuple[str, str]]]


def office_label(name: str, floor: str, counter: str) -> str:
    return " ".join(part for part in (name, floor, counter) if part)


def options(session: Session) -> Options:
    """What the fields with a fixed choice offer: (value, label), by the field's name."""
    offices = [(str(o.id), office_label(o.name, o.floor, o.counter)) for o in list_offices(session)]
    return {
        "plan_id": [(str(plan.id), plan.title) for plan in list_plans(session)],
        "office_id": [("", "（担当なし）"), *offices],
        "state": [("", "（なし）"), (NEEDS_REWRITE, NEEDS_REWRITE)],
    }


def shown(name: str, text: str, offered: Options) -> str:
    """A field's text as a person reads it."""
    return dict(offered.get(name, [])).get(text, text)


def given_fields(table: str, form: Mapping[str, str]) -> dict[str, str]:
    """What a form says of each field that it has; a line in `add-NAME` goes below those of NAME."""
    given = {field.name: form[field.name] for field in fields_of(table, "") if field.name in form}
    for name in given:
        if added := form.get(f"add-{name}", "").strip():
            given[name] = f"{given[name].rstrip()}\n{added}".lstrip("\n")
    return given


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose between two versions. `given`: the fields to save; `version`: the one it is saved over;
    `missing`: labels of the fields of which no version was chosen."""

    given: dict[str, str]
    version: int
    missing: tuple[str, ...] = ()


def read_choice(table: str, row: Row, form: Mapping[str, str]) -> Choice:
    """The fields that a form asks to save, after a choice between two versions where there was one.

    Where a choice is missing, the version is the one that the person began from, so that saving asks again.
    """
    given = given_fields(table, form)
    version = as_number(form.get("version", "")) or 0
    now, missing = form_of(row), []
    for field in fields_of(table, ""):
        if f"clash-{field.name}" not in form:
            continue
        picked = form.get(f"pick-{field.name}", "")
        if picked == "theirs":
            given.pop(field.name, None)
        elif picked == "both" and field.lines:
            given[field.name] = f"{now[field.name]}\n{given.get(field.name, '')}"
        elif picked != "mine":
            missing.append(field.label)
    if missing:
        version = as_number(form.get("began", "")) or 0
    return Choice(given, version, tuple(missing))


def clash_rows(conflict: ConflictError, offered: Options) -> list[dict[str, Any]]:
    """The fields of a conflict as its page shows them."""
    return [
        {
            "name": clash.field.name, "label": clash.field.label, "lines": clash.field.lines, "choice": clash.choice,
            "before": shown(clash.field.name, clash.before, offered),
            "theirs": shown(clash.field.name, clash.theirs, offered),
            "mine": shown(clash.field.name, clash.mine, offered),
        }
        for clash in conflict.clashes
    ]  # fmt: skip
