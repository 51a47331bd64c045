"""What example questions teach among the latent factors: other questions like them find the entry, too."""

import numpy as np
import pytest

from knowledge.document import Entry, Plan
from knowledge.snapshot import entry_item
from nlp import parameters as p
from nlp.index import Index
from nlp.indexing.build import Item, build_arrays
from nlp.indexing.forward import Analysing
from nlp.normalise import normalise
from nlp.vectors import DIMENSIONS

_FAQ = (
    ("電球が切れた", "取り替えます。"),
    ("犬の登録", "保健所へどうぞ。"),
    ("図書館の休館日", "月曜日です。"),
    ("公園の遊具", "直します。"),
)


def _item(title: str, told: str, examples: tuple[str, ...] = ()) -> Item:
    return Item(((2.0, title), *((0.3, text) for text in examples)), ((1.0, told),), examples)


def _index(*items: Item) -> Index:
    analysing = Analysing()
    analysing.add(text for item in items for text in item.texts)
    forward = analysing.finish()
    return Index(forward.vocabulary, build_arrays(items, forward))


def test_only_what_an_entry_was_asked_is_its_example() -> None:
    entry = Entry(Plan("計画"), "", "図書館の休館日", None, explanation="月曜日です。", examples=("本を借りたい",))
    assert entry_item(entry).examples == ("本を借りたい",)


def test_the_middle_of_examples_is_added_to_where_an_item_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(p, "LEAST_ITEMS_FOR_FACTORS", len(_FAQ))
    examples = ("犬の登録", "公園の遊具")
    items = [_item(title, told, examples if title == "図書館の休館日" else ()) for title, told in _FAQ]
    index = _index(*items)
    own = _index(*(Item(item.questions, item.body) for item in items))
    added = index._arrays.item_factors - own._arrays.item_factors
    assert not added[[0, 1, 3]].any()
    assert not added[2, -DIMENSIONS:].any()  # not to the vectors' half
    places = []
    for text in examples:
        place = index._word_sum(index.look_up(normalise(text)))[:-DIMENSIONS]
        places.append(place / np.linalg.norm(place))
    wanted = p.EXAMPLES_AMONG_FACTORS * np.sqrt(0.5) * np.mean(places, axis=0)
    assert added[2, :-DIMENSIONS] == pytest.approx(wanted, abs=1e-5)


def test_the_explanation_still_sums_to_the_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(p, "LEAST_ITEMS_FOR_FACTORS", len(_FAQ))
    index = _index(*(_item(title, told, (f"{title}はどこへ電話",)) for title, told in _FAQ))
    found = index.find("犬の登録の電話")
    assert int(found.fit.argmax()) == 1
    for item in range(len(_FAQ)):
        given = index.explain(found, item)
        assert sum(given.values()) == pytest.approx(float(found.fit[item]), abs=1e-5)


def test_an_example_without_a_known_word_adds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(p, "LEAST_ITEMS_FOR_FACTORS", len(_FAQ))
    index = _index(*(_item(title, told, ("、。", "どうですか")) for title, told in _FAQ))
    assert np.square(index._arrays.item_factors[:, :-DIMENSIONS]).sum(axis=1) == pytest.approx(0.5, abs=1e-5)
    assert np.isfinite(index._arrays.item_factors).all()
