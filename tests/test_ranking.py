"""The ranking on small collections whose right order is plain, and its formulas by hand."""

import math
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from bot.wording import period_note
from knowledge.document import Document, Entry, Office, Plan, ResidentWord
from knowledge.exchange import shipped_document
from knowledge.snapshot import Snapshot, _best
from nlp import parameters as p
from nlp.confidence import SIGNS, chance_right
from nlp.index import Index
from nlp.indexing.bm25 import field_frequency, inverse_document_frequency, saturation
from nlp.indexing.build import Item, build_arrays
from nlp.indexing.factors import Latent, beside_vectors
from nlp.indexing.forward import Analysing
from nlp.indexing.grouped import highest_of_each
from nlp.indexing.stored import open_index
from nlp.indexing.translation import learn_translations
from nlp.normalise import LONGEST_QUESTION, _in_full, normalise
from nlp.vectors import vectors_of

TODAY = date(2026, 11, 24)


def index_of(*pairs: tuple[str, str]) -> Index:
    items = [Item(((2.0, question),), ((1.0, answer),)) for question, answer in pairs]
    analysing = Analysing()
    analysing.add(text for item in items for text in item.texts)
    forward = analysing.finish()
    return Index(forward.vocabulary, build_arrays(items, forward))


def first(index: Index, question: str) -> int:
    return int(index.find(normalise(question)).fit.argmax())


def test_formulas() -> None:
    assert inverse_document_frequency(10, 3) == pytest.approx(math.log(1 + 7.5 / 3.5))
    assert field_frequency(2, 30, 20, 0.75) == pytest.approx(2 / (0.25 + 0.75 * 1.5))
    assert saturation(3, 1.2) == pytest.approx(3 * 2.2 / 4.2)
    for shared, (base, said, *_) in ((True, p.CONFIDENCE_SHARED), (False, p.CONFIDENCE_ALONE)):
        nothing = (0.0,) * (len(SIGNS) - 1)
        assert chance_right((0.0, *nothing), shared) == pytest.approx(1 / (1 + math.exp(-base)))
        assert chance_right((1.0, *nothing), shared) == pytest.approx(1 / (1 + math.exp(-base - said)))


def test_the_translation_model_learns_which_words_go_together() -> None:
    # Three items: the first tells words 0 and 1, the second 0, the third 1 and 2; they ask 5, 5 and 6.
    told = csr_array(([1, 1, 1, 1, 1], ([0, 0, 1, 2, 2], [0, 1, 0, 1, 2])), shape=(3, 7))
    asked = csr_array(([1, 1, 1], ([0, 1, 2], [5, 5, 6])), shape=(3, 7))
    from_told, from_asked = (chances.toarray() for chances in learn_translations(asked, told))
    assert from_told[0, 5] == pytest.approx(1.0)
    assert from_told[2, 6] > from_told[1, 6]
    assert from_asked[5, 0] > from_asked[5, 1] > 0
    assert np.all(from_told.sum(axis=1) <= 1 + 1e-9)
    assert np.all(from_asked.sum(axis=1) <= 1 + 1e-9)


def test_of_each_group_the_highest_few_are_kept() -> None:
    group, value = np.array([2, 0, 2, 2, 0]), np.array([0.1, 0.5, 0.3, 0.2, 0.4])
    assert highest_of_each(group, value, 2).tolist() == [1, 4, 2, 3]


def test_words_kana_typing_errors_and_translated_words_find_their_item() -> None:
    faq = [
        ("粗大ごみの収集を申し込みたい", "受付センターへ電話してください。手数料券を買ってください。"),
        ("粗大ごみの料金を知りたい", "手数料券を買ってください。"),
        ("犬の登録をしたい", "保健所で鑑札を受け取ってください。"),
        ("猫の相談をしたい", "保健所へどうぞ。"),
        ("図書館の休館日を知りたい", "月曜日です。"),
    ]
    index = index_of(*faq)
    assert first(index, "犬の登録") == 2
    assert first(index, "いぬ の とうろく") == 2
    assert first(index, "図書缶の休館日") == 4
    # 鑑札 stands in one answer only; 手数料券 leads to refuse, of which no question speaks of it.
    assert first(index, "鑑札") == 2
    tickets = index.find("手数料券").fit
    assert set(np.argsort(-tickets)[:2].tolist()) == {0, 1}
    translated = index._posted(index.look_up("手数料券"), index._all)[3]
    assert translated[0] > 0
    fee = index._posted(index.look_up("料金"), index._all)[3]
    assert fee[1] > fee[0] > 0  # the first item says it only through the second's answer


