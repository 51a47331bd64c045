"""How well questions fall into their needs, on every set of needs and several draws of it, and how many variants of
ignored needs come back: `python -m tests.bench_clusters`."""

import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bot.review.clusters import Clusters
from bot.review.filing import make_reader
from bot.review.grouping import Wording, group_wordings
from bot.review.likeness import Reader, core_of
from handlers.commands.desk import Desk
from handlers.settings import Settings
from tests.conftest import WARD
from tests.questions.made import SETS, make_questions

SEEDS = (7, 8, 9)


def _pairs(counts: Iterable[int]) -> float:
    return sum(n * (n - 1) / 2 for n in counts)


def pair_f1(both: list[tuple[object, object]]) -> tuple[float, float, float]:
    """(F1, precision, recall) of the pairs that are together, of (cluster, need) of every question."""
    together = _pairs(Counter(both).values())
    found, asked = _pairs(Counter(c for c, _ in both).values()), _pairs(Counter(n for _, n in both).values())
    return 2 * together / (found + asked), together / found, together / asked


_NEW = 50  # questions after which all undecided ones are grouped anew


class Filed:
    """Files questions one by one as they come, and groups them: `numbers` are their clusters, as they are by now."""

    def __init__(self, reader: Reader) -> None:
        self._clusters = Clusters(reader)
        self._of: dict[str, int] = {}  # cluster of each wording
        self._cores: list[str] = []
        self._next = 0
        self.decided: set[int] = set()  # clusters that stay as they are

    def file(self, questions: Iterable[str]) -> list[int]:
        """The clusters of all questions so far, these among them."""
        for question in questions:
            core = core_of(question)
            self._cores.append(core)
            found = self._clusters.find(core)
            if core not in self._of:
                self._move(core, self._new() if found.cluster is None else found.cluster)
            if len(self._cores) % _NEW == 0:
                self._group()
        self._group()
        return [self._of[core] for core in self._cores]

    def _new(self) -> int:
        self._next += 1
        return self._next

    def _move(self, core: str, cluster: int) -> None:
        self._clusters.add(core, cluster)
        self._of[core] = cluster

    def _group(self) -> None:
        counts = Counter(self._cores)
        open_ones = [Wording(core, of, counts[core]) for core, of in self._of.items() if of not in self.decided]
        for cluster, wordings in group_wordings(open_ones, self._clusters.matters_of([one.core for one in open_ones])):
            into = self._new() if cluster is None else cluster
            for wording in wordings:
                self._move(wording.core, into)


def come_back(reader: Reader, made: list[tuple[str, str]]) -> tuple[float, float]:
    """(share of the later questions of ignored needs that are in no ignored cluster, share of the questions of other
    needs that are). The first half of the questions is filed; every second need's clusters are ignored."""
    filed = Filed(reader)
    half = len(made) // 2
    ignored_needs = set(sorted({need for _, need in made})[::2])
    of_cluster: dict[int, Counter[str]] = {}
    for number, (_, need) in zip(filed.file(q for q, _ in made[:half]), made, strict=False):
        of_cluster.setdefault(number, Counter())[need] += 1
    ignored = {number for number, needs in of_cluster.items() if needs.most_common(1)[0][0] in ignored_needs}
    filed.decided = ignored
    later = filed.file(q for q, _ in made[half:])[half:]
    both = [(number in ignored, need in ignored_needs) for number, (_, need) in zip(later, made[half:], strict=True)]
    back = [not hidden for hidden, meant in both if meant]
    lost = [hidden for hidden, meant in both if not meant]
    return sum(back) / len(back), sum(lost) / len(lost)


def main() -> None:
    """Prints a line a set."""
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Settings(Path(folder), f"sqlite:///{folder}/desk.sqlite3", WARD, "secret"))
        snapshot = desk.conversation.live.get()
        for name in SETS:
            for seed in SEEDS:
                made = make_questions(seed=seed, of=name)
                started = time.perf_counter()
                filer = Filed(make_reader(snapshot))
                begun = time.perf_counter()
                filed = filer.file(question for question, _ in made)
                spent = (time.perf_counter() - begun) / len(made) * 1000
                f1, precision, recall = pair_f1([(n, need) for n, (_, need) in zip(filed, made, strict=True)])
                back, lost = come_back(make_reader(snapshot), made)
                print(
                    f"{name:8} {seed}: F1 {f1:.3f}, precision {precision:.3f}, recall {recall:.3f},"
                    f" {len(set(filed))} clusters, {spent:.1f} ms each, reader {begun - started:.1f} s;"
                    f" come back {back:.3f}, lost {lost:.3f}", flush=True
                )  # fmt: skip


if __name__ == "__main__":
    main()
