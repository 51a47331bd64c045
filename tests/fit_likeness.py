"""Fits the likeness of messages: `python -m tests.fit_likeness [QUERIES.jsonl FAQ.csv …]` writes what ships.

Messages of several authors teach it, with the project's own questions (and those of the files named) as what is
neither an emergency nor small talk. Then it prints what is found of each author's emergencies when only the others
teach: what is to be expected of wordings that nobody thought of.
"""

import csv
import json
import math
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from intents.rules import find_by_rules
from intents.rules.likeness import CLASSES, INTENTS, SERVICES, features_of
from knowledge.exchange import shipped_document
from knowledge.snapshot import outside_topics
from nlp.normalise import normalise
from nlp.tokenise import analyse

_QUESTIONS = Path(__file__).parent / "questions"
_RULES = Path(__file__).parent.parent / "intents" / "rules"
_FEATURES, _WEIGHTS = _RULES / "likeness_features.npy", _RULES / "likeness_weights.npy"
_PENALTY = 3e-6
_KEPT = 40_000  # features
_SHIPPED = 2  # what a question of the knowledge base counts beside another that is no emergency
_EMERGENCY = 1.5  # what a message in need counts beside one that is not
_SMALL_TALK = 10.0  # and a greeting, a complaint and the like: there are few
_MISTAKEN = (0.003, 0.01, 0.02, 0.04)

Array = NDArray[np.float64]
Message = tuple[str, str]  # class, text


def read_messages(path: Path) -> list[Message]:
    """Lines of a service (several: the first is the best) or "-", a tab, and a message."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return [(services.split("|")[0], text) for services, text in rows]


def _ordinary(files: Iterable[str]) -> list[Message]:
    """The project's messages that tell no emergency, and those of files of graded queries or of FAQ."""
    texts = [text for entry in shipped_document().entries for text in entry.examples]
    texts += [text for _, examples in outside_topics() for text in examples]
    texts *= _SHIPPED
    for path in map(Path, files):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines) if path.suffix == ".csv" else map(json.loads, lines)
            texts += [row.get("query") or row["question"] for row in rows]
    messages = [("-", text) for text in texts]
    for text in (_QUESTIONS / "ordinary.txt").read_text(encoding="utf-8").splitlines():
        messages.append((find_by_rules(normalise(text), analyse(normalise(text))) or "-", text))
    for path in sorted(_QUESTIONS.glob("intents*.tsv")):
        messages += read_messages(path)
    for path in sorted(_QUESTIONS.glob("residents_*.jsonl")):
        asked = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        messages += [(row["expect"], row["q"]) for row in asked if row["expect"] != "emergency"]
    return [(meant if meant in INTENTS else "-", text) for meant, text in messages]


def _features(messages: list[Message]) -> list[list[int]]:
    texts = [normalise(text) for _, text in messages]
    return [sorted(set(features_of(text, analyse(text)).tolist())) for text in texts]


