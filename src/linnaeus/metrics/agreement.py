"""How far two labellings of the same texts agree, one label a text on each side. Knows nothing of which one is right."""

from __future__ import annotations

import numpy as np

from linnaeus.metrics.rows import Measure, Weights, Whole, ratio, sums


def agreement(one: Whole, other: Whole) -> Measure:
    """Share of texts with the same label, Cohen's kappa (1960; scikit-learn's) and Krippendorff's alpha (2011, nominal).

    `one`, `other` (n,): labels from 0 on, the same numbers on both sides; "no label" is a label too.
    """
    same = (one == other).astype(np.float64)
    width = 1 + int(max(one.max(initial=0), other.max(initial=0)))

    def of(weights: Weights) -> dict[str, float]:
        n = weights.sum()
        left, right = sums(one, weights, width), sums(other, weights, width)
        agreed, both = float(weights @ same), left + right
        by_chance = float(left @ right) / max(n, 1)
        # alpha: disagreement as it is, over that of all 2n labels paired at random without replacement
        expected = float((2 * n) ** 2 - both @ both) / max(2 * n - 1, 1)
        return {
            "same label": ratio(agreed, n),
            "kappa": ratio(agreed - by_chance, n - by_chance),
            "alpha": 1 - ratio(2 * (n - agreed), expected),
        }

    return of
