"""Finding an FAQ beside bm25s, rank-bm25 and SQLite FTS5 on the same tokens: `python -m tests.bench_peers FAQ QUERIES`.

For the FAQ as they are and for twenty wordings of each: seconds of building, the median of finding ten and of the
whole question, the highest memory of a process that does nothing else, and what one changed entry costs; the peers' as
ratios to this engine's, with how many of the graded FAQ come among the first ten. Then what half of the queries'
wording, added as example questions, does for the other half.
"""

import json
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.conversation import Conversation
from bot.draft_check.trial import answering_from
from bot.ward import read_ward
from knowledge.document import Document, Entry
from knowledge.snapshot import Snapshot
from knowledge.tables import document_from_table
from nlp.indexing import forward
from nlp.normalise import normalise
from nlp.tokenise import analyse

_NOW = datetime(2026, 11, 25, 12, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
_DEPTH = 10
_TIMES = 3  # the least of so many counts: other work on the machine is not this engine's
_PLACES = [
    "鶴見", "城東", "旭", "都島", "東成", "生野", "天王寺", "阿倍野", "平野", "住吉",
    "西成", "浪速", "港", "大正", "此花", "福島", "西淀川", "淀川", "東淀川", "北",
]  # fmt: skip
Search = Callable[[str], Sequence[int]]
Queries = list[tuple[str, dict[str, int]]]


def words(text: str) -> list[str]:
    """The tokens that every engine gets: content words, in pieces that Sudachi takes."""
    return [word for at in range(0, len(text), 900) for word in analyse(normalise(text[at : at + 900])).words]


def widen(entries: Sequence[Entry], copies: int) -> list[Entry]:
    """The entries, and other wordings of each that ask and tell of another place."""
    wide = list(entries)
    for number, place in enumerate(_PLACES[1:copies], 1):
        for entry in entries:
            title, told = (
                f"{place}区で{entry.title}",
                f"{entry.explanation}\n{place}区役所の{number}番窓口でも受け付けます。",
            )
            wide.append(replace(entry, title=title, explanation=told, source_id=f"{entry.source_id}-{number}"))
    return wide


def ours(entries: Sequence[Entry], folder: Path | None = None) -> Snapshot:
    """This engine, from texts to a question answered: it tokenises inside, the others outside their clock."""
    document = Document([entries[0].plan], [], list(entries))
    return Snapshot(document, 1, folder or Path(tempfile.mkdtemp()), beside=True)


def search_of(snapshot: Snapshot) -> Search:
    """A snapshot as the peers are asked."""
    place = {entry.id: number for number, entry in enumerate(snapshot.entries)}
    today = _NOW.date()
    return lambda query: [place[m.entry.id] for m in snapshot.find(normalise(query), today, _DEPTH)]


def sparse(tokens: list[list[str]]) -> Search:
    import bm25s

    index = bm25s.BM25()
    index.index(tokens, show_progress=False)

    def search(query: str) -> Sequence[int]:
        asked = [word for word in words(query) if word in index.vocab_dict]
        if not asked:
            return []
        return [int(n) for n in index.retrieve([asked], k=_DEPTH, show_progress=False)[0][0]]

    return search


def okapi(tokens: list[list[str]]) -> Search:
    from rank_bm25 import BM25Okapi

    index = BM25Okapi(tokens)
    return lambda query: [int(n) for n in (-index.get_scores(words(query))).argsort()[:_DEPTH]]


def full_text(tokens: list[list[str]]) -> Search:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE faq USING fts5(body, tokenize='unicode61')")
    database.executemany("INSERT INTO faq(rowid, body) VALUES (?, ?)", ((n, " ".join(t)) for n, t in enumerate(tokens)))

    def search(query: str) -> Sequence[int]:
        asked = " OR ".join('"' + word.replace('"', "") + '"' for word in words(query))
        if not asked:
            return []
        rows = database.execute("SELECT rowid FROM faq WHERE faq MATCH ? ORDER BY rank LIMIT 10", (asked,))
        return [row[0] for row in rows]

    return search


PEERS: dict[str, Callable[[list[list[str]]], Search]] = {"bm25s": sparse, "rank-bm25": okapi, "SQLite FTS5": full_text}


def recall(search: Search, queries: Queries, entries: Sequence[Entry]) -> float:
    """R@10 over queries with graded FAQ; another wording of a graded FAQ is that FAQ."""
    shares = []
    for query, relevant in queries:
        found = {str(entries[n].source_id).partition("-")[0] for n in search(query)}
        shares.append(len(found & relevant.keys()) / len(relevant))
    return statistics.mean(shares)


def median_ms(call: Callable[[str], object], queries: Queries) -> float:
    """The median over queries, one after the other, in milliseconds."""

    def once(query: str) -> float:
        began = time.perf_counter()
        call(query)
        return (time.perf_counter() - began) * 1000

    call(queries[0][0])
    return statistics.median(min(once(query) for _ in range(_TIMES)) for query, _ in queries)


def highest_memory() -> float:
    """The highest resident memory of this process until now, in MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def measure_ours(entries: list[Entry], queries: Queries) -> dict[str, Any]:
    """Building, asking and changing one entry, in this process."""
    folder = Path(tempfile.mkdtemp())
    began = time.perf_counter()
    snapshot = ours(entries, folder)
    built = time.perf_counter() - began
    ward = read_ward(Path(__file__).resolve().parent.parent / "ward.toml")
    conversation = answering_from(Conversation(None, ward, lambda: _NOW), snapshot)  # type: ignore[arg-type]
    figures = {
        "built": built,
        "find": median_ms(search_of(snapshot), queries),
        "whole": median_ms(conversation.answer, queries),
        "recall": recall(search_of(snapshot), queries, entries),
        "memory": highest_memory(),
        "builder": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }
    texts: list[str] = []
    forward.analyse = lambda text: texts.append(text) or analyse(text)  # type: ignore[func-returns-value]
    changed = [*entries[:-1], replace(entries[-1], explanation="説明がこのように変わりました。")]
    began = time.perf_counter()
    Snapshot(Document([entries[0].plan], [], changed), 2, folder)
    return figures | {"changed": time.perf_counter() - began, "analysed": len(texts)}


def measure_peer(build: Callable[[list[list[str]]], Search], entries: list[Entry], queries: Queries) -> dict[str, Any]:
    """Building and asking a peer, in this process."""
    tokens = [words(f"{entry.title}\n{entry.explanation}") for entry in entries]
    began = time.perf_counter()
    search = build(tokens)
    built = time.perf_counter() - began
    return {
        "built": built,
        "find": median_ms(search, queries),
        "recall": recall(search, queries, entries),
        "memory": highest_memory(),
    }


def learn(entries: Sequence[Entry], queries: Queries) -> list[Entry]:
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
    for copies in (1, len(_PLACES)):
        wide = widen(entries, copies)
        # Each in a process of its own, one after the other: memory and caches are its own.
        with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as alone:
            own = alone.submit(measure_ours, wide, queries).result()
            print(
                f"{len(wide)} FAQ, this engine: built in {own['built']:.1f} s, whole question {own['whole']:.2f} ms, "
                f"finding {own['find']:.2f} ms, R@10 {own['recall']:.3f}, at most {own['memory']:.0f} MiB, and the "
                f"process that builds {own['builder']:.0f} MiB; one entry changed: {own['analysed']} text analysed, "
                f"{own['changed']:.1f} s",
                flush=True,
            )
            for name, build in PEERS.items():
                peer = alone.submit(measure_peer, build, wide, queries).result()
                ratios = (peer[part] / own[part] for part in ("built", "find", "memory"))
                built, find, memory = (f"{ratio:.2f}" for ratio in ratios)
                print(
                    f"{len(wide)} FAQ, {name}: built in {peer['built']:.1f} s ({built}), finding {peer['find']:.2f} ms "
                    f"({find}), R@10 {peer['recall']:.3f}, at most {peer['memory']:.0f} MiB ({memory})",
                    flush=True,
                )
    for half, other in ((queries[::2], queries[1::2]), (queries[1::2], queries[::2])):
        before, after = (recall(search_of(ours(given)), other, given) for given in (entries, learn(entries, half)))
        print(f"learning from use: R@10 of the other half {before:.3f}, with {len(half)} questions learned {after:.3f}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
