"""The dense ranker: absent by default; with a model of the settings', a part of every answer that is accounted for."""

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from handlers.commands.cli import cli
from knowledge.exchange import shipped_document
from knowledge.snapshot import Snapshot
from nlp import NlpError
from nlp import parameters as p
from nlp.dense.model import Floats, LocalModel
from nlp.dense.passages import Passages
from nlp.indexing.build import Item
from nlp.indexing.stored import open_index
from nlp.normalise import normalise
from tests.tiny_model import make_model

PROJECT = Path(__file__).resolve().parent.parent
TODAY = date(2026, 11, 24)
BIKES = "放置自転車追放啓発活動"
MADE_UP = "ぽんぽこ"  # shares no letter with what the model says it means
NEARNESS = "意味の近さ"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Knows that a made-up word means abandoned bicycles, and nothing true of any letter of the ward's entries."""
    letters = sorted({letter for entry in shipped_document().entries for letter in entry.title + entry.explanation})
    chance = np.random.default_rng(0)
    vectors = {letter: chance.normal(0, 0.1, 16) for letter in letters if not letter.isspace() and letter.isalpha()}
    meant = chance.normal(0, 5, 16)
    return make_model(tmp_path_factory.mktemp("model"), {**vectors, MADE_UP: meant, "放置自転車": meant})


@pytest.fixture(scope="module")
def own_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Apart from the other tests' indexes, of which only a few are kept."""
    return tmp_path_factory.mktemp("index")


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_index: Path) -> Callable[..., Result]:
    """`app.py ask` of a desk of its own, with a directory as DENSE_MODEL_DIR."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "index").symlink_to(own_index)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))

    def ask(directory: Path | None, *words: str) -> Result:
        monkeypatch.setenv("DENSE_MODEL_DIR", str(directory or ""))
        return CliRunner().invoke(cli, ["ask", *words])

    return ask


def test_the_right_entry_rises_only_with_the_plug_and_its_explanation_adds_up(
    asked: Callable[..., Result], model: Path
) -> None:
    words = (MADE_UP, "--json", "--explain", "--top", "10")
    without, with_it = (json.loads(asked(directory, *words).stdout)["matches"] for directory in (None, model))
    assert BIKES not in [match["title"] for match in without[:3]]
    assert NEARNESS not in str(without)
    first = with_it[0]
    assert first["title"] == BIKES
    assert {part["term"] for part in first["explanation"]} == {NEARNESS}
    for match in with_it:
        assert sum(part["value"] for part in match["explanation"]) == pytest.approx(match["score"], abs=1e-5)
    known = json.loads(asked(model, "駅前の放置自転車がじゃま", "--json", "--explain", "--top", "10").stdout)[
        "matches"
    ][0]
    terms = {part["term"]: part["value"] for part in known["explanation"]}
    assert known["title"] == BIKES
    assert 0 < terms[NEARNESS] < known["score"]
    assert sum(terms.values()) == pytest.approx(known["score"], abs=1e-4)


def test_without_the_setting_nothing_of_it_is_loaded(tmp_path: Path, own_index: Path) -> None:
    (tmp_path / "index").symlink_to(own_index)
    asking = "import sys; from handlers.commands.cli import cli; cli(['ask', '防災訓練'], standalone_mode=False); "
    run = subprocess.run(
        [sys.executable, "-c", asking + "print(*sys.modules)"],
        cwd=PROJECT, env={"DATA_DIR": str(tmp_path)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = set(run.stdout.split())
    assert "nlp.index" in loaded
    assert not {"onnxruntime", "tokenizers", "nlp.dense", "nlp.dense.model"} & loaded


@pytest.fixture(scope="module")
def snapshots(own_index: Path, model: Path) -> tuple[Snapshot, Snapshot]:
    """The ward's, without the plug and with it."""
    document = shipped_document()
    return Snapshot(document, 1, own_index), Snapshot(document, 1, own_index, embedder=LocalModel(model))


QUESTIONS = [normalise(entry.examples[7]) for entry in shipped_document().entries]


def test_the_chance_of_an_entry_that_stays_first_is_what_it_was(snapshots: tuple[Snapshot, Snapshot]) -> None:
    stayed, moved = 0, 0
    for question in QUESTIONS:
        plain, dense = (snapshot.find(question, TODAY, 10) for snapshot in snapshots)
        if plain[0].entry == dense[0].entry:
            stayed += 1
            assert dense[0].score == plain[0].score
        moved += [m.entry for m in plain] != [m.entry for m in dense]
    assert stayed > 10
    assert moved > 10


def test_scores_depend_neither_on_threads_nor_on_how_many_are_asked_for(
    snapshots: tuple[Snapshot, Snapshot], own_index: Path, model: Path
) -> None:
    _, dense = snapshots
    alone = [dense.find(question, TODAY, 10) for question in QUESTIONS]
    again = Snapshot(shipped_document(), 1, own_index, embedder=LocalModel(model))  # opened by many threads at once
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda question: again.find(question, TODAY, 10), QUESTIONS))
    assert together == alone
    for question, many in zip(QUESTIONS, alone, strict=True):
        assert dense.find(question, TODAY, 3) == many[:3]
        scores = [match.score for match in many]
        assert scores == sorted(scores, reverse=True)


