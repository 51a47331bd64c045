"""Rules as data: which patterns a text can match at all."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.rules.prefilter import Prefilter, alternatives


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
    patterns = Prefilter(["火事|煙が.{0,3}出", "水(が|も)(出|で)ない", "!"])
    assert patterns.possible("隣で煙がすごく出てる") == {0}
    assert patterns.possible("煙が消えた") == set()
    assert patterns.possible("水もでない!") == {1, 2}
    assert patterns.possible("") == set()


def test_a_pattern_that_needs_no_letter_is_refused() -> None:
    with pytest.raises(ValueError, match="必ず要る字"):
        Prefilter(["火事", "(煙)?.*"])


_PIECES = ["火", "煙", "が", "出", "(火|煙)", "[火出]", "[^火]", "(煙が)?", "が{0,2}", "(出|煙火)+", ".{0,2}"]


@given(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=5), st.text("火煙が出x", max_size=9))
def test_what_matches_is_always_possible(pieces: list[str], text: str) -> None:
    pattern = "火|出" + "".join(pieces)
    if re.search(pattern, text):
        assert Prefilter([pattern]).possible(text) == {0}
