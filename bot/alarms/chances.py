"""How likely a count is by chance alone.

In a few lines of our own: the module of scipy that knows it takes 25 MB of every process that looks.
"""

import math

_EXACT = 1e-12  # the relative change from which on another step changes nothing
_MOST_STEPS = 10_000
_TINY = 1e-300  # stands for a zero that would be divided by


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b) for a, b > 0 and x from 0 to 1: the chance that a Beta(a, b)
    is at most x."""
    if x <= 0.0 or x >= 1.0:
        return float(x >= 1.0)
    # The fraction is exact in a few steps below the mean and needs many above it; there the rest is taken from 1.
    if x > (a + 1) / (a + b + 2):
        return 1.0 - _from_below(b, a, 1.0 - x)
    return _from_below(a, b, x)


def _from_below(a: float, b: float, x: float) -> float:
    """By its continued fraction (NIST Digital Library of Mathematical Functions, 8.17.22), which is worked out from the
    front (Lentz's method, 3.10(iii) there, as modified by Thompson and Barnett 1986)."""
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    value = upper = 1.0
    lower = 0.0
    for step in range(1, _MOST_STEPS):
        m = step // 2
        if step % 2:
            part = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            part = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        upper = 1.0 + part / upper or _TINY
        lower = 1.0 / (1.0 + part * lower or _TINY)
        value *= upper * lower
        if abs(upper * lower - 1.0) < _EXACT:
            break
    return math.exp(log_front) / (a * value)
