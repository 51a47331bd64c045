"""One question from string to reply, beside Sudachi's raw tokenising of the same strings, in one run."""

import gc
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.conversation import Conversation
from bot.ward import read_ward
from knowledge.exchange import shipped_document
from knowledge.snapshot import Snapshot
from nlp.tokenise import tokenise_raw


class _Fixed:
    """A live snapshot that is always the same one."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def get(self) -> Snapshot:
        return self._snapshot


def _microseconds(call: Callable[[str], object], text: str) -> float:
    start = time.perf_counter()
    call(text)
    return (time.perf_counter() - start) * 1e6


def median_microseconds(call: Callable[[str], object], texts: list[str]) -> float:
    """The median over texts, one after the other."""
    return statistics.median(_microseconds(call, text) for text in texts)


def side_by_side(one: Callable[[str], object], other: Callable[[str], object], texts: list[str]) -> tuple[float, float]:
    """The medians of two calls in turns, so that both find the processor's caches as a serving process leaves them."""
    later = texts[len(texts) // 2 :] + texts[: len(texts) // 2]
    pairs = [(_microseconds(one, a), _microseconds(other, b)) for a, b in zip(texts, later, strict=True)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def main() -> None:
    document = shipped_document()
    texts = [f"{text}、どうしたらいいですか" for entry in document.entries for text in entry.examples]
    ward = read_ward(Path(__file__).resolve().parent.parent / "ward.toml")
    zone = ZoneInfo(ward.timezone)
    live = _Fixed(Snapshot(document, 1, Path(tempfile.mkdtemp())))
    conversation = Conversation(live, ward, lambda: datetime(2026, 11, 24, tzinfo=zone))  # type: ignore[arg-type]
    median_microseconds(conversation.answer, texts)
    gc.freeze()  # as a serving process does
    alone = median_microseconds(tokenise_raw, texts), median_microseconds(conversation.answer, texts)
    turns = side_by_side(tokenise_raw, conversation.answer, texts)
    for how, (raw, whole) in (("in turns", turns), ("alone", alone)):
        ratio = f"{whole / raw:.1f} times"
        print(f"{len(texts)} questions, {how}: tokenising raw {raw:.0f} µs, answer {whole:.0f} µs, {ratio}")


if __name__ == "__main__":
    main()