class _Model:
    """`heavy`: the features that are kept, the rarer the heavier in a message (inverse document frequency)."""

    def __init__(self, messages: list[Message], features: list[list[int]]) -> None:
        counted = Counter(feature for of_one in features for feature in of_one)
        self.unknown = math.log(len(features) / 1.5)
        self.heavy = {f: math.log((len(features) + 1) / (count + 1)) for f, count in counted.items() if count > 1}
        self._fit(messages, features)
        spread = np.ptp(self.weights, axis=1) * np.array(list(self.heavy.values()))
        kept = np.array(list(self.heavy))[np.argsort(-spread)[:_KEPT]]
        self.heavy = {feature: self.heavy[feature] for feature in sorted(kept.tolist())}
        self._fit(messages, features)

    def _matrix(self, features: list[list[int]]) -> sparse.csr_matrix:
        """Messages as rows of length 1 (see intents/rules/likeness.py)."""
        place = {feature: i for i, feature in enumerate(self.heavy)}
        columns: list[int] = []
        values: list[float] = []
        ends = [0]
        for of_one in features:
            found = [feature for feature in of_one if feature in place]
            heavy = [self.heavy[feature] for feature in found]
            length = math.sqrt(sum(h * h for h in heavy) + (len(of_one) - len(found)) * self.unknown**2)
            columns += [place[feature] for feature in found]
            values += [h / length for h in heavy]
            ends.append(len(columns))
        return sparse.csr_matrix((values, columns, ends), shape=(len(features), len(place)))

    def _fit(self, messages: list[Message], features: list[list[int]]) -> None:
        x, right = self._matrix(features), np.array([CLASSES.index(service) for service, _ in messages])
        target, turned = np.eye(len(CLASSES))[right], x.T.tocsr()
        counts = np.array([1.0, 1.0, *(_EMERGENCY for _ in SERVICES), *(_SMALL_TALK for _ in INTENTS)])[right]
        counts /= counts.sum()
        size = (x.shape[1], len(CLASSES))

        def loss(flat: Array) -> tuple[float, Array]:
            weights, bias = flat[: -size[1]].reshape(size), flat[-size[1] :]
            chances = _softmax(x @ weights + bias)
            off = (chances - target) * counts[:, None]
            cost = -(counts * np.log((chances * target).sum(1) + 1e-12)).sum() + _PENALTY / 2 * (weights**2).sum()
            return cost, np.concatenate([(turned @ off + _PENALTY * weights).ravel(), off.sum(0)])

        start = np.zeros(size[0] * size[1] + size[1])
        found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 120}).x
        self.weights, self.bias = found[: -size[1]].reshape(size), found[-size[1] :]

    def chances(self, features: list[list[int]]) -> Array:
        return _softmax(self._matrix(features) @ self.weights + self.bias)

    def save(self) -> None:
        """Writes the features and, beside them, the squares of their weights in a message and what they add to each
        class; before all, those of what nobody used before and the bias."""
        heavy = np.array([self.unknown, *self.heavy.values()])
        added = np.vstack([self.bias, heavy[1:, None] * self.weights])
        np.save(_FEATURES, np.array(list(self.heavy)))
        np.save(_WEIGHTS, np.column_stack([heavy**2, added]).astype(np.float32))


def _softmax(sums: Array) -> Array:
    powers = np.exp(sums - sums.max(1, keepdims=True))
    chances: Array = powers / powers.sum(1, keepdims=True)
    return chances


def _report(author: str, messages: list[Message], chances: Array) -> None:
    needs = np.array([service in SERVICES for service, _ in messages])
    by_service = chances[:, 2 : 2 + len(SERVICES)]
    danger = by_service.sum(1)
    texts = [normalise(text) for _, text in messages]
    by_rule = np.array([find_by_rules(text, analyse(text)) in SERVICES for text in texts])
    named = np.array([service for service, _ in messages]) == np.array(SERVICES)[by_service.argmax(1)]
    for mistaken in _MISTAKEN:
        bound = np.sort(danger[~needs])[::-1][int(mistaken * (~needs).sum())]
        found = danger > bound
        print(
            f"{author}: {mistaken:.1%} of look-alikes above {bound:.2f}: finds {found[needs].mean():.3f}, "
            f"with the rules {(found | by_rule)[needs].mean():.3f}, best service {named[needs & found].mean():.3f}"
        )


def main(files: list[str]) -> None:
    ordinary = _ordinary(files)
    authors = {path.stem: read_messages(path) for path in sorted(_QUESTIONS.glob("emergencies*.tsv"))}
    known, of = _features(ordinary), {author: _features(messages) for author, messages in authors.items()}
    everything = ordinary + [m for messages in authors.values() for m in messages]
    model = _Model(everything, known + [f for features in of.values() for f in features])
    model.save()
    for left_out, messages in authors.items():
        others = [author for author in authors if author != left_out]
        model = _Model(
            ordinary + [m for author in others for m in authors[author]],
            known + [f for author in others for f in of[author]],
        )
        _report(left_out, messages, model.chances(of[left_out]))


if __name__ == "__main__":
    main(sys.argv[1:])