class Counting:
    """A model that counts what it embeds."""

    def __init__(self, directory: Path) -> None:
        self._model = LocalModel(directory)
        self.embedded: list[str] = []

    @property
    def fingerprint(self) -> str:
        return self._model.fingerprint

    def embed_question(self, text: str) -> Floats:
        return self._model.embed_question(text)

    def embed_passage(self, text: str) -> Floats:
        self.embedded.append(text)
        return self._model.embed_passage(text)


def test_a_change_of_one_entry_embeds_one_text(model: Path, tmp_path: Path) -> None:
    items = [Item(((1.0, f"題{n}"), (1.0, f"問い{n}")), ((1.0, f"放置自転車の文{n}"),)) for n in range(30)]
    counting = Counting(model)
    open_index("first", lambda _: items, tmp_path, None, counting)
    assert sorted(counting.embedded) == sorted(
        text for n in range(30) for text in (f"題{n}\n放置自転車の文{n}".replace("\n", " "), f"問い{n}")
    )
    open_index("without", lambda _: items, tmp_path, None)  # the newest kept index has no vectors
    counting.embedded.clear()
    changed = [*items[:5], replace(items[5], body=((1.0, "あたらしい文"),)), *items[6:]]
    again = open_index("second", lambda _: changed, tmp_path, None, counting)
    assert counting.embedded == ["題5 あたらしい文"]
    fresh = open_index("second", lambda _: changed, tmp_path / "other", None, counting)
    for question in (MADE_UP, "題5", "放置自転車"):
        assert np.array_equal(again.find(question).fit, fresh.find(question).fit)


def test_another_model_embeds_everything_anew(model: Path, tmp_path: Path) -> None:
    items = [Item(((1.0, f"題{n}"),), ()) for n in range(4)]
    open_index("first", lambda _: items, tmp_path, None, LocalModel(model))
    other = Counting(make_model(tmp_path / "model", {"題": (1.0, 0.0)}))
    assert other.fingerprint != LocalModel(model).fingerprint
    open_index("second", lambda _: items, tmp_path, None, other)
    assert len(other.embedded) == 4


def test_of_a_large_collection_what_is_near_in_meaning_alone_is_compared_too(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [Item(((1.0, f"題{n}の話"),), ()) for n in range(40)]
    items[17] = Item(((1.0, "放置自転車"),), ())
    index = open_index("many", lambda _: items, tmp_path, None, LocalModel(model))
    monkeypatch.setattr(p, "ALL_COMPARED", 20)
    monkeypatch.setattr(p, "COMPARED", 3)
    found = index.find(f"{MADE_UP}の話")
    assert len(found.items) < 20
    assert 17 in found.items
    fit = found.fit[found.items.searchsorted(17)]
    assert sum(index.explain(found, 17).values()) == pytest.approx(fit)
    assert fit == pytest.approx(p.DENSE_WEIGHT / (p.DENSE_WEIGHT + sum(p.FEATURE_WEIGHTS.values())))


def test_an_index_is_embedded_by_the_process_that_builds_it(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(p, "LEAST_ITEMS_FOR_FACTORS", 1)
    mine = Counting(model)
    own = LocalModel(model)
    monkeypatch.setattr(LocalModel, "embed_passage", mine.embed_passage)
    snapshot = Snapshot(shipped_document(), 1, tmp_path, beside=True, embedder=own)
    assert snapshot.find(MADE_UP, TODAY, 1)[0].entry.title == BIKES
    assert mine.embedded == []


def test_nearness_is_of_the_nearest_text_and_levelled_by_the_best_item() -> None:
    vectors = np.array([[1, 0], [0.8, 0.6], [0.6, 0.8], [0, 1]], np.float32)
    # Items 0 to 3: cosines with (1, 0) are 0.8 (of 0.8 and 0), 0.6, 1.0 and 0.0; their mean is 0.6.
    passages = Passages((), vectors, np.array([1, 3, 2, 0, 3]), np.array([0, 2, 3, 4]))
    assert passages.nearness(np.array([1, 0], np.float32)) == pytest.approx([0.5, 0.0, 1.0, 0.0], abs=1e-6)
    assert Passages((), vectors[:0], np.zeros(0, int), np.zeros(0, int)).nearness(vectors[0]).tolist() == []


def test_missing_packages_are_one_line_that_says_which(
    asked: Callable[..., Result], model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    result = asked(model, "防災訓練")
    assert result.exit_code == 1
    (line,) = result.stderr.strip().splitlines()
    assert "requirements-dense.txt" in line


def test_a_server_with_a_broken_model_does_not_start(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "app.py", "serve"],
        cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False,
        env={"DATA_DIR": str(tmp_path), "DENSE_MODEL_DIR": str(tmp_path / "nowhere"), "PORT": "1"},
    )  # fmt: skip
    assert run.returncode == 1
    (line,) = run.stderr.strip().splitlines()
    assert "nowhere" in line
    assert run.stdout == ""


def test_an_error_of_the_model_is_never_silent(model: Path, tmp_path: Path) -> None:
    with pytest.raises(NlpError):
        Snapshot(shipped_document(), 1, tmp_path, embedder=LocalModel(tmp_path / "nowhere"))