def test_the_explanation_sums_to_the_fit_and_names_the_correction() -> None:
    index = index_of(("図書館の休館日", "月曜日です。"), ("公園の遊具", "直します。"))
    found = index.find("図書官の休館日")
    for item in range(2):
        assert sum(index.explain(found, item).values()) == pytest.approx(float(found.fit[item]), abs=1e-6)


def test_the_explanation_names_synonyms_by_the_residents_word() -> None:
    index = index_of(("費用を知りたい", "地図です。"), ("公園の遊具", "直します。"))
    found = index.find("料金はどこ")
    given = index.explain(found, 0)
    assert "同義語:料金" in given
    assert sum(given.values()) == pytest.approx(float(found.fit[0]), abs=1e-6)


_LAMPS = (
    ("電球が切れた", "取り替えます。"),
    ("犬の登録", "保健所へどうぞ。"),
    ("図書館の休館日", "月曜日です。"),
    ("公園の遊具", "直します。"),
)


def test_an_unknown_word_is_looked_for_by_known_ones_near_in_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not index_of(*_LAMPS).find("街灯").fit.any()  # so few texts have no factors
    monkeypatch.setattr(p, "LEAST_ITEMS_FOR_FACTORS", len(_LAMPS))
    index = index_of(*_LAMPS)
    assert first(index, "街灯") == 0
    found = index.find("街灯と図書館")
    word = index._vocabulary.words.index
    _, (lamp, bulb) = vectors_of(["街灯", "電球"])
    assert found.question.meant[len(index._keys) + word("電球")].share == pytest.approx((lamp @ bulb) ** 2, abs=1e-3)
    assert index.look_up("街灯").shares is not None
    for item in range(len(_LAMPS)):
        given = index.explain(found, item)
        assert sum(given.values()) == pytest.approx(float(found.fit[item]), abs=1e-6)
    assert "街灯→電球" in index.explain(found, 0)


def test_a_word_that_is_known_is_itself_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(p, "LEAST_ITEMS_FOR_FACTORS", len(_LAMPS))
    index = index_of(*_LAMPS, ("街灯を増やしてほしい", "調べます。"))
    question = index.look_up("街灯")
    assert question.shares is None
    assert not question.meant
    assert first(index, "街灯") == len(_LAMPS)


def test_factors_and_vectors_are_each_half_of_an_item_and_weigh_alike() -> None:
    unit = csr_array(np.array([[1, 0, 0], [0, 0.6, 0.8]], np.float32))
    words = np.array([[1, 0], [0, 1], [1, 1]], np.float32)
    latent = Latent(words, np.ones(2, np.float32), unit @ words)
    joined, items = beside_vectors(latent, unit, np.array([[3], [0], [-1]], np.float32))
    assert np.square(items[:, :2]).sum(axis=1) == pytest.approx([0.5, 0.5])
    assert items[:, 2] == pytest.approx([math.sqrt(0.5), -math.sqrt(0.5)])
    added = unit @ joined
    assert np.abs(added[:, 2]).mean() == pytest.approx(np.linalg.norm(added[:, :2], axis=1).mean(), rel=1e-6)


def _twin(title: str, last: date, office: str) -> Entry:
    plan = Plan(f"{last.year}年までの計画", date(2020, 4, 1), last)
    return Entry(
        plan, "", title, Office(office), explanation="町を歩いて見守ります。", examples=("見守りをしてほしい",)
    )


