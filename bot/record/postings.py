"""The terms of the log's rows, block by block: sets of questions are met in memory, not looked for row by row."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from bot.record.models import LogPosting
from bot.record.terms import WORD
from knowledge.database import table_of

BLOCK = 32_768  # ids; small enough for two bytes, and for writing a common term's block every minute
_BLOCKS_AT_ONCE = 8
_KEYS_AT_ONCE = 5_000  # terms in one statement
Numbers = NDArray[np.int64]
_POSTING = table_of(LogPosting)
_UPDATE = update(_POSTING).where(_POSTING.c.term == bindparam("t"), _POSTING.c.block == bindparam("b"))


def _packed(numbers: Iterable[int]) -> bytes:
    return np.array(sorted(numbers), dtype="<u2").tobytes()


def _unpacked(packed: bytes) -> NDArray[np.uint16]:
    return np.frombuffer(packed, dtype="<u2")


def _marked(sets: Sequence[NDArray[Any]]) -> NDArray[np.bool_]:
    """The places of a block (BLOCK) that are in any of the sets."""
    marks = np.zeros(BLOCK, dtype=bool)
    for numbers in sets:
        marks[numbers] = True
    return marks


def add_postings(session: Session, found: Mapping[str, Sequence[int]]) -> None:
    """Adds new rows of the log, by term, in the caller's transaction. Their ids are higher than any that is there."""
    blocks: dict[int, dict[str, list[int]]] = defaultdict(dict)
    for term, numbers in found.items():
        for number in numbers:
            blocks[number // BLOCK].setdefault(term, []).append(number % BLOCK)
    for block, terms in blocks.items():
        names, known = list(terms), {}
        for start in range(0, len(names), _KEYS_AT_ONCE):
            some = names[start : start + _KEYS_AT_ONCE]
            query = select(_POSTING.c.term, _POSTING.c.numbers)
            rows = session.execute(query.where(_POSTING.c.term.in_(some), _POSTING.c.block == block))
            known.update({row.term: row.numbers for row in rows})
        fresh = [{"term": t, "block": block, "numbers": _packed(terms[t])} for t in names if t not in known]
        grown = [{"t": t, "b": block, "numbers": packed + _packed(terms[t])} for t, packed in known.items()]
        if fresh:
            session.execute(insert(_POSTING), fresh)
        if grown:
            session.connection().execute(_UPDATE.values(numbers=bindparam("numbers")), grown)


def forget_words(session: Session, numbers: Sequence[int]) -> None:
    """Takes the words of rows whose texts go out of the postings, in the caller's transaction."""
    blocks: dict[int, list[int]] = defaultdict(list)
    for number in numbers:
        blocks[number // BLOCK].append(number % BLOCK)
    for block, gone in blocks.items():
        words = select(_POSTING.c.term, _POSTING.c.numbers).where(
            _POSTING.c.block == block, _POSTING.c.term.startswith(WORD)
        )
        rest = []
        empty = []
        for term, packed in session.execute(words).all():
            held = _unpacked(packed)
            left = held[~np.isin(held, gone)]
            if not left.size:
                empty.append(term)
            elif left.size < held.size:
                rest.append({"t": term, "b": block, "numbers": left.tobytes()})
        if rest:
            session.connection().execute(_UPDATE.values(numbers=bindparam("numbers")), rest)
        for start in range(0, len(empty), _KEYS_AT_ONCE):
            some = empty[start : start + _KEYS_AT_ONCE]
            session.execute(delete(_POSTING).where(_POSTING.c.block == block, _POSTING.c.term.in_(some)))


def find_numbers(
    session: Session, groups: Sequence[Sequence[str]], among: Numbers | None, lowest: int, highest: int, newest: bool
) -> Iterator[Numbers]:
    """Ids, from `lowest` to `highest`, of rows that have a term of every group and are `among` some (ascending), in
    pieces: in order of their ids, the newest first where asked."""
    terms = sorted({term for group in groups for term in group})
    blocks = list(range(lowest // BLOCK, highest // BLOCK + 1))
    if newest:
        blocks.reverse()
    for start in range(0, len(blocks), _BLOCKS_AT_ONCE):
        some = blocks[start : start + _BLOCKS_AT_ONCE]
        query = select(_POSTING).where(_POSTING.c.term.in_(terms), _POSTING.c.block.between(min(some), max(some)))
        held: dict[tuple[str, int], bytes] = {}
        if terms:
            held = {(row.term, row.block): row.numbers for row in session.execute(query)}
        for block in some:
            first, last = max(lowest, block * BLOCK), min(highest, (block + 1) * BLOCK - 1)
            wanted = np.zeros(BLOCK, dtype=bool)
            wanted[first - block * BLOCK : last - block * BLOCK + 1] = True
            if among is not None:
                inside = among[np.searchsorted(among, first) : np.searchsorted(among, last, side="right")]
                wanted &= _marked([inside - block * BLOCK])
            for group in groups:
                if wanted.any():
                    wanted &= _marked([_unpacked(held[term, block]) for term in group if (term, block) in held])
            numbers = np.flatnonzero(wanted) + block * BLOCK
            if numbers.size:
                yield numbers[::-1] if newest else numbers
