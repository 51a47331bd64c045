"""Rows of weighted terms, kept in arrays, against sums over dictionaries."""

import random

import pytest

from bot.review.postings import Postings


def test_products_are_sums_over_the_terms_in_common_however_many_rows_there_are() -> None:
    chance = random.Random(1)
    words = [f"語{number}" for number in range(400)]
    postings, rows = Postings(), []
    for number in range(700):  # several runs, joined and not, and a heap that is not full
        row = {word: chance.random() for word in chance.sample(words, chance.randrange(9))}
        assert postings.add(row) == number
        rows.append(row)
        if number % 97 == 0 or number == 699:
            asked = {word: chance.random() for word in [*chance.sample(words, 40), "だれも言わない"]}
            sums = [sum(weight * asked.get(word, 0.0) for word, weight in row.items()) for row in rows]
            assert postings.products(asked).tolist() == pytest.approx(sums, abs=1e-5)
    assert postings.products({}).tolist() == [0.0] * 700


def test_nothing_is_like_a_row_where_there_is_none() -> None:
    assert Postings().products({"語": 1.0}).tolist() == []
