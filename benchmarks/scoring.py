"""Figures of ranked labels and of label sets, with bootstrap intervals. Knows no system and no set."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.taught.sparse import Floats, Sparse

SAMPLES = 200
FIXED = 10  # up to so many labels a text are tried as a fixed number
Doubles = NDArray[np.float64]
Marks = NDArray[np.bool_]


def marked(places: NDArray[np.int32], truth: Sparse) -> Marks:
    """Which of the labels given (n, k) are right."""
    right = np.zeros(places.shape, bool)
    for row in range(len(places)):
        right[row] = np.isin(places[row], truth.indices[truth.indptr[row] : truth.indptr[row + 1]])
    return right


def ranking(places: NDArray[np.int32], truth: Sparse, train: Sparse) -> dict[str, Doubles]:
    """Each figure a text (n,); PSP is a share of the best there can be on average (Jain et al. 2016)."""
    right, sizes = marked(places, truth), np.diff(truth.indptr)
    gain = 1 / np.log2(np.arange(2, places.shape[1] + 2))
    found: dict[str, Doubles] = {f"P@{k}": right[:, :k].mean(axis=1) for k in (1, 3, 5)}
    for k in (5, 10):
        ideal = np.array([gain[: min(k, size)].sum() or 1 for size in sizes])
        found[f"nDCG@{k}"] = (right[:, :k] * gain[:k]).sum(axis=1) / ideal
    worth = 1 / propensities(train)
    best = [
        np.sort(worth[truth.indices[truth.indptr[row] : truth.indptr[row + 1]]])[::-1][:5].sum()
        for row in range(len(places))
    ]
    gained = np.where(right, worth[places], 0)
    found["PSP@5"] = gained[:, :5].sum(axis=1) / np.mean(np.array(best)[sizes > 0])
    found["F1@5"] = 2 * right[:, :5].sum(axis=1) / (5 + sizes)
    found["R@50"] = right.sum(axis=1) / np.maximum(sizes, 1)
    return found


def propensities(labels: Sparse) -> Doubles:
    """How likely a right label was noted (labels,): Jain et al. 2016, A = 0.55, B = 1.5."""
    n, counts = labels.shape[0], np.bincount(labels.indices, minlength=labels.shape[1])
    scale = (np.log(n) - 1) * 2.5**0.55
    return np.asarray(1 / (1 + scale * (counts + 1.5) ** -0.55))


def interval(values: Doubles) -> str:
    """The mean in percent and the middle 95% of bootstrap samples of texts."""
    random = np.random.default_rng(0)
    means = [values[random.integers(0, len(values), len(values))].mean() for _ in range(SAMPLES)]
    low, high = np.quantile(means, [0.025, 0.975])
    return f"{100 * values.mean():.1f} ({100 * low:.1f} to {100 * high:.1f})"


def micro_f1(taken: Marks, right: Marks, truth: Sparse) -> float:
    """Of the labels taken (n, k)."""
    return float(2 * (right & taken).sum() / (taken.sum() + truth.nnz))


def macro_f1(places: NDArray[np.int32], taken: Marks, right: Marks, truth: Sparse) -> float:
    """The mean over labels that a text has."""
    width = truth.shape[1]
    given, hits = (np.bincount(places[marks], minlength=width) for marks in (taken, right & taken))
    own = np.bincount(truth.indices, minlength=width)
    return float(np.mean(2 * hits[own > 0] / (given + own)[own > 0]))


def best_fixed(places: NDArray[np.int32], right: Marks, truth: Sparse) -> tuple[float, int]:
    """The highest micro-F1 of one number of labels for all texts, and that number."""
    held = places >= 0
    return max(
        (micro_f1(held & (np.arange(places.shape[1]) < k), right, truth), k) for k in range(1, FIXED + 1)
    )


def calibration_error(chances: Floats, right: Marks) -> float:
    """The expected calibration error over ten bins of equal width."""
    bins = np.minimum((chances * 10).astype(int), 9)
    gaps = [abs(right[bins == one].sum() - chances[bins == one].sum()) for one in range(10)]
    return float(sum(gaps) / max(len(chances), 1))


def error_by_chance(chances: Floats) -> float:
    """The calibration error that such probabilities would show on average if they were perfect: what few texts add."""
    random = np.random.default_rng(0)
    drawn = (random.random(len(chances)) < chances for _ in range(SAMPLES))
    return float(np.mean([calibration_error(chances, right) for right in drawn]))
