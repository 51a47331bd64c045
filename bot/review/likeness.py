"""How alike two questions are: by the matters that they speak of, by their words and letters, and by how they are
read."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.review.matters import KANA, RUNS, evidence_of, nearness_to_matters
from bot.review.postings import Postings, numbers_of
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
_KANJI, _KANA_RUN = re.compile("[一-鿿]"), re.compile("[ぁ-んー]{3,}")
_SHORTEST_SOUND, _LONGEST_SOUND = 3, 8  # kana
_SPACES = re.compile(r"[、。!?\s]+")
_SHARPER = 2  # the power that makes what speaks most stand out
MOST_MATTERS = 16  # of one question
_MEANING = 5  # what nearness in what words mean counts beside the logs of what was counted
_LITTLE = 5  # the length of evidence that is as good as none: two questions are not alike for want of anything else
_USUAL = 90  # percent of the questions that come no nearer to a matter than is usual for it
_SAMPLE = 300  # questions that tell what is usual
# What each kind of likeness counts, in the order of `_kinds`.
_WEIGHTS = (1.0, 0.1, 0.1)
_MOST = sum(_WEIGHTS)
_NOTHING = 1e-9
_ONE_MATTER = 0.5  # what it counts where two questions are compared in their words
Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Features:
    """`matters`: number of a matter → how much speaks for it; `words` and `sounds`: term → weight. Each of length 1,
    the first less where little speaks for anything."""

    matters: dict[int, float]
    words: dict[str, float]
    sounds: dict[str, float]


def core_of(question: str) -> str:
    """A question in one spelling, without the phrases of asking; itself where nothing else is left."""
    text = normalise(question)
    return _SPACES.sub(" ", _POLITE.sub(" ", text)).strip() or text


def _terms(core: str, analysis: Analysis) -> tuple[set[str], set[str]]:
    words = {*analysis.words, *(f"#{group}" for group in analysis.synonym_groups)}
    words |= {pair for pair in ngrams(core, 2) if not KANA.match(pair)}
    sounds = {piece for size in RUNS for piece in ngrams(analysis.reading, size)}
    return words, sounds


def _unit(weights: dict[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(value * value for value in weights.values())) or 1.0
    return {term: value / length for term, value in weights.items()}


def _standing_out(evidence: Array) -> dict[int, float]:
    """The matters that most speaks for: number → weight, of length 1 unless that is little. Not chances: two questions
    of which much speaks for the same three matters are as alike as two of one matter."""
    sharp = np.maximum(evidence, 0.0) ** _SHARPER
    top = sharp.argsort()[-MOST_MATTERS:].tolist()
    length = math.sqrt(float(sharp @ sharp) + _LITTLE**2)
    return {number: float(sharp[number]) / length for number in top if sharp[number] > _NOTHING}


class _Rarity:
    """How rare terms are among texts, of which each gives the numbers of its terms. In arrays: dictionaries of all
    terms would take 5 MB of a serving process."""

    def __init__(self, texts: list[NDArray[np.uint32]]) -> None:
        self._count = len(texts)
        self._terms, self._seen = np.unique(np.concatenate([*texts, numbers_of(())]), return_counts=True)

    def of(self, terms: Sequence[str]) -> dict[str, float]:
        """The log of how few texts say each term."""
        numbers = numbers_of(terms)
        places = np.minimum(self._terms.searchsorted(numbers), max(len(self._terms) - 1, 0))
        seen = np.where(self._terms[places] == numbers, self._seen[places], 0) if len(self._terms) else 0 * numbers
        rarity = np.log((self._count + 2) / (seen + 1.0))
        return dict(zip(terms, rarity.tolist(), strict=True))


class Reader:
    """Reads questions into features; a background of questions tells it which words are said of many matters."""

    def __init__(self, background: Iterable[str]) -> None:
        self._sounding: dict[str, str] = {}
        cores = [core_of(text) for text in background]
        said: list[NDArray[np.uint32]] = []
        heard: list[NDArray[np.uint32]] = []
        for core in cores:
            analysis = analyse(core)
            words, sounds = _terms(core, analysis)
            self._learn(analysis)
            said.append(numbers_of(words))
            heard.append(numbers_of(sounds))
        self._words, self._sounds = _Rarity(said), _Rarity(heard)
        # Some matters are near to whatever is asked: only what goes beyond that says what a question is about.
        sample = [self._meant(analyse(core)) for core in cores[:: -(-len(cores) // _SAMPLE) or 1]]
        self._usual = np.percentile(sample, _USUAL, axis=0).astype(np.float32) if sample else np.float32(0)

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

    def _meant(self, analysis: Analysis) -> Array:
        return nearness_to_matters(self._words.of(analysis.words))

    def read(self, question: str) -> Features:
        """The features of one question."""
        core = core_of(question)
        analysis = analyse(core)
        words, sounds = _terms(core, analysis)
        words |= self._heard(core)
        self._learn(analysis)
        meant = np.maximum(self._meant(analysis) - self._usual, np.float32(0))
        return Features(
            _standing_out(evidence_of(core) + _MEANING * meant),
            _unit(self._words.of(sorted(words))),
            _unit(self._sounds.of(sorted(sounds))),
        )


def _kinds(features: Features) -> Sequence[dict[str, float] | dict[int, float]]:
    return features.matters, features.words, features.sounds


def _same(one: dict[Any, float], other: dict[Any, float]) -> float:
    return min(1.0, sum(weight * other[term] for term, weight in one.items() if term in other))


def alike_in_words(one: Features, other: Features) -> float:
    """How alike two questions are in how they are put, 0 to 1: less where the matter alone is the same."""
    matters, words, sounds = (_same(*pair) for pair in zip(_kinds(one), _kinds(other), strict=True))
    return 1 - (1 - words) * (1 - sounds) * (1 - _ONE_MATTER * matters)


class Likeness:
    """The questions seen so far, and how alike each is to another: 0 to 1. Grows; never forgets."""

    def __init__(self) -> None:
        self._postings = Postings()

    def add(self, features: Features) -> int:
        """Takes a question in; returns its number."""
        kinds = enumerate(_kinds(features))
        return self._postings.add({(kind, term): weight for kind, terms in kinds for term, weight in terms.items()})

    def to_all(self, features: Features) -> NDArray[np.float64]:
        """How alike a question is to each that was taken in (count): the sum of what they have in common of each
        kind."""
        kinds = enumerate(zip(_WEIGHTS, _kinds(features), strict=True))
        return self._postings.products(
            {(kind, term): counts / _MOST * weight for kind, (counts, terms) in kinds for term, weight in terms.items()}
        )
