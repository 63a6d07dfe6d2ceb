"""95% intervals: of any measure by the bootstrap, of shares by a formula. Knows nothing of labels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from linnaeus.metrics.rows import Floats, Measure

Z = 1.959964  # 97.5% of the normal distribution
TAIL = 0.025
MOST, FEWEST = 1000, 100  # draws
WORK = 10**8  # texts to draw, about, whatever their number: more of them need fewer draws


class Interval(NamedTuple):
    """A figure and its 95% interval. `value` is None where it is undefined, `low` and `high` where nothing can be said."""

    value: float | None
    low: float | None
    high: float | None


def bootstrap(measure: Measure, n: int, seed: int = 0) -> dict[str, Interval]:
    """The figures of a measure of n texts, and between what they vary if other texts of the kind are drawn.

    Texts are drawn with replacement (Efron 1979), 1,000 times, of very many texts down to 100; the middle 95%, moved so that
    their median is the figure: figures such as V-measure rise when texts are drawn twice, and that is no news of the labels.
    A figure of 0 or 1 in every draw has the exact bound of a share of n instead (Clopper and Pearson 1934).
    """
    figures = measure(np.ones(n))
    draws = int(np.clip(WORK // max(n, 1), FEWEST, MOST))
    random = np.random.default_rng(seed)
    drawn: dict[str, list[float]] = {name: [] for name in figures}
    for _ in range(draws if n > 1 else 0):
        weights = np.bincount(random.integers(0, n, n), minlength=n).astype(np.float64)
        for name, value in measure(weights).items():
            drawn[name].append(value)
    return {name: _interval(value, np.array(drawn[name]), n) for name, value in figures.items()}


def _interval(value: float, drawn: Floats, n: int) -> Interval:
    if np.isnan(value):
        return Interval(None, None, None)
    drawn = drawn[~np.isnan(drawn)]
    if len(drawn) < FEWEST / 2:
        return Interval(value, None, None)
    if np.ptp(drawn) < 1e-12:
        bound = TAIL ** (1 / n)
        ends = {0.0: (0.0, 1 - bound), 1.0: (bound, 1.0)}.get(round(value, 12), (None, None))
        return Interval(value, *ends)
    low, middle, high = np.quantile(drawn, [TAIL, 0.5, 1 - TAIL]) - value
    least = min(0.0, float(drawn.min()))
    low, high = np.clip([value + low - middle, value + high - middle], least, 1.0)
    return Interval(value, min(float(low), value), max(float(high), value))


def wilson(part: Floats, whole: Floats) -> tuple[Floats, Floats]:
    """The interval of shares `part / whole` (m,) each (Wilson 1927): low and high; 0 and 1 where `whole` is 0."""
    known = whole > 0
    n = np.where(known, whole, 1.0)
    share = part / n
    middle = share + Z**2 / (2 * n)
    spread = Z * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    scale = 1 + Z**2 / n
    low = np.where(known, np.clip((middle - spread) / scale, 0, 1), 0.0)
    return low, np.where(known, np.clip((middle + spread) / scale, 0, 1), 1.0)


def f1_interval(right: Floats, found: Floats, gold: Floats) -> tuple[Floats, Floats]:
    """The interval of F1 of each label (m,): Wilson's of right / (found or gold), of which F1 is a rising function."""
    ends = wilson(right, found + gold - right)
    low, high = (2 * end / (1 + end) for end in ends)
    return low, high
