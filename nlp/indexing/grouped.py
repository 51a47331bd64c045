"""Groups of unequal length in flat arrays, one after the other."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.intp]


def ranges(first: NDArray[np.integer[Any]], length: NDArray[np.integer[Any]]) -> Places:
    """The places first[n], first[n] + 1, ..., `length[n]` of them, of each group n after the other."""
    before = np.cumsum(length) - length
    places: Places = np.arange(length.sum()) + np.repeat(first - before, length)
    return places


def highest_of_each(group: NDArray[np.integer[Any]], value: NDArray[np.floating[Any]], few: int) -> Places:
    """The places of the `few` highest values of each group, in the order of the groups."""
    order = np.lexsort((-value, group))
    group = group[order]
    highest: Places = order[np.arange(len(order)) - np.searchsorted(group, group) < few]
    return highest


def runs(sorted_numbers: NDArray[np.integer[Any]]) -> tuple[Places, Places]:
    """(where each run of one number begins, the number of the run of each place): what np.unique would find, without
    sorting again."""
    begins = np.ones(len(sorted_numbers), np.bool_)
    begins[1:] = sorted_numbers[1:] != sorted_numbers[:-1]
    return np.flatnonzero(begins), np.cumsum(begins) - 1
