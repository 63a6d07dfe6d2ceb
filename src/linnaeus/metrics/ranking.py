"""How good the order of labels is: P@k, nDCG@k, R@k, and P@k with rare labels weighted up. Knows nothing of intervals.

Texts without a gold label do not count. nDCG: Järvelin and Kekäläinen 2002, gain 1, as scikit-learn's `ndcg_score`.
Propensity-scored precision: Jain, Prabhu and Varma 2016, eq. 4 and section 6, as a ratio of sums.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from linnaeus.metrics.rows import Floats, Measure, Rows, Weights, hits, per_text, ranks, ratio

A, B = 0.55, 1.5  # of the propensity model, for label sets in general (Jain et al. 2016)


def ranking(
    gold: Rows, found: Rows, ks: Sequence[int] = (1, 3, 5, 10), weight: Floats | None = None
) -> Measure:
    """Figures at each k; places past the end of a list count as wrong. `weight` (labels,): see `rarity`."""
    right, at = hits(gold, found), ranks(found)
    sizes = gold.sizes
    gain = 1 / np.log2(np.arange(2, max(ks) + 2))
    ideal = np.concatenate([[0], np.cumsum(gain)])
    counts = (sizes > 0).astype(np.float64)
    names, parts, wholes = [], [], []
    for k in ks:
        top = right & (at < k)
        hit = per_text(found, top)
        gained = per_text(found, top * gain[np.minimum(at, max(ks) - 1)])
        names += [f"P@{k}", f"nDCG@{k}", f"R@{k}"]
        parts += [
            hit / k,
            gained / np.maximum(ideal[np.minimum(sizes, k)], 1e-300),
            hit / np.maximum(sizes, 1),
        ]
        wholes += [counts] * 3
        if weight is not None:
            names.append(f"PSP@{k}")
            parts.append(per_text(found, top * weight[found.places]))
            wholes.append(_best(gold, weight, k))
    part, whole = np.stack(parts) * counts, np.stack(wholes)

    def of(weights: Weights) -> dict[str, float]:
        return dict(zip(names, map(ratio, part @ weights, whole @ weights), strict=True))

    return of


def rarity(counts: Floats, n: int) -> Floats:
    """One over how likely a right label was noted (labels,), by in how many of n training texts each is."""
    scale = (np.log(max(n, 3)) - 1) * (B + 1) ** A
    return np.asarray(1 + scale * (counts + B) ** -A)


def _best(gold: Rows, weight: Floats, k: int) -> Floats:
    """The largest sum (n,) that k labels of a text can reach."""
    values = weight[gold.places]
    order = np.lexsort((-values, gold.owners))
    return per_text(gold, values[order] * (ranks(gold) < k))