def test_a_current_entry_goes_before_an_expired_one_that_fits_as_well(tmp_path: Path) -> None:
    old, new = _twin("見守りの花", date(2024, 3, 31), "旧課"), _twin("見守りの鳥", date(2030, 3, 31), "新課")
    document = Document([old.plan, new.plan], [Office("旧課"), Office("新課")], [old, new])
    matches = Snapshot(document, 1, tmp_path).find("見守りをしてほしい", TODAY, 2)
    assert [(m.entry.title, m.expired) for m in matches] == [("見守りの鳥", False), ("見守りの花", True)]
    before = Snapshot(document, 1, tmp_path).find("見守りをしてほしい", date(2024, 1, 1), 2)
    assert {m.expired for m in before} == {False}
    assert {m.upcoming for m in (*matches, *before)} == {False}


def test_an_entry_that_has_not_begun_goes_behind_and_says_from_when_it_is(tmp_path: Path) -> None:
    now, later = _twin("見守りの花", date(2030, 3, 31), "今課"), _twin("見守りの鳥", date(2030, 3, 31), "後課")
    later = replace(later, valid_from=date(2027, 4, 1))
    document = Document([now.plan], [Office("今課"), Office("後課")], [later, now])
    matches = Snapshot(document, 1, tmp_path).find("見守りをしてほしい", TODAY, 2)
    assert [(m.entry.title, m.upcoming) for m in matches] == [("見守りの花", False), ("見守りの鳥", True)]
    assert period_note(matches[0]) == ""
    assert "2027年4月1日に始まります" in period_note(matches[1])


@pytest.fixture(scope="module")
def snapshot(kept_index: Path) -> Snapshot:
    return Snapshot(shipped_document(), 1, kept_index)


QUESTIONS = [entry.examples[7] for entry in shipped_document().entries]


def test_scores_fall_and_do_not_depend_on_how_many_are_asked_for(snapshot: Snapshot) -> None:
    for question in QUESTIONS:
        few, many = (snapshot.find(normalise(question), TODAY, top) for top in (3, 44))
        assert [m.entry.id for m in many[:3]] == [m.entry.id for m in few]
        assert [m.score for m in many[:3]] == [m.score for m in few]
        scores = [m.score for m in many]
        assert scores == sorted(scores, reverse=True)
        assert len({m.entry.id for m in many}) == len(many) == 44


def test_threads_get_the_same_answers(snapshot: Snapshot) -> None:
    expected = [snapshot.find(normalise(q), TODAY, 5) for q in QUESTIONS]
    wrong: list[str] = []

    def ask() -> None:
        for question, right in zip(QUESTIONS, expected, strict=True):
            if snapshot.find(normalise(question), TODAY, 5) != right:
                wrong.append(question)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_of_many_entries_the_likely_ones_are_compared_with_the_same_outcome(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = [snapshot.find(normalise(question), TODAY, 3) for question in QUESTIONS]
    monkeypatch.setattr(p, "ALL_COMPARED", 10)
    monkeypatch.setattr(p, "COMPARED", 25)
    monkeypatch.setattr(p, "POSTINGS_LOOKED_AT", 400)
    for question, matches in zip(QUESTIONS, every, strict=True):
        few = snapshot.find(normalise(question), TODAY, 3, explain=True)
        assert few[0].entry == matches[0].entry
        assert few[0].score == pytest.approx(matches[0].score, abs=0.05)
        assert sum(given for _, given in few[0].explanation) == pytest.approx(few[0].score)
        assert snapshot.find(normalise(question), TODAY, 12)[:3] == snapshot.find(normalise(question), TODAY, 3)
    assert len(snapshot.find(normalise(QUESTIONS[0]), TODAY, 44)) < 44


def test_the_likely_are_the_items_whose_rarest_terms_add_up_best(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, count = snapshot._index, len(snapshot.entries)
    monkeypatch.setattr(p, "COMPARED", 5)
    for question in QUESTIONS:
        seen = index.look_up(normalise(question))
        columns, values = index._gather(seen.rows, seen.shares)
        worth = np.bincount(columns & (index._stride - 1), values, index._stride)[:count]
        best = sorted(np.argsort(-worth, kind="stable")[:5].tolist())
        assert index._likely(seen, count).tolist() == [*best, *range(count, index.items)]


def test_a_change_of_one_text_analyses_one_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    items = [Item(((1.0, f"質問その{n}"),), ((1.0, f"答えの文{n}"),)) for n in range(30)]
    open_index("first", lambda _: items, tmp_path, None)
    analysed: list[str] = []
    monkeypatch.setattr("nlp.indexing.forward.normalise", lambda text: analysed.append(text) or normalise(text))
    changed = [*items[:5], replace(items[5], body=((1.0, "あたらしい文"),)), *items[6:]]
    again = open_index("second", lambda _: changed, tmp_path, None)
    assert analysed == ["あたらしい文"]
    monkeypatch.undo()
    fresh = open_index("second", lambda _: changed, tmp_path / "other", None)
    for question in ("あたらしい文", "質問その7", "答え"):
        assert again.find(question).fit == pytest.approx(fresh.find(question).fit)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200))
