"""Sudachi's view of a text: content words, and how the whole is read."""

import threading
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sudachipy import Dictionary, SplitMode

from nlp.normalise import katakana

_CONTENT_KINDS = {"名詞", "動詞", "形容詞", "形状詞", "副詞"}
_SIGN_KINDS = {"補助記号", "記号", "空白"}
_EMPTY_SUBKINDS = {"助動詞語幹", "数詞"}
_EMPTY_CLASSES = {"非自立可能"}
# Words of asking rather than of the matter asked about; they stand in a question to any office.
_ASKING_WORDS = (
    "為る 有る 居る 成る 言う 良い 無い 出来る 御 事 物 様 教える 知る 貰う 呉れる 下さる 遣る 行く 来る 見る "
    "思う 願う 貴方 訳 所 時 為 方 内 中 今 人 さん 何 何処 何時 誰 どう こう そう 一寸 迄"
)
_ASKING = frozenset(_ASKING_WORDS.split(" "))


class Analysis(NamedTuple):
    """`words`: content words in Sudachi's normalised form, in order, with `word_readings` beside them;
    `synonym_groups`: of these words, by Sudachi's synonym dictionary; `reading`: the whole text in katakana, of which
    `pieces` are its morphemes."""

    words: list[str]
    word_readings: list[str]
    synonym_groups: list[int]
    reading: str
    pieces: list[str]


@cache
def _dictionary() -> Any:
    return Dictionary(dict="small")


_local = threading.local()
_loading = threading.Lock()


def _tokenizer() -> Any:
    """One tokenizer a thread: Sudachi's tokenizers are stateful, its dictionary is shared."""
    tokenizer = getattr(_local, "tokenizer", None)
    if tokenizer is None:
        with _loading:  # two threads that begin at once would load it twice, 90 MB each
            dictionary = _dictionary()
        tokenizer = _local.tokenizer = dictionary.tokenizer(mode=SplitMode.A)
    return tokenizer


def tokenise_raw(text: str) -> Sequence[Any]:
    """Sudachi's morphemes in split mode A, nothing added (the yardstick of the benchmark)."""
    morphemes: Sequence[Any] = _tokenizer().tokenize(text)
    return morphemes


# What a word of the dictionary gives to an analysis: its normalised form (empty where it is no content word), its
# reading, the same in katakana, its synonym groups.
_Known = tuple[str, str, str, list[int]]
# Looked up once a word: four questions to Sudachi cost as much as cutting the text. Forgotten when it grows beyond what
# residents' words need.
_known: dict[int, _Known] = {}
_MOST_KNOWN = 30_000
_NO_GROUPS: list[int] = []


def _content(morpheme: Any) -> bool:
    kind, sub, third, *_ = morpheme.part_of_speech()
    return kind in _CONTENT_KINDS and sub not in _EMPTY_SUBKINDS and not (kind != "名詞" and third in _EMPTY_CLASSES)


def _learn(morpheme: Any, number: int) -> _Known:
    word = morpheme.normalized_form() if _content(morpheme) else ""
    # Signs are read as they stand: the dictionary reads each of them as キゴウ.
    sign = morpheme.part_of_speech()[0] in _SIGN_KINDS
    reading = morpheme.surface() if sign else morpheme.reading_form()
    sound = katakana(reading)
    groups = morpheme.synonym_group_ids() or _NO_GROUPS
    known = ("" if word in _ASKING else word, reading, reading if sound == reading else sound, groups)
    if not morpheme.is_oov():  # words outside the dictionary share numbers
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[number] = known
    return known


@lru_cache(maxsize=64)
def analyse(text: str) -> Analysis:
    """Content words and reading of a normalised text. The last few are kept: a question is looked at from several
    sides.

    Readings of words that Sudachi does not know are their own characters, so a question in kana reads as itself.
    """
    said = [_known.get(number := morpheme.word_id()) or _learn(morpheme, number) for morpheme in tokenise_raw(text)]
    content = [known for known in said if known[0]]
    pieces = [known[2] for known in said]
    return Analysis(
        [known[0] for known in content],
        [known[1] for known in content],
        [group for known in content if known[3] for group in known[3]],
        "".join(pieces),
        pieces,
    )
