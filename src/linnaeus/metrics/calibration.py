"""Whether probabilities mean what they say. Knows nothing of labels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from linnaeus.metrics.intervals import wilson
from linnaeus.metrics.rows import Flags, Floats, Measure, Weights, Whole, ratio, sums

BINS = 15


class Bin(NamedTuple):
    """Answers of about one score: how many, their mean score, how many were right, and the interval of that share."""

    n: int
    score: float
    right: float
    low: float
    high: float


def calibration(scores: Floats, right: Flags, owners: Whole) -> Measure:
    """ECE with 15 bins of equal width (Guo et al. 2017, eq. 5), and the Brier score (1950; scikit-learn's).

    `scores`, `right`, `owners` (k,): the answers' probabilities, whether each is right, and its text.
    """
    bins, off = _bins(scores), scores - right
    squares = off**2

    def of(weights: Weights) -> dict[str, float]:
        each = weights[owners]
        gaps = np.abs(sums(bins, each * off, BINS))
        return {"ECE": ratio(gaps.sum(), each.sum()), "Brier": ratio(float(each @ squares), each.sum())}

    return of


def reliability(scores: Floats, right: Flags) -> list[Bin]:
    """The bins that hold an answer, by rising score."""
    bins = _bins(scores)
    n, total, hits = (sums(bins, part, BINS) for part in (np.ones(len(bins)), scores, right))
    low, high = wilson(hits, n)
    at = np.flatnonzero(n)
    columns = (n.astype(np.int64), total / np.maximum(n, 1), hits / np.maximum(n, 1), low, high)
    return list(map(Bin, *(column[at].tolist() for column in columns)))


def _bins(scores: Floats) -> Whole:
    """Which bin (k,) each score falls into: ((i) / 15, (i + 1) / 15], 0 into the first."""
    return np.clip(np.ceil(scores * BINS).astype(np.int64) - 1, 0, BINS - 1)
