"""How right the answers are, on questions whose right answer is known.

The figures are those of the published scorer for the ward's questions, and recall and nDCG at 10 (Järvelin & Kekäläinen
2002, linear gain) for queries with graded FAQ. A wrong answer and a "don't know" are never the same thing.
"""

import json
import math
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.conversation import Conversation
from intents.decision import Decision
from knowledge import KnowledgeError

_INTENTS = {"office_direct": "office", **{k: k for k in ("hours", "human", "complaint", "greeting", "thanks", "help")}}
_OUTSIDE = ("oos", "offtopic", "junk")
_DEPTH = 10
_BANDS = 5  # of the reliability table

Figures = dict[str, Any]


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(f"{path.name}: 読めません。UTF-8 の JSON Lines か確かめてください。") from error
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise KnowledgeError(f"{path.name} {number}行目: JSON として読めません（{error.msg}）。") from error
        if not isinstance(row, dict) or not isinstance(row.get("q", row.get("query")), str):
            raise KnowledgeError(f"{path.name} {number}行目: 質問の文字列（q または query）がありません。")
        rows.append(row)
    if not rows:
        raise KnowledgeError(f"{path.name}: 質問がありません。")
    return rows


class _Catalog:
    """Ids of entries, from a table with id, plan, section, title, office; without one, (plan, title) is the id."""

    def __init__(self, path: Path | None) -> None:
        self._ids: dict[tuple[str, str], str] = {}
        self._offices: dict[str, str] = {}
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()[1:] if path else []
        except (OSError, UnicodeDecodeError) as error:
            raise KnowledgeError(f"{path}: 読めません。UTF-8 のタブ区切りか確かめてください。") from error
        for number, line in enumerate(filter(None, lines), 2):
            cells = line.split("\t")
            if len(cells) < 5:
                raise KnowledgeError(f"{path} {number}行目: id, plan, section, title, office の5列にしてください。")
            self._ids[cells[1], cells[3]] = cells[0]
            self._offices[cells[0]] = cells[4]

    def id_of(self, plan: str, title: str) -> str:
        return self._ids.get((plan, title), f"{plan}|{title}")

    def accepted(self, row: dict[str, Any]) -> set[str]:
        """The right ids; a pair of plan and title stands for its entry."""
        return {self.id_of(*given) if isinstance(given, list) else str(given) for given in row.get("accept", [])}

    def office_of(self, identity: str) -> str:
        return self._offices.get(identity, "")


def _verdict(row: dict[str, Any], decision: Decision, catalog: _Catalog) -> tuple[str, bool, dict[str, bool]]:
    """(group, right?, further figures) of one question."""
    ids = [catalog.id_of(m.entry.plan.title, m.entry.title) for m in decision.matches]
    top = ids[0] if decision.intent == "initiative" and decision.answered and ids else None
    good, expect = catalog.accepted(row), row.get("expect", "initiative")
    office = decision.office.name if decision.office else None
    if expect == "initiative":
        further = {
            "hit3": any(i in good for i in ids[:3]), "declined": top is None,
            "wrong": top is not None and top not in good,
            "office": top is not None and office in {catalog.office_of(i) for i in good},
        }  # fmt: skip
        return row.get("style", "initiative"), top in good, further
    if expect == "emergency":
        right = decision.intent == "emergency" and decision.service in row.get("service_ok", [row.get("service")])
        return "emergency", right, {"found": decision.intent == "emergency"}
    kind = row.get("kind", expect)
    if expect in ("no_initiative", "any_initiative_or_none"):
        return kind, decision.intent != "emergency" and (top is None or top in good), {}
    right = decision.intent == _INTENTS.get(expect)
    if expect == "office_direct":
        right = right and office == row.get("office")
    return kind, right, {}


def _share(values: list[bool]) -> float:
    return round(sum(values) / len(values), 3)


