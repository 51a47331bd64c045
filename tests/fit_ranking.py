"""Fits the numbers of nlp/parameters.py: `python -m tests.fit_ranking FAQ.csv QUERIES.jsonl [DIRECTORY]`, the last of
a dense ranker's model, whose weight beside the others is then fitted too.

Weights: softmax likelihood of the right item, over the graded queries and over a left-out fifth of the ward's example
questions (with one question of every outside topic). Prints the weights and their figures in cross-validation.
"""

import json
import random
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from knowledge.document import Entry
from knowledge.exchange import shipped_document
from knowledge.snapshot import entry_item, outside_item, outside_topics
from knowledge.tables import document_from_table
from nlp.dense.model import LocalModel
from nlp.index import Index
from nlp.indexing.build import FEATURES, POSTED, Item
from nlp.indexing.stored import index_key, open_index
from nlp.normalise import normalise

Array = NDArray[np.float64]
_WARD_SHARE, _PENALTY, _FOLDS = 0.05, 0.003, 5


def levelled(items: list[Item], questions: list[str], embedder: LocalModel | None) -> Array:
    """Questions x items x features, each feature as a share of its best item's, last a dense ranker's nearness."""
    with tempfile.TemporaryDirectory() as folder:
        key = index_key(repr(item) for item in items)
        index: Index = open_index(key, lambda _: items, Path(folder), None, embedder)
        rows = []
        for question in questions:
            seen = index.look_up(normalise(question))
            values = np.zeros((len(FEATURES), len(items)))
            values[:POSTED] = index._posted(seen, index._all)
            factors = index._arrays.item_factors
            if seen.rows.size and factors.shape[1]:
                values[POSTED] = np.maximum(factors @ index._question_factors(seen), 0.0)
                values[POSTED + 1] = np.maximum(factors @ index.find(normalise(question)).centre, 0.0)
            if (nearness := index.find(normalise(question)).nearness) is not None:
                values = np.vstack((values, nearness))
            rows.append((values / np.maximum(values.max(axis=1, keepdims=True), 1e-12)).T)
    return np.array(rows)


def faq(table: Path, queries: Path, embedder: LocalModel | None = None) -> tuple[Array, Array]:
    """(features, grades: queries x items) of a test set with graded answers."""
    entries = document_from_table(table, str)[0].entries
    place = {entry.source_id: number for number, entry in enumerate(entries)}
    rows = [json.loads(line) for line in queries.read_text(encoding="utf-8").splitlines()]
    grades = np.zeros((len(rows), len(entries)))
    for number, row in enumerate(rows):
        for identity, grade in row["relevant"].items():
            grades[number, place[identity]] = grade
    return levelled([entry_item(entry) for entry in entries], [row["query"] for row in rows], embedder), grades


def ward(seed: int, embedder: LocalModel | None = None) -> tuple[Array, Array]:
    """(features, right item: questions x items) of left-out example questions."""
    chance = random.Random(seed)
    held: list[tuple[str, int]] = []

    def keep(number: int, examples: tuple[str, ...], leave_out: int) -> tuple[str, ...]:
        mixed = chance.sample(list(examples), len(examples))
        held.extend((text, number) for text in mixed[:leave_out])
        return tuple(mixed[leave_out:])

    entries: list[Entry] = shipped_document().entries
    items = [
        entry_item(replace(entry, examples=keep(number, entry.examples, len(entry.examples) // 5)))
        for number, entry in enumerate(entries)
    ]
    for topic, examples in outside_topics():
        items.append(outside_item(topic, keep(len(items), tuple(examples), 1)))
    right = np.zeros((len(held), len(items)))
    right[np.arange(len(held)), [number for _, number in held]] = 1.0
    return levelled(items, [text for text, _ in held], embedder), right


def _likelihood(weights: Array, features: Array, grades: Array) -> tuple[float, Array]:
    """(mean negative log likelihood of the graded items, its gradient)."""
    known = grades.sum(axis=1) > 0
    features, wanted = features[known], grades[known] / grades[known].sum(axis=1, keepdims=True)
    fit = features @ weights
    fit = np.exp(fit - fit.max(axis=1, keepdims=True))
    share = fit / fit.sum(axis=1, keepdims=True)
    loss = -(wanted * np.log(share + 1e-12)).sum(axis=1).mean()
    return float(loss), -np.einsum("qn,qnf->f", wanted - share, features) / len(features)


def fit_weights(sets: list[tuple[float, Array, Array]]) -> Array:
    """Weights, none below 0, for sets of (share, features, grades)."""

    def loss(weights: Array) -> tuple[float, Array]:
        parts = [(share, *_likelihood(weights, features, grades)) for share, features, grades in sets]
        value = sum(share * part for share, part, _ in parts) + _PENALTY * float(weights @ weights)
        return value, sum((share * slope for share, _, slope in parts), 2 * _PENALTY * weights)

    count = sets[0][1].shape[2]
    result: Any = minimize(loss, np.full(count, 2.0), jac=True, bounds=[(0, None)] * count)
    return np.asarray(result.x)


def figures(fit: Array, grades: Array) -> tuple[float, float, float]:
    """(R@10, nDCG@10, share of queries with a grade-2 answer that have one first)."""
    discount = 1 / np.log2(np.arange(2, 12))
    recalls, gains, firsts = [], [], []
    for row, given in zip(fit, grades, strict=True):
        if not given.any():
            continue
        found = given[np.argsort(-row, kind="stable")[:10]]
        recalls.append((found > 0).sum() / (given > 0).sum())
        gains.append(found @ discount / (np.sort(given)[::-1][:10] @ discount))
        if 2 in given:
            firsts.append(found[0] == 2)
    return float(np.mean(recalls)), float(np.mean(gains)), float(np.mean(firsts))


def main(table: Path, queries: Path, model: Path | None = None) -> None:
    embedder = LocalModel(model) if model else None
    features, grades = faq(table, queries, embedder)
    own, right = ward(0, embedder)
    fold = np.random.default_rng(0).permutation(len(features)) % _FOLDS
    fit = np.zeros(grades.shape)

    def both(rows: Any) -> list[tuple[float, Array, Array]]:
        return [(1 - _WARD_SHARE, features[rows], grades[rows]), (_WARD_SHARE, own, right)]

    for number in range(_FOLDS):
        fit[fold == number] = features[fold == number] @ fit_weights(both(fold != number))
    print("cross-validated R@10, nDCG@10, first:", *(round(value, 4) for value in figures(fit, grades)))
    weights = fit_weights(both(np.ones(len(features), bool)))
    print("FEATURE_WEIGHTS =", {name: round(float(w), 2) for name, w in zip(FEATURES, weights, strict=False)})
    if embedder:
        print("DENSE_WEIGHT =", round(float(weights[-1]), 2))
    test, wanted = ward(1, embedder)
    print("left-out example questions, right first:", round(float(
        ((test @ weights).argmax(axis=1) == wanted.argmax(axis=1)).mean()), 3))  # fmt: skip


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
