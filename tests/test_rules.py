"""Rules as data: which patterns a text can match at all."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.rules import made_once as kept
from intents.rules.made_once import made_once
from intents.rules.prefilter import Prefilter, alternatives, lead_to


@pytest.mark.parametrize(
    ("pattern", "needs"),
    [
        ("火事|煙が(出|上が)", [[{"火事"}], [{"煙が出", "煙が上が"}]]),
        ("子(供|ども)?が", [[{"子が", "子供が", "子どもが"}]]),
        # What may be missing, or be anything, is not needed; what stands on both sides of it is.
        ("(川|池).{0,4}(落ち|流され)", [[{"流され", "落ち"}, {"川", "池"}]]),
        ("(燃え|もえ)+て", [[{"燃え", "もえ"}, {"て"}]]),
        ("^助けて$", [[{"助けて"}]]),
        ("今[^年月]行く", [[{"行く"}, {"今"}]]),
        ("第?[1-3]回", [[{"1回", "2回", "3回"}]]),
    ],
)
def test_a_pattern_is_taken_apart_into_what_every_match_holds(pattern: str, needs: list[list[set[str]]]) -> None:
    assert [[set(need) for need in alternative] for alternative in alternatives(pattern)] == needs


def test_only_patterns_whose_letters_are_there_are_possible() -> None:
    patterns = Prefilter(lead_to(["火事|煙が.{0,3}出", "水(が|も)(出|で)ない", "!"]))
    assert patterns.possible("隣で煙がすごく出てる") == {0}
    assert patterns.possible("煙が消えた") == set()
    assert patterns.possible("水もでない!") == {1, 2}
    assert patterns.possible("") == set()


def test_a_pattern_that_needs_no_letter_is_refused() -> None:
    with pytest.raises(ValueError, match="必ず要る字"):
        lead_to(["火事", "(煙)?.*"])


_PIECES = ["火", "煙", "が", "出", "(火|煙)", "[火出]", "[^火]", "(煙が)?", "が{0,2}", "(出|煙火)+", ".{0,2}"]


@given(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=5), st.text("火煙が出x", max_size=9))
def test_what_matches_is_always_possible(pieces: list[str], text: str) -> None:
    pattern = "火|出" + "".join(pieces)
    if re.search(pattern, text):
        assert Prefilter(lead_to([pattern])).possible(text) == {0}


def test_what_is_made_of_a_source_is_made_again_only_when_source_or_code_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, asked = tmp_path / "code.py", []
    code.write_text("1", encoding="utf-8")

    def make_of(source: str) -> Callable[[], dict[str, int]]:
        return lambda: asked.append(source) or {source: 1}  # type: ignore[func-returns-value]

    def made(source: str) -> dict[str, int]:
        return made_once(code, source, make_of(source))

    assert [made("a"), made("a")] == [{"a": 1}] * 2
    assert asked == ["a"]
    assert made("b") == {"b": 1}
    code.write_text("2", encoding="utf-8")
    assert made("b") == {"b": 1}
    assert asked == ["a", "b", "b"]
    [file] = tmp_path.glob("__pycache__/*")
    file.write_bytes(file.read_bytes()[:-3])  # the machine stood still while it was written
    assert made("b") == {"b": 1}
    monkeypatch.setattr(kept, "cache_from_source", lambda _: str(tmp_path / "code.py" / "kept.pyc"))
    assert made("b") == {"b": 1}  # where nothing can be kept
    assert asked == ["a", "b", "b", "b", "b"]
