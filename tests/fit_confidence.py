"""Fits the chance of being right: `python -m tests.fit_confidence FAQ.csv QUERIES.jsonl CATALOG.tsv QUESTIONS.jsonl …`.

A logistic model over the signs of the best candidate (nlp/confidence.py), which is right where it leads to the right
office (for FAQ without offices: to a graded answer). Learned from files of questions with `accept`, from graded
queries, and from what a fifth of the ward's example questions and of the outside topics, left out in turn, would get.
Prints the numbers for nlp/parameters.py, and how each file fares when the others alone teach.
"""

import json
import random
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from knowledge import snapshot
from knowledge.document import Document
from knowledge.exchange import shipped_document
from knowledge.tables import document_from_table
from nlp import parameters as p
from nlp.confidence import SIGNS
from nlp.normalise import normalise

Array = NDArray[np.float64]
_TODAY = date(2026, 11, 25)
_FOLDS = 5
# What one question of each kind weighs. Left-out questions are harder than those that residents ask: their entry has
# lost its likest example, so they count little beside real ones.
_QUESTION, _LEFT_OUT = 1.0, 0.002
_PENALTY = 0.003


@dataclass(frozen=True, slots=True)
class Seen:
    signs: tuple[float, ...]
    right: bool
    weight: float


def observe(
    document: Document, topics: list[tuple[str, list[str]]], asked: Iterable[tuple[str, Any, float]]
) -> list[Seen]:
    """The signs of the best candidate for each (question, is it right?, weight)."""
    seen: list[tuple[float, ...]] = []

    def record(signs: tuple[float, ...], shared: bool) -> float:
        seen.append(signs)
        return 0.5

    kept = snapshot.outside_topics, snapshot.chance_right
    snapshot.outside_topics, snapshot.chance_right = lambda: topics, record
    try:
        with tempfile.TemporaryDirectory() as folder:
            live = snapshot.Snapshot(document, 1, Path(folder))
            rows = []
            for question, right, weight in asked:
                seen.clear()
                matches = live.find(normalise(question), _TODAY, 1)
                if seen:
                    rows.append(Seen(seen[0], bool(right(matches[0].entry)), weight))
            return rows
    finally:
        snapshot.outside_topics, snapshot.chance_right = kept


def left_out(fold: int) -> list[Seen]:
    """What one fold leaves out: a fifth of the examples, and a fifth of the topics with one question of each other."""
    document, chance = shipped_document(), random.Random(fold)
    asked: list[tuple[str, Any, float]] = []
    entries = []
    for entry in document.entries:
        out = chance.sample(entry.examples, len(entry.examples))[fold::_FOLDS]
        asked += [(text, lambda found, entry=entry: found.office == entry.office, _LEFT_OUT) for text in out]
        entries.append(replace(entry, examples=tuple(text for text in entry.examples if text not in out)))
    topics = []
    for number, (topic, examples) in enumerate(snapshot.outside_topics()):
        out = examples if number % _FOLDS == fold else examples[fold % len(examples) :: 8]
        asked += [(text, lambda found: False, _LEFT_OUT) for text in out]
        if number % _FOLDS != fold:
            topics.append((topic, [text for text in examples if text not in out]))
    return observe(Document(document.plans, document.offices, entries), topics, asked)


def queries(table: Path, path: Path) -> list[Seen]:
    """Queries with graded FAQ."""
    asked: list[tuple[str, Any, float]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        asked.append((row["query"], lambda found, row=row: found.source_id in row["relevant"], _QUESTION))
    return observe(document_from_table(table, str)[0], snapshot.outside_topics(), asked)


def questions(path: Path, offices: dict[str, str]) -> list[Seen]:
    """Questions whose right answer somebody wrote down; `offices`: catalogue id → name."""
    asked: list[tuple[str, Any, float]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row.get("expect") in ("initiative", "no_initiative"):
            good = {offices[identity] for identity in row.get("accept", [])}
            asked.append((row["q"], lambda found, good=good: found.office and found.office.name in good, _QUESTION))
    return observe(shipped_document(), snapshot.outside_topics(), asked)


def _chance(rows: list[Seen], numbers: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(np.array([[1.0, *row.signs] for row in rows]) @ numbers, -30, 30))))


def fit(rows: list[Seen]) -> Array:
    """(base, one number a sign): the weighted logistic fit, its penalty alike for every sign whatever its spread."""
    signs = np.array([row.signs for row in rows])
    spread = signs.std(axis=0) + 1e-9
    given = np.c_[np.ones(len(rows)), signs / spread]
    right, weight = np.array([row.right for row in rows]), np.array([row.weight for row in rows])
    weight /= weight.sum()

    def loss(numbers: Array) -> tuple[float, Array]:
        chance = 1 / (1 + np.exp(-np.clip(given @ numbers, -30, 30)))
        value = -(weight * np.log(np.where(right, chance, 1 - chance) + 1e-12)).sum()
        slope = given.T @ (weight * (chance - right))
        return value + _PENALTY * numbers[1:] @ numbers[1:], slope + 2 * _PENALTY * np.r_[0, numbers[1:]]

    # No sign may count the wrong way round, whatever a small set of questions suggests.
    bounds = [(None, None), *((0.0, None) for _ in SIGNS)]
    found = np.asarray(minimize(loss, np.zeros(given.shape[1]), jac=True, bounds=bounds).x)
    return np.r_[found[0], found[1:] / spread]


def main(table: Path, graded: Path, catalog: Path, paths: list[Path]) -> None:
    lines = [line.split("\t") for line in catalog.read_text(encoding="utf-8").splitlines()[1:]]
    offices = {cells[0]: cells[4] for cells in lines}
    base = [row for fold in range(_FOLDS) for row in left_out(fold)]
    files = {path.name: questions(path, offices) for path in paths}
    print("#", ", ".join(("base", *SIGNS)))
    asked = [row for rows in files.values() for row in rows]
    for name, taught in (("SHARED", base + asked), ("ALONE", queries(table, graded))):
        print(f"CONFIDENCE_{name} =", tuple(round(float(n), 2) for n in fit(taught)))
    for name, rows in files.items():
        others = [row for other, more in files.items() if other != name for row in more]
        chance, right = _chance(rows, fit(base + others)), np.array([row.right for row in rows])
        answered = chance >= p.ANSWER_THRESHOLD
        shares = answered[right].mean(), answered[~right].mean(), right[answered].mean()
        told = "answered of those to be answered {:.3f}, of the others {:.3f}; right of answered {:.3f}".format(*shares)
        print(f"{name}, taught by the others: {told}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]), [Path(path) for path in sys.argv[4:]])
