"""The formulas of BM25F (Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond")."""

import math


def inverse_document_frequency(documents: int, containing: int) -> float:
    """ln(1 + (N - n + 0.5) / (n + 0.5)); never negative (section 3.2, in Lucene's form)."""
    return math.log(1 + (documents - containing + 0.5) / (containing + 0.5))


def field_frequency(count: float, length: float, average_length: float, b: float) -> float:
    """A term's count in one field, less the advantage of long fields: tf / (1 - b + b * len / avglen)."""
    return count / (1 - b + b * length / average_length)


def saturation(frequency: float, k1: float) -> float:
    """f * (k1 + 1) / (k1 + f): the tenth mention says less than the second."""
    return frequency * (k1 + 1) / (k1 + frequency)
