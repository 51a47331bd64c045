"""The chance that a candidate is right: a logistic model over how much it covers and how far it stands out."""

import math
from operator import mul

from nlp import parameters as p

# Features whose own value, and lead over the nearest matter outside the plans, tell a meant entry from a like one.
OWN_SIGNS = ("word_cosine", "bigram_cosine")
LEAD_SIGNS = ("word_cosine", "bigram_cosine", "readings", "translated")
# What the chance is read from, in the order of `parameters.CONFIDENCE`.
SIGNS = (
    "said", "lead", "outside_lead", "crowd", "examples",
    *(f"{name} itself" for name in OWN_SIGNS), *(f"{name} over outside" for name in LEAD_SIGNS),
)  # fmt: skip


def chance_right(signs: tuple[float, ...]) -> float:
    """0 to 1, for the values of SIGNS.

    `said`: share of the question's words that the candidate has; `lead`: its fit less that of the best candidate that
    leads elsewhere; `outside_lead`: its fit less that of the nearest matter outside the plans; `crowd`: candidates near
    it that lead elsewhere; `examples`: ln(1 + number of its example questions); then the values of OWN_SIGNS, and those
    of LEAD_SIGNS less the highest of any outside matter.
    """
    logit = p.CONFIDENCE_BASE + sum(map(mul, p.CONFIDENCE, signs))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))
