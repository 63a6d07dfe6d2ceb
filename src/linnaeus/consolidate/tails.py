"""Chances of counts, and how many small chances are too many. Pure functions; knows nothing of labels."""

from __future__ import annotations

from math import exp, lgamma, log, log1p

import numpy as np
from numpy.typing import NDArray

_TINY = 1e-300
_ROUNDS = 10_000


def above(count: int, mean: float, varies: float) -> float:
    """The chance of `count` or more texts if `mean` are expected: negative binomial, variance mean + varies x mean ** 2."""
    if count <= 0:
        return 1.0
    size = 1 / varies
    return _beta(mean / (mean + size), count, size)


def discoveries(chances: NDArray[np.float64], level: float) -> NDArray[np.bool_]:
    """Which of these chances (n,) are too small to be chance, so that a share of `level` of them is wrong at most.

    Benjamini and Hochberg (1995), JRSS B 57.
    """
    order = np.argsort(chances, kind="stable")
    passed = np.flatnonzero(chances[order] <= level * np.arange(1, len(chances) + 1) / max(1, len(chances)))
    found = np.zeros(len(chances), dtype=bool)
    if len(passed):
        found[order[: passed[-1] + 1]] = True
    return found


def _beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    return front / _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    """1 + d1/(1 + d2/(1 + ...)), from the front (Lentz; Thompson and Barnett 1986)."""
    value = upper = 1.0
    lower = 0.0
    for term in range(1, _ROUNDS):
        m = term // 2
        if term % 2:
            step = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            step = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        lower = 1 / _away(1 + step * lower)
        upper = _away(1 + step / upper)
        value *= upper * lower
        if abs(upper * lower - 1) < 1e-12:
            break
    return value


def _away(number: float) -> float:
    """`number`, but not 0."""
    return number if abs(number) > _TINY else _TINY
