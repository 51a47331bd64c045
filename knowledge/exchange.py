"""The exchange format: a knowledge base as JSON that people can read, diff and carry elsewhere."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from knowledge import KnowledgeError
from knowledge.cells import read_address
from knowledge.document import NEEDS_REWRITE, STATES, Document, Entry, Office, Plan, ResidentWord

FORMAT = 1
SHIPPED = Path(__file__).parent / "content"


_STAFF_TEXTS = ("owner", "source", "page", "state", "note")  # of an entry; newer than the format's first files


def _date(value: Any, where: str) -> date | None:
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise KnowledgeError(f"{where}: 日付 {value!r} は 2023-04-01 のように書いてください。") from error


def _strings(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise KnowledgeError(f'{where}: 文字列の一覧 ["…", "…"] にしてください。')
    return tuple(value)


def _text(row: dict[str, Any], key: str, where: str, required: bool = False) -> str:
    value = row.get(key) or ""
    if not isinstance(value, str) or (required and not value.strip()):
        raise KnowledgeError(f"{where}: 「{key}」に文字を入れてください。")
    return value


def _address(row: dict[str, Any], key: str, where: str) -> str:
    try:
        return read_address(_text(row, key, where))
    except ValueError as error:
        raise KnowledgeError(f"{where}: 「{key}」の「{row[key]}」は{error}。") from error


def _unsaid(raw: dict[str, Any]) -> frozenset[str]:
    """The facts that an older file has no place for."""
    entries, offices = ({key for row in raw.get(part, []) for key in row} for part in ("entries", "offices"))
    return frozenset(({*_STAFF_TEXTS, "review_on"} - entries) | ({"hours"} - offices))


def document_from_json(text: str, name: str = "JSON") -> Document:
    """Reads the exchange format.

    Raises KnowledgeError that names the place, for text that is not JSON or not of this format.
    """
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        raise KnowledgeError(f"{name}: {error.lineno}行目が JSON として読めません（{error.msg}）。") from error
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise KnowledgeError(f'{name}: 先頭に "format": {FORMAT} がありません。export で書き出した形にしてください。')
    plans: dict[str, Plan] = {}
    offices: dict[str, Office] = {}
    document = Document()
    for part in ("plans", "offices", "entries", "thesaurus"):
        if not all(isinstance(row, dict) for row in raw.get(part) or []):
            raise KnowledgeError(f"{name}: 「{part}」の中は {{…}} の一覧にしてください。")
    for n, row in enumerate(raw.get("plans", []), 1):
        where = f"{name}: plans {n}件目"
        title = _text(row, "title", where, required=True)
        plans[title] = Plan(title, _date(row.get("valid_from"), where), _date(row.get("valid_to"), where),
                            _text(row, "source", where), int(row.get("precedence") or 0))  # fmt: skip
    for n, row in enumerate(raw.get("offices", []), 1):
        where = f"{name}: offices {n}件目"
        office = _text(row, "name", where, required=True)
        floor, counter, phone = (_text(row, key, where) for key in ("floor", "counter", "phone"))
        offices[office] = Office(office, floor, counter, phone, _strings(row.get("hours", []), where))
    for n, row in enumerate(raw.get("entries", []), 1):
        where = f"{name}: entries {n}件目"
        if row.get("plan") not in plans:
            raise KnowledgeError(f"{where}: 計画 {row.get('plan')!r} が plans にありません。")
        if row.get("office") and row["office"] not in offices:
            raise KnowledgeError(f"{where}: 担当 {row['office']!r} が offices にありません。")
        if (row.get("state") or "") not in STATES:
            raise KnowledgeError(f"{where}: 「state」の {row['state']!r} は空か「{NEEDS_REWRITE}」にしてください。")
        document.entries.append(
            Entry(
                plan=plans[row["plan"]],
                section=_text(row, "section", where),
                title=_text(row, "title", where, required=True),
                office=offices.get(row.get("office") or ""),
                source_id=row.get("source_id"),
                targets=_strings(row.get("targets", []), where),
                explanation=_text(row, "explanation", where),
                vocabulary=_strings(row.get("vocabulary", []), where),
                examples=_strings(row.get("examples", []), where),
                url=_address(row, "url", where),
                valid_from=_date(row.get("valid_from"), where),
                valid_to=_date(row.get("valid_to"), where),
                variant=_text(row, "variant", where),
                review_on=_date(row.get("review_on"), where),
                **{key: _text(row, key, where) for key in _STAFF_TEXTS},
            )
        )
    for n, row in enumerate(raw.get("thesaurus") or [], 1):
        where = f"{name}: thesaurus {n}件目"
        document.thesaurus.append(ResidentWord(*(_text(row, key, where, True) for key in ("word", "official"))))
    document.unsaid = _unsaid(raw)
    document.plans, document.offices = list(plans.values()), list(offices.values())
    return document


def document_to_json(document: Document) -> str:
    """The exchange format's text; reading it gives the same document again."""
    raw = {
        "format": FORMAT,
        "plans": [
            {
                "title": p.title,
                "valid_from": p.valid_from and p.valid_from.isoformat(),
                "valid_to": p.valid_to and p.valid_to.isoformat(),
                "source": p.source,
                "precedence": p.precedence,
            }
            for p in document.plans
        ],
        "offices": [
            {"name": o.name, "floor": o.floor, "counter": o.counter, "phone": o.phone, "hours": list(o.hours)}
            for o in document.offices
        ],
        "entries": [
            {
                "plan": e.plan.title,
                "section": e.section,
                "title": e.title,
                "office": e.office.name if e.office else None,
                "source_id": e.source_id,
                "targets": list(e.targets),
                "explanation": e.explanation,
                "vocabulary": list(e.vocabulary),
                "examples": list(e.examples),
                "url": e.url,
                "valid_from": e.valid_from and e.valid_from.isoformat(),
                "valid_to": e.valid_to and e.valid_to.isoformat(),
                "variant": e.variant,
                "owner": e.owner,
                "source": e.source,
                "page": e.page,
                "review_on": e.review_on and e.review_on.isoformat(),
                "state": e.state,
                "note": e.note,
            }
            for e in document.entries
        ],
        "thesaurus": [{"word": w.word, "official": w.official} for w in document.thesaurus],
    }
    return json.dumps(raw, ensure_ascii=False, indent=1) + "\n"


def shipped_document() -> Document:
    """The knowledge base that the project ships."""
    path = SHIPPED / "tsurumi.json"
    return document_from_json(path.read_text(encoding="utf-8"), path.name)
