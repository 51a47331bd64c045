"""Counts what ships of the matters that people bring to an office: `python -m tests.fit_matters`.

`tests/questions/matters/*.txt` hold a matter a line: its kind and name, a colon, and phrases that residents say of it,
written from what municipal offices do, by the headings of their sites. Each phrase counts as it is written and as it is
read, in kana. `tests/questions/asked_of_any.txt` holds what is asked of any of them, a phrase a line ("lost it", "what
does it cost"): that it stands by a matter says little, since it might by all.
"""

import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bot.review.likeness import core_of
from bot.review.matters import SHIPPED, features_of
from nlp.normalise import hiragana
from nlp.tokenise import analyse
from nlp.vectors import vectors_of

PHRASES = Path(__file__).with_name("questions") / "matters"
OF_ANY = Path(__file__).with_name("questions") / "asked_of_any.txt"
# What hardly anybody says tells nothing: without it a third of the features finds as much (of a third author's 2,255
# phrases the right matter first in 0.531, with all in 0.530).
_LEAST_SEEN = 3  # times; each phrase is written and heard
_UNSEEN = 0.06  # counts as much as was not seen
_UNSEEN_OF_ANY, _MOST_OF_ANY = 0.2, 1.0  # more counts for each time that it is asked of any matter, up to so many
_WEIGHT_OF_ANY = 0.7  # of what is asked of any matter, beside its rarity


def read_matters() -> Iterator[tuple[str, list[str]]]:
    """The name of each matter, and its phrases in one spelling."""
    for path in sorted(PHRASES.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            name, _, phrases = line.partition(": ")
            said = [name.partition("/")[2], *phrases.split(";")]
            yield name, [core_of(phrase) for phrase in dict.fromkeys(said)]


def _heard(text: str) -> str:
    return core_of(hiragana(analyse(text).reading))


def _shares(features: set[int], rarity: dict[int, float]) -> dict[int, float]:
    """What each known feature of a phrase counts: by its rarity, of length 1."""
    length = math.sqrt(sum(rarity[feature] ** 2 for feature in features if feature in rarity))
    return {feature: rarity[feature] / length for feature in features if feature in rarity}


def _asked_of_any(rarity: dict[int, float]) -> Counter[int]:
    asked: Counter[int] = Counter()
    for line in OF_ANY.read_text(encoding="utf-8").splitlines():
        for text in {core_of(line), _heard(core_of(line))}:
            asked.update(_shares(features_of(text), rarity))  # type: ignore[arg-type]
    return asked


def main() -> None:
    matters = [phrases for _, phrases in read_matters()]
    said = [(number, text) for number, phrases in enumerate(matters) for text in phrases]
    said += [(number, _heard(text)) for number, text in said]
    rows = [(number, features_of(text)) for number, text in said]
    counts = Counter(feature for _, features in rows for feature in features)
    seen = {feature: count for feature, count in counts.items() if count >= _LEAST_SEEN}
    rarity = {feature: math.log((len(rows) + 1) / (count + 1)) for feature, count in seen.items()}
    sums: list[Counter[int]] = [Counter() for _ in matters]
    for number, features in rows:
        sums[number].update(_shares(features, rarity))  # type: ignore[arg-type]
    of_any = _asked_of_any(rarity)
    unseen = {feature: _UNSEEN + _UNSEEN_OF_ANY * min(of_any[feature], _MOST_OF_ANY) for feature in seen}
    rarity = {feature: rare * (_WEIGHT_OF_ANY if feature in of_any else 1) for feature, rare in rarity.items()}
    keys = np.array(sorted(seen), np.uint32)
    of_feature: dict[int, list[tuple[int, float]]] = {feature: [] for feature in keys.tolist()}
    for number, counted in enumerate(sums):
        for feature, sum_ in counted.items():
            of_feature[feature].append((number, math.log1p(sum_ / unseen[feature])))
    pairs = [pair for feature in keys.tolist() for pair in of_feature[feature]]
    meant = []
    for phrases in matters:
        of_phrases = [vectors_of(analyse(text).words)[1].sum(axis=0) for text in phrases]
        middle = sum(vector / np.sqrt(vector @ vector) for vector in of_phrases if vector.any())
        meant.append(middle / np.sqrt(middle @ middle))
    np.savez_compressed(
        SHIPPED, keys=keys, rarity=np.array([rarity[feature] for feature in keys.tolist()], np.float16),
        starts=np.cumsum([0, *(len(of_feature[feature]) for feature in keys.tolist())]).astype(np.uint32),
        matters=np.array([number for number, _ in pairs], np.uint16),
        adds=np.array([added for _, added in pairs], np.float16),
        totals=np.log([sum(counted.values()) + sum(unseen.values()) for counted in sums]).astype(np.float32),
        meant=np.array(meant, np.float32),
    )  # fmt: skip
    print(f"{len(matters)} matters, {len(said) // 2} phrases, {len(keys)} features, {len(pairs)} counts")


if __name__ == "__main__":
    main()
