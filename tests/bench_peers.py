"""Finding an FAQ beside bm25s, rank-bm25 and SQLite FTS5 on the same tokens: `python -m tests.bench_peers FAQ QUERIES`.

Prints, for each engine, seconds of building, the median of a query, both as ratios to this engine's, and how many of
the graded FAQ come among the first ten. Then what half of the queries' wording, added as example questions, does for
the other half.
"""

import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import bm25s
from rank_bm25 import BM25Okapi

from knowledge.document import Document, Entry
from knowledge.snapshot import Snapshot
from knowledge.tables import document_from_table
from nlp.normalise import normalise
from nlp.tokenise import analyse

_TODAY = date(2026, 11, 25)
_DEPTH = 10
Search = Callable[[str], Sequence[int]]


def words(text: str) -> list[str]:
    """The tokens that every engine gets: content words, in pieces that Sudachi takes."""
    return [word for at in range(0, len(text), 900) for word in analyse(normalise(text[at : at + 900])).words]


def ours(entries: Sequence[Entry]) -> Search:
    """This engine, from texts to a question answered: it tokenises inside, the others outside their clock."""
    place = {entry.id: number for number, entry in enumerate(entries)}
    found = Snapshot(Document([entries[0].plan], [], list(entries)), 1, Path(tempfile.mkdtemp()))
    return lambda query: [place[m.entry.id] for m in found.find(normalise(query), _TODAY, _DEPTH)]


def peers(tokens: list[list[str]]) -> dict[str, Callable[[], Search]]:
    """Each peer's build over tokens, which gives its search over a query's text."""

    def sparse() -> Search:
        index = bm25s.BM25()
        index.index(tokens, show_progress=False)

        def search(query: str) -> Sequence[int]:
            asked = [word for word in words(query) if word in index.vocab_dict]
            if not asked:
                return []
            return [int(n) for n in index.retrieve([asked], k=_DEPTH, show_progress=False)[0][0]]

        return search

    def okapi() -> Search:
        index = BM25Okapi(tokens)
        return lambda query: [int(n) for n in (-index.get_scores(words(query))).argsort()[:_DEPTH]]

    def full_text() -> Search:
        database = sqlite3.connect(":memory:")
        database.execute("CREATE VIRTUAL TABLE faq USING fts5(body, tokenize='unicode61')")
        database.executemany(
            "INSERT INTO faq(rowid, body) VALUES (?, ?)", ((n, " ".join(t)) for n, t in enumerate(tokens))
        )

        def search(query: str) -> Sequence[int]:
            asked = " OR ".join('"' + word.replace('"', "") + '"' for word in words(query))
            if not asked:
                return []
            rows = database.execute("SELECT rowid FROM faq WHERE faq MATCH ? ORDER BY rank LIMIT 10", (asked,))
            return [row[0] for row in rows]

        return search

    return {"bm25s": sparse, "rank-bm25": okapi, "SQLite FTS5": full_text}


def recall(search: Search, queries: list[tuple[str, dict[str, int]]], entries: Sequence[Entry]) -> float:
    """R@10 over queries with graded FAQ."""
    shares = []
    for query, relevant in queries:
        found = {str(entries[n].source_id) for n in search(query)}
        shares.append(len(found & relevant.keys()) / len(relevant))
    return statistics.mean(shares)


def learn(entries: Sequence[Entry], queries: list[tuple[str, dict[str, int]]]) -> list[Entry]:
    """The entries, with each query's wording as an example question of the FAQ that it is graded best for."""
    taught: dict[str, list[str]] = {}
    for query, relevant in queries:
        best = max(relevant.values())
        for identity in (identity for identity, grade in relevant.items() if grade == best):
            taught.setdefault(identity, []).append(query)
    return [replace(entry, examples=(*entry.examples, *taught.get(str(entry.source_id), ()))) for entry in entries]


def main(table: Path, graded: Path) -> None:
    entries = document_from_table(table, str)[0].entries
    rows = [json.loads(line) for line in graded.read_text(encoding="utf-8").splitlines()]
    queries = [(row["query"], row["relevant"]) for row in rows if row["relevant"]]
    tokens = [words(f"{entry.title}\n{entry.explanation}") for entry in entries]
    engines = {"this engine": lambda: ours(entries), **peers(tokens)}
    own: tuple[float, float] | None = None
    for name, build in engines.items():
        started = time.perf_counter()
        search = build()
        seconds = time.perf_counter() - started
        search(queries[0][0])
        times = []
        for query, _ in queries:
            began = time.perf_counter()
            search(query)
            times.append((time.perf_counter() - began) * 1000)
        median = statistics.median(times)
        own = own or (seconds, median)
        print(
            f"{len(entries)} FAQ, {name}: built in {seconds:.1f} s ({seconds / own[0]:.2f}), query {median:.2f} ms "
            f"({median / own[1]:.2f}), R@10 {recall(search, queries, entries):.3f}"
        )
    for half, other in ((queries[::2], queries[1::2]), (queries[1::2], queries[::2])):
        before, after = (recall(ours(given), other, given) for given in (entries, learn(entries, half)))
        print(f"learning from use: R@10 of the other half {before:.3f}, with {len(half)} questions learned {after:.3f}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
