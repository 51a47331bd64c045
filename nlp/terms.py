"""What a text is matched by: content words, character bigrams, reading trigrams and synonym groups."""

from nlp.ngrams import ngrams
from nlp.tokenise import Analysis

# Marks of the kinds of term: private-use characters, so that no resident's text can collide with them.
BIGRAM_MARK, READING_MARK, SYNONYM_MARK = "\ue000", "\ue001", "\ue002"
WORD, BIGRAM, READING, SYNONYM = range(4)
_KIND_OF_MARK = {BIGRAM_MARK: BIGRAM, READING_MARK: READING, SYNONYM_MARK: SYNONYM}
_SHOWN = {BIGRAM: "文字:", READING: "読み:", SYNONYM: "同義語:"}
_HIRAGANA = frozenset(map(chr, range(0x3041, 0x3097))) | {"ー"}


def kind_of(term: str) -> int:
    """WORD, BIGRAM, READING or SYNONYM."""
    return _KIND_OF_MARK.get(term[0], WORD)


def all_terms(text: str, analysis: Analysis) -> list[str]:
    """The terms of a normalised text, with repeats, each but words behind the mark of its kind.

    Bigrams of hiragana alone are left out: they are endings and particles, the same in every question; what a kana
    question says is in its reading trigrams.
    """
    bigrams = [BIGRAM_MARK + t for t in ngrams(text, 2) if not _HIRAGANA.issuperset(t)]
    readings = map(READING_MARK.__add__, ngrams(analysis.reading, 3))
    synonyms = [f"{SYNONYM_MARK}{group}" for group in analysis.synonym_groups]
    return [*analysis.words, *bigrams, *readings, *synonyms]


def numbers_by_kind(terms: dict[str, int]) -> tuple[dict[str, int], dict[str, int], dict[str, int], dict[str, int]]:
    """The numbers of terms, kind by kind and without the marks, so that a question looks up its own slices."""
    kinds: tuple[dict[str, int], ...] = ({}, {}, {}, {})
    for term, number in terms.items():
        kind = kind_of(term)
        kinds[kind][term[1:] if kind else term] = number
    return kinds[WORD], kinds[BIGRAM], kinds[READING], kinds[SYNONYM]


def shown(term: str) -> str:
    """A term as people read it in an explanation: a word as it is, the others with what they are."""
    return f"{_SHOWN[kind]}{term[1:]}" if (kind := kind_of(term)) else term
