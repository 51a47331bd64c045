"""The chance that a candidate is right: a logistic model over how much it covers and how far it stands out."""

import math
from collections.abc import Sequence
from operator import mul

from nlp import parameters as p

# Features whose own value, and lead over the nearest matter outside the plans, tell a meant entry from a like one.
OWN_SIGNS = ("word_cosine", "bigram_cosine")
LEAD_SIGNS = ("word_cosine", "bigram_cosine", "readings", "translated")
# What the chance is read from, in the order of the numbers in nlp/parameters.py.
SIGNS = (
    "said", "lead", "outside_lead",
    *(f"{name} itself" for name in OWN_SIGNS), *(f"{name} over outside" for name in LEAD_SIGNS),
)  # fmt: skip


def chance_right(signs: Sequence[float], shared: bool) -> float:
    """0 to 1, for the values of SIGNS; `shared`: whether other entries lead to the same place (an office), so that a
    neighbour's place is right too.

    `said`: share of the question's words that the candidate has; `lead`: its fit less that of the best candidate that
    leads elsewhere; `outside_lead`: its fit less that of the nearest matter outside the plans; then the values of
    OWN_SIGNS, and those of LEAD_SIGNS less the highest of any outside matter.
    """
    base, *numbers = p.CONFIDENCE_SHARED if shared else p.CONFIDENCE_ALONE
    logit = base + sum(map(mul, numbers, signs))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))
