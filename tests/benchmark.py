"""One question from string to reply, beside Sudachi's raw tokenising of the same strings, in one run."""

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


def _median_microseconds(call: Callable[[str], object], texts: list[str]) -> float:
    times = []
    for text in texts:
        start = time.perf_counter()
        call(text)
        times.append((time.perf_counter() - start) * 1e6)
    return statistics.median(times)


def main() -> None:
    document = shipped_document()
    texts = [f"{text}、どうしたらいいですか" for entry in document.entries for text in entry.examples]
    ward = read_ward(Path(__file__).resolve().parent.parent / "ward.toml")
    zone = ZoneInfo(ward.timezone)
    live = _Fixed(Snapshot(document, 1, Path(tempfile.mkdtemp())))
    conversation = Conversation(live, ward, lambda: datetime(2026, 11, 24, tzinfo=zone))  # type: ignore[arg-type]
    _median_microseconds(conversation.answer, texts)
    raw, whole = _median_microseconds(tokenise_raw, texts), _median_microseconds(conversation.answer, texts)
    print(f"questions {len(texts)}; tokenising raw {raw:.0f} µs; whole answer {whole:.0f} µs; ratio {whole / raw:.1f}")


if __name__ == "__main__":
    main()
