"""How good a student was on texts that it had not seen, as numbers with their intervals. Knows nothing of how they came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 15
BOTH_SIDES = 1.96  # standard errors: 95%


@dataclass(frozen=True, slots=True)
class Figures:
    """Of `texts` not seen: accuracy or micro-F1 if all are answered, macro-F1, error of calibration (ECE) of scores.

    `answered`: the share that is sure enough, and of those the share of labels that are `wrong`. `f1` (labels,): of each.
    """

    texts: int
    several: bool
    micro_f1: float
    macro_f1: float
    ece: float
    answered: int
    wrong: float
    f1: NDArray[np.float64]


def figures(
    chosen: NDArray[np.bool_],
    right: NDArray[np.bool_],
    scores: NDArray[np.float64],
    least: float,
    *,
    several: bool,
) -> Figures:
    """Figures of chosen and right labels (n, labels) and of scores (n,), where answers stand from `least` on."""
    hits, counts = (chosen & right).sum(axis=0), chosen.sum(axis=0) + right.sum(axis=0)
    f1 = 2 * hits / np.maximum(counts, 1)
    good = (chosen & right).sum(axis=1) / np.maximum(chosen.sum(axis=1), 1)
    any_label = chosen.any(axis=1)
    sure = any_label & (scores >= least)
    return Figures(
        len(scores),
        several,
        float(2 * hits.sum() / max(counts.sum(), 1)),
        float(f1.mean()),
        ece(scores[any_label], good[any_label]),
        int(sure.sum()),
        float(1 - good[sure].mean()) if sure.any() else 0.0,
        f1,
    )


def ece(chances: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """The expected calibration error of chances (n,), in 15 bins of equal width (Guo et al. 2017, equation 3)."""
    if not len(chances):
        return 0.0
    bins = np.minimum((chances * BINS).astype(int), BINS - 1)
    off = np.bincount(bins, chances - right, minlength=BINS)
    return float(np.abs(off).sum() / len(chances))


def interval(share: float, count: int) -> tuple[float, float]:
    """The two-sided 95% interval of a share of `count` (Wilson 1927)."""
    if not count:
        return 0.0, 1.0
    wide = BOTH_SIDES**2 / count
    spread = BOTH_SIDES * float(np.sqrt(share * (1 - share) / count + wide / (4 * count)))
    return (share + wide / 2 - spread) / (1 + wide), (share + wide / 2 + spread) / (1 + wide)
