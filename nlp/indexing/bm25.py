"""The formulas of BM25F (Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond").

Each takes numbers or arrays of numbers alike.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating[Any]] | float


def inverse_document_frequency(documents: Numbers, containing: Numbers) -> Any:
    """ln(1 + (N - n + 0.5) / (n + 0.5)); never negative (section 3.2, in Lucene's form)."""
    return np.log1p((documents - containing + 0.5) / (containing + 0.5))


def field_frequency(count: Numbers, length: Numbers, average_length: Numbers, b: float) -> Any:
    """A term's count in one field, less the advantage of long fields: tf / (1 - b + b * len / avglen)."""
    return count / (1 - b + b * length / average_length)


def saturation(frequency: Numbers, k1: float) -> Any:
    """f * (k1 + 1) / (k1 + f): the tenth mention says less than the second."""
    return frequency * (k1 + 1) / (k1 + frequency)
