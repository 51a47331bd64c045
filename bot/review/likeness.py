"""How alike two questions are: by their words and letters, by how they are read, and by what they come near to."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.review.matters import matters_of, nearness_to_matters
from knowledge.snapshot import Snapshot
from nlp.ngrams import ngrams
from nlp.normalise import katakana, normalise
from nlp.tokenise import Analysis, analyse

# What people write around what they ask.
_POLITE = re.compile(
    r"すみません(が)?|すいません|(お)?教えて(くださ?い|ほしい(です)?|下さい)?|ちょっと|お?(聞き|きき|尋ね|たずね)(し)?たい(ん|の)?(です|だ)?(けど|が)?"
    r"|はじめまして|お世話になります|お願い(します|いたします|致します)?|もしもし|よろしく"
    r"|(どう|どない)(し|すれ)(たら|て|ば)(いい|ええ|よい)?(です|の|んですか|んやろ)?(か)?|どこに行(け|っ)(ば|たら)(いい|ええ)?(です|の)?(か)?"
    r"|について|(知り|し)たい(です|のですが)?|(の|ん)(です|や)(が|けど)|こんにちは|こんばんは|あの[、ー]|のこと(で|について)|〔[^〕]*〕"
)
_KANA = re.compile(r"[ぁ-ん]{2}")
_KANJI, _KANA_RUN = re.compile("[一-鿿]"), re.compile("[ぁ-んー]{3,}")
_SHORTEST_SOUND, _LONGEST_SOUND = 3, 8  # kana
_SPACES = re.compile(r"[、。!?\s]+")
_SHARPER = 2  # the power that makes what a question comes nearest to stand out
_NEAR_THINGS = 8
_USUAL = 90  # percent of the questions that fit an item no better than is usual for it
_SAMPLE = 300  # questions that tell what is usual: looking for the items of all would take seconds
_PROFILE_WEIGHT = 0.8
_MEANT_WEIGHT = 0.6
_MATTER_WEIGHT = 0.8
_OTHER_MATTER = 0.5  # how much less alike two questions are that name other matters
_NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class Features:
    """`words` and `sounds`: term → weight, of length 1; `near`: number of an item of the knowledge → nearness,
    too; `matters`: number of a matter that it names → weight, too; `meant`: number of a matter that its words come near
    to in what they mean → nearness, too."""

    words: dict[str, float]
    sounds: dict[str, float]
    near: dict[int, float]
    matters: dict[int, float]
    meant: dict[int, float]


def core_of(question: str) -> str:
    """A question in one spelling, without the phrases of asking; itself where nothing else is left."""
    text = normalise(question)
    return _SPACES.sub(" ", _POLITE.sub(" ", text)).strip() or text


def _terms(core: str, analysis: Analysis) -> tuple[set[str], set[str]]:
    words = {*analysis.words, *(f"#{group}" for group in analysis.synonym_groups)}
    words |= {pair for pair in ngrams(core, 2) if not _KANA.match(pair)}
    sounds = {piece for size in (3, 4, 5) for piece in ngrams(analysis.reading, size)}
    return words, sounds


def _unit(weights: dict[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(value * value for value in weights.values())) or 1.0
    return {term: value / length for term, value in weights.items()}


def _usual(nearness: list[NDArray[Any]]) -> Any:
    """What most questions come no nearer than to each thing, of (things) for each question."""
    return np.percentile(nearness, _USUAL, axis=0) if nearness else 0.0


def _standing_out(nearness: NDArray[np.float64]) -> dict[int, float]:
    """The few things that a question comes nearest to, beyond what is usual: number → weight, of length 1."""
    sharp = np.maximum(nearness, 0.0) ** _SHARPER
    top = sharp.argsort()[-_NEAR_THINGS:].tolist()
    length = math.sqrt(float(sharp @ sharp)) or 1.0
    return {number: float(sharp[number]) / length for number in top if sharp[number] > _NOTHING}


class Reader:
    """Reads questions into features. What is said of many matters of the knowledge says little about one."""

    def __init__(self, snapshot: Snapshot, background: Iterable[str]) -> None:
        self._snapshot, self.release = snapshot, snapshot.release
        self._words: Counter[str] = Counter()
        self._sounds: Counter[str] = Counter()
        self._sounding: dict[str, str] = {}
        cores = [core_of(text) for text in background]
        for core in cores:
            analysis = analyse(core)
            words, sounds = _terms(core, analysis)
            self._learn(analysis)
            self._words.update(words)
            self._sounds.update(sounds)
        self._count = len(cores)
        # Three of four are met once only: forgetting them saves 10 MB of a serving process and changes no figure.
        self._sounds = Counter({sound: seen for sound, seen in self._sounds.items() if seen > 1})
        # Some items fit whatever is asked a little: only what goes beyond that says what a question is about.
        sample = cores[:: -(-len(cores) // _SAMPLE) or 1]
        self._usual_fit = _usual([snapshot.fit_of(core).astype(np.float32) for core in sample])
        self._usual_nearness = _usual([self._meant(analyse(core)) for core in sample])

    def _rarity(self, seen: Counter[str], term: str) -> float:
        return math.log((self._count + 2) / (seen[term] + 1))

    def _learn(self, analysis: Analysis) -> None:
        for word, reading in zip(analysis.words, analysis.word_readings, strict=True):
            if len(reading) >= _SHORTEST_SOUND and _KANJI.search(word):
                self._sounding.setdefault(reading, word)

    def _heard(self, core: str) -> set[str]:
        """Words written in kanji elsewhere, in what a question writes in kana."""
        heard = set()
        for run in _KANA_RUN.findall(core):
            sound = katakana(run)
            for start in range(len(sound)):
                shortest = _SHORTEST_SOUND if start == 0 else _SHORTEST_SOUND + 1
                for end in range(start + shortest, min(len(sound), start + _LONGEST_SOUND) + 1):
                    if word := self._sounding.get(sound[start:end]):
                        heard.add(word)
        return heard

    def _meant(self, analysis: Analysis) -> NDArray[np.float64]:
        return nearness_to_matters({word: self._rarity(self._words, word) for word in analysis.words})

    def read(self, question: str) -> Features:
        """The features of one question."""
        core = core_of(question)
        analysis = analyse(core)
        words, sounds = _terms(core, analysis)
        words |= self._heard(core)
        self._learn(analysis)
        return Features(
            _unit({t: self._rarity(self._words, t) for t in sorted(words)}),
            _unit({t: self._rarity(self._sounds, t) for t in sorted(sounds)}),
            _standing_out(self._snapshot.fit_of(core) - self._usual_fit),
            matters_of(core, analysis),
            _standing_out(self._meant(analysis) - self._usual_nearness),
        )


def _same(one: dict[Any, float], other: dict[Any, float]) -> float:
    return min(1.0, sum(weight * other[term] for term, weight in one.items() if term in other))


def alike(one: Features, other: Features, matter_weight: float = _MATTER_WEIGHT) -> float:
    """How alike two questions are: 0 to 1; `matter_weight`: as much as they are where only the matter is the same."""
    near = _PROFILE_WEIGHT * _same(one.near, other.near)
    meant = _MEANT_WEIGHT * _same(one.meant, other.meant)
    matters = _same(one.matters, other.matters)
    different = (1 - _same(one.words, other.words)) * (1 - _same(one.sounds, other.sounds)) * (1 - near) * (1 - meant)
    other_matter = _OTHER_MATTER * (1 - matters) if one.matters and other.matters else 0.0
    return (1 - different * (1 - matter_weight * matters)) * (1 - other_matter)


_WEIGHTS = (1.0, 1.0, _PROFILE_WEIGHT, _MEANT_WEIGHT, _MATTER_WEIGHT)  # of the kinds of features, in this order


def _kinds(features: Features) -> Sequence[dict[str, float] | dict[int, float]]:
    return features.words, features.sounds, features.near, features.meant, features.matters


class Likeness:
    """The questions seen so far, and how alike each is to another: 0 to 1. Grows; never forgets."""

    def __init__(self) -> None:
        self._postings: tuple[dict[str | int, tuple[list[int], list[float]]], ...] = tuple(
            defaultdict(lambda: ([], [])) for _ in _WEIGHTS
        )
        self.count = 0
        self._naming: list[bool] = []  # whether each names a matter

    def add(self, features: Features) -> int:
        """Takes a question in; returns its number."""
        number = self.count
        self.count += 1
        self._naming.append(bool(features.matters))
        for postings, weights in zip(self._postings, _kinds(features), strict=True):
            for term, weight in weights.items():
                numbers, values = postings[term]
                numbers.append(number)
                values.append(weight)
        return number

    def to_all(self, features: Features) -> NDArray[np.float64]:
        """How alike a question is to each that was taken in (count)."""
        different = np.ones(self.count)
        matters = np.zeros(self.count)
        for counts, postings, weights in zip(_WEIGHTS, self._postings, _kinds(features), strict=True):
            alike = np.zeros(self.count)
            for term, weight in weights.items():
                if term in postings:
                    numbers, values = postings[term]
                    alike[numbers] += weight * np.array(values)
            matters = np.minimum(alike, 1.0)  # of the last kind in the end
            different *= 1 - counts * matters
        if not features.matters:
            return 1 - different
        naming = np.array(self._naming, dtype=np.float64)
        found: NDArray[np.float64] = (1 - different) * (1 - _OTHER_MATTER * (1 - matters) * naming)
        return found
