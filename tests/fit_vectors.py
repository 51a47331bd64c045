"""Writes the vectors of words that ship: `python -m tests.fit_vectors VOCABULARY`.

VOCABULARY is the folder `ja_ginza/ja_ginza-5.3.0/vocab` of the wheel of ja_ginza 5.3.0 (MIT, Megagon Labs), whose
vectors are chiVe's (Apache-2.0, Works Applications and NINJAL), brought down there to 20,000 for 480,000 words. Kept
are the words that Sudachi cuts as one and writes so, without proper names, and the directions that tell most of
the vectors apart.
"""

import json
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from knowledge.exchange import shipped_document
from knowledge.snapshot import outside_topics
from nlp.normalise import normalise
from nlp.tokenise import analyse, tokenise_raw
from nlp.vectors import DIMENSIONS, SHIPPED, key_of

_HIGHEST = 127  # of int8
_MIXER, _BITS = 0xC6A4A7935BD1E995, (1 << 64) - 1


def _spacy_hash(text: str) -> int:
    """MurmurHash64A with seed 1, as spaCy numbers strings."""
    data = text.encode()
    mixed = (1 ^ (len(data) * _MIXER)) & _BITS
    whole = len(data) // 8
    for block in struct.unpack(f"<{whole}Q", data[: whole * 8]):
        block = block * _MIXER & _BITS
        block = (block ^ block >> 47) * _MIXER & _BITS
        mixed = (mixed ^ block) * _MIXER & _BITS
    if rest := data[whole * 8 :]:
        mixed = (mixed ^ int.from_bytes(rest, "little")) * _MIXER & _BITS
    mixed = (mixed ^ mixed >> 47) * _MIXER & _BITS
    return mixed ^ mixed >> 47


def _integers(packed: bytes) -> Iterator[int]:
    """The unsigned integers of a MessagePack map, behind its header of five bytes."""
    sizes = {0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8}
    at = 5
    while at < len(packed):
        size = sizes.get(packed[at], 0)
        yield int.from_bytes(packed[at + 1 : at + 1 + size], "big") if size else packed[at]
        at += 1 + size


def _is_word(text: str) -> bool:
    """Whether Sudachi gives a text as it stands, as one content word that is no proper name."""
    return analyse(normalise(text)).words == [text] and "固有名詞" not in tokenise_raw(text)[0].part_of_speech()


def _read_rows(folder: Path) -> dict[str, int]:
    """The row of each word that questions may contain."""
    numbers = _integers((folder / "key2row").read_bytes())
    row_of = dict(zip(numbers, numbers, strict=True))
    rows = {}
    for text in json.loads((folder / "strings.json").read_text(encoding="utf-8")):
        row = row_of.get(_spacy_hash(text))
        if row is not None and not text.isascii() and _is_word(text):
            rows[text] = row
    return rows


def main(folder: Path) -> None:
    rows, vectors = _read_rows(folder), np.load(folder / "vectors")
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1), 1e-9)[:, None]
    asked = [text for _, texts in outside_topics() for text in texts]
    asked += [text for entry in shipped_document().entries for text in entry.examples]
    said = [rows[word] for text in asked for word in analyse(normalise(text)).words if word in rows]
    vectors -= vectors[said].mean(axis=0)  # what all words of questions to an office have in common
    vectors /= np.linalg.norm(vectors, axis=1)[:, None]
    directions = np.linalg.eigh(vectors.T @ vectors)[1][:, -DIMENSIONS:]
    few = vectors @ directions
    kept, place = np.unique(list(rows.values()), return_inverse=True)
    few = few[kept] * (_HIGHEST / np.abs(few[kept]).max(axis=1))[:, None]
    keys = np.array([key_of(word) for word in rows], np.uint64)
    order = keys.argsort()
    np.savez_compressed(
        SHIPPED, keys=keys[order], rows=place[order].astype(np.uint16), vectors=np.round(few).astype(np.int8)
    )
    print(f"{len(keys)} words, {len(kept)} vectors")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