def test_no_text_breaks_the_ranking(snapshot: Snapshot, text: str) -> None:
    plain = normalise(text)
    assert len(plain) <= LONGEST_QUESTION * 4
    assert normalise(plain) == plain
    for match in snapshot.find(plain, TODAY, 3):
        assert 0.0 <= match.score <= 1.0


def test_texts_that_need_little_are_spelled_as_by_all_rules() -> None:
    for letter in map(chr, (*range(0xD800), *range(0xF900, 0x10000), *range(0x1F000, 0x1FB00))):
        text = f"あ{letter}a{letter}{letter}。{letter * 3}か"
        assert (normalise(text), normalise(text[:5])) == (_in_full(text), _in_full(text[:5])), repr(text)


def test_a_word_that_only_residents_use_finds_what_is_written_in_official_words(tmp_path: Path) -> None:
    document = replace(shipped_document(), thesaurus=[ResidentWord("ぽんぽこ", "放置自転車")])
    plain, taught = (Snapshot(d, 1, tmp_path) for d in (shipped_document(), document))
    question = normalise("ぽんぽこ")
    assert plain.find(question, TODAY, 1)[0].score < 0.1
    assert taught.find(question, TODAY, 1)[0].entry.title == "放置自転車追放啓発活動"
    assert taught.entries == plain.entries


def test_of_candidates_that_fit_alike_the_first_come_first_however_many_are_asked_for() -> None:
    fit = np.array([0.2, 0.5, 0.5, 0.0, 0.5, 0.9, 0.5])
    whole = _best(fit, len(fit)).tolist()
    assert whole == [5, 1, 2, 4, 6, 0, 3]
    assert all(_best(fit, depth).tolist() == whole[:depth] for depth in range(1, len(fit)))


def test_texts_that_other_code_analysed_are_analysed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    items = [Item(((1.0, f"質問その{n}"),), ()) for n in range(5)]
    open_index("first", lambda _: items, tmp_path, None)
    analysed: list[str] = []
    monkeypatch.setattr("nlp.indexing.forward.normalise", lambda text: analysed.append(text) or normalise(text))
    monkeypatch.setattr("nlp.indexing.stored._code_key", lambda: "newer")
    open_index("second", lambda _: items, tmp_path, None)
    assert analysed == [f"質問その{n}" for n in range(5)]


def test_what_was_indexed_before_changes_no_score(tmp_path: Path) -> None:
    document = shipped_document()
    other = replace(document, entries=[replace(e, examples=e.examples[:3]) for e in document.entries[::-1]])
    Snapshot(other, 1, tmp_path / "used")
    used, fresh = (Snapshot(document, 2, tmp_path / name) for name in ("used", "fresh"))
    for entry in document.entries:
        question = normalise(f"{entry.examples[0]}、どうしたらいいですか")
        said, wanted = (snapshot.find(question, date(2026, 11, 24), 3) for snapshot in (used, fresh))
        assert [m.entry.id for m in said] == [m.entry.id for m in wanted]
        assert [m.score for m in said] == pytest.approx([m.score for m in wanted], abs=1e-6)
