"""The matters that people bring to a municipal office or ask any bot, and how much speaks for each in a question: two
questions without a common word may still be of one matter.

A multinomial naive Bayes model over words, their synonym groups, pairs of letters and runs of the reading, the rarer
the heavier. What it has counted is data beside this file; `python -m tests.fit_matters` counts it in the phrases of
`tests/questions/matters/`, in which residents' words stand by matter.
"""

import math
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from nlp.ngrams import ngrams
from nlp.tokenise import analyse
from nlp.vectors import vectors_of

SHIPPED = Path(__file__).with_name("matters.npz")
RUNS = (3, 4, 5)  # kana of the reading
KANA = re.compile(r"[ぁ-ん]{2}")
# What people say of any matter: it tells no matter from another, unless nothing else is said.
_OF_ANY = re.compile(
    r"(区|市|町|お)?役所|(お)?手続き?|てつづき|申請(書|方法|手続)?|しんせい|申し?込(み|む|んで|みたい)?|もうしこみ?"
    r"|必要(な|書類|です)*|ひつよう(な)?|書類|持ち物|持って(行|い)(く|け|った)(ら|もの|物)?|窓口|まどぐち|担当|方法|制度"
    r"|(ご)?相談(したい|先|窓口)?|そうだん|やり方|やりかた|仕方|予約|対象|利用|可能|場合|連絡|問い合わせ|届け?出?"
    r"|下さい|いただけ(ますか|ますでしょうか|ないでしょうか)?|頂け|でしょうか|ありますか|ますか|したい|ほしい|欲しい"
    r"|ください|もらえ(る|ます)?|もらいたい|教え|困って(い)?(ます|る)|どこ(へ|に|で)?(行|い)?(きますか|けば|ったら)?"
    r"|いくら|なんぼ|いつ(まで|から)?|どう(したら|すれば|しますか)?|どないしたら|ねんけど|やねん|んやけど|やけど|ですけど"
    r"|電話|でんわ|場所|ばしょ|わからない|分からない|知りたい"
)
_SPACES = re.compile(r"\s+")
_AKIN = 0.3  # cosine of two words: below it they have nothing to do with each other
Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Counted:
    """`keys` (features, rising), each with its `rarity` and, from its place in `starts` on, the `matters` that it was
    counted in and what it `adds` to their log chance; `totals` (matters): the log of all that was counted in each.
    `meant` (matters x D): what the phrases of each mean, in the middle."""

    keys: NDArray[np.uint32]
    rarity: NDArray[np.float16]
    starts: NDArray[np.uint32]
    matters: NDArray[np.uint16]
    adds: NDArray[np.float16]
    totals: Array
    meant: Array


@cache
def _counted() -> _Counted:
    with np.load(SHIPPED, allow_pickle=False) as kept:
        return _Counted(**{name: kept[name] for name in _Counted.__slots__})


def how_many() -> int:
    """The number of matters."""
    return len(_counted().totals)


def features_of(core: str) -> set[int]:
    """The numbers of what a normalised text is made of, without what is said of any matter."""
    told = _SPACES.sub(" ", _OF_ANY.sub(" ", core)).strip()
    text = told if len(told) > 1 else core
    analysis = analyse(text)
    parts = {f"w{word}" for word in analysis.words} | {f"g{group}" for group in analysis.synonym_groups}
    parts |= {f"c{pair}" for pair in ngrams(text, 2) if not KANA.match(pair)}
    parts |= {f"r{run}" for size in RUNS for run in ngrams(analysis.reading, size)}
    return {crc32(part.encode("utf-8", "surrogatepass")) for part in parts}


def evidence_of(core: str) -> Array:
    """How much more a normalised question speaks for each matter than for the one in the middle, in logs (matters)."""
    counted = _counted()
    wanted = np.fromiter(features_of(core), np.uint32)
    places = counted.keys.searchsorted(wanted)
    places = places[counted.keys.take(places, mode="clip") == wanted]
    weights = counted.rarity[places].astype(np.float32)
    weights /= math.sqrt(float(weights @ weights)) or 1.0
    logs: Array = -weights.sum() * counted.totals
    for place, weight in zip(places.tolist(), weights.tolist(), strict=True):
        of_one = slice(counted.starts[place], counted.starts[place + 1])
        logs[counted.matters[of_one]] += weight * counted.adds[of_one]
    return logs - np.median(logs)


@lru_cache(maxsize=1024)
def _akin(word: str) -> Array | None:
    """How akin a word is to each matter (matters), None for a word that is not known. Kept: residents' words recur."""
    known, vectors = vectors_of([word])
    if not known:
        return None
    # einsum, since BLAS takes turns with threads that answer residents.
    akin: Array = np.einsum("md,d->m", _counted().meant, vectors[0]) - np.float32(_AKIN)
    return np.maximum(akin, np.float32(0))


def nearness_to_matters(weights: dict[str, float]) -> Array:
    """How near words come to each matter in what they mean (matters), by the middle of what is said of each;
    `weights`: what each word counts."""
    near = np.zeros(len(_counted().totals), np.float32)
    squares = 0.0
    for word, weight in weights.items():
        akin = _akin(word)
        if akin is not None:
            near += np.float32(weight) * akin
            squares += weight * weight
    return near / np.float32(math.sqrt(squares)) if squares else near