def _reliability(scored: list[tuple[float, bool]]) -> list[Figures]:
    """How often the first candidate is right, band by band of its score."""
    table = []
    for band in range(_BANDS):
        low, high = band / _BANDS, (band + 1) / _BANDS
        rows = [(s, right) for s, right in scored if low <= s < high or (band == _BANDS - 1 and s == 1.0)]
        if rows:
            mean = round(sum(s for s, _ in rows) / len(rows), 3)
            right = _share([right for _, right in rows])
            table.append({"from": low, "to": high, "questions": len(rows), "score": mean, "right": right})
    return table


def _evaluate_questions(conversation: Conversation, rows: list[dict[str, Any]], catalog: _Catalog) -> Figures:
    groups: dict[str, list[bool]] = defaultdict(list)
    further: dict[str, list[bool]] = defaultdict(list)
    scored: list[tuple[float, bool]] = []
    alarms = 0
    for row in rows:
        decision = conversation.answer(row["q"]).decision
        group, right, more = _verdict(row, decision, catalog)
        groups[group].append(right)
        style = "plain" if group in ("polite", "plain") else "hard" if "style" in row else None
        for name, value in more.items():
            further[f"{style or group}.{name}"].append(value)
        if style:
            groups[f"= {style}"].append(right)
        alarms += row.get("expect") != "emergency" and decision.intent == "emergency"
        if decision.matches and row.get("expect", "initiative") in ("initiative", "no_initiative"):
            first = decision.matches[0]
            good = catalog.accepted(row)
            scored.append((first.score, catalog.id_of(first.entry.plan.title, first.entry.title) in good))
    figures: Figures = {name: _share(values) for name, values in sorted(groups.items())}
    figures |= {name: _share(values) for name, values in sorted(further.items())}
    outside = [right for name in _OUTSIDE for right in groups.get(name, [])]
    talk = [right for name in _INTENTS for right in groups.get(name, [])]
    if outside:
        figures["= outside answered"] = round(1 - _share(outside), 3)
    if talk:
        figures["= other intents"] = _share(talk)
    figures["= false alarms"] = alarms
    figures["reliability"] = _reliability(scored)
    return figures


def _evaluate_queries(conversation: Conversation, rows: list[dict[str, Any]]) -> Figures:
    recalls, gains, firsts = [], [], []
    scored: list[tuple[float, bool]] = []
    for row in rows:
        relevant = {str(key): float(grade) for key, grade in row.get("relevant", {}).items()}
        matches = conversation.answer(row["query"], _DEPTH).decision.matches
        grades = [relevant.get(m.entry.source_id or "", 0.0) for m in matches[:_DEPTH]]
        if not relevant:
            continue
        recalls.append(sum(grade > 0 for grade in grades) / len(relevant))
        ideal = sorted(relevant.values(), reverse=True)[:_DEPTH]
        best = sum(grade / math.log2(place) for place, grade in enumerate(ideal, 2))
        gains.append(sum(grade / math.log2(place) for place, grade in enumerate(grades, 2)) / best)
        if 2 in relevant.values():
            firsts.append(bool(grades) and grades[0] == 2)
        if matches:
            scored.append((matches[0].score, grades[0] > 0))

    def mean(values: Sequence[float]) -> float:
        return round(sum(values) / max(1, len(values)), 4)

    return {
        "queries": len(rows), "R@10": mean(recalls), "nDCG@10": mean(gains), "first": mean(firsts),
        "reliability": _reliability(scored),
    }  # fmt: skip


def evaluate_file(conversation: Conversation, path: Path, catalog: Path | None) -> Figures:
    """The figures of a file of questions (`q`, `expect` …) or of graded queries (`query`, `relevant`)."""
    rows = _rows(path)
    if all("query" in row for row in rows):
        return _evaluate_queries(conversation, rows)
    if any("q" not in row for row in rows):
        raise KnowledgeError(f"{path.name}: q の行と query の行が混ざっています。別のファイルにしてください。")
    return _evaluate_questions(conversation, rows, _Catalog(catalog))
