"""How good labels of a hierarchy are: near misses count for something. Knows nothing of intervals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linnaeus.metrics.rows import Flags, Measure, Rows, Weights, Whole, ratio


def by_ancestors(gold: Rows, found: Rows, lines: Rows) -> Measure:
    """Precision, recall and F1 (micro) of labels together with all above them (Kiritchenko et al. 2006, hP and hR).

    `lines`: for each label it itself and all that is above it by any parent.
    """
    n, width = len(gold.starts) - 1, len(lines.starts) - 1
    wanted, given = (_spread(rows, lines, width) for rows in (gold, found))
    both = np.isin(given, wanted, assume_unique=True)
    sums = np.stack(
        [np.bincount(part // max(width, 1), minlength=n) for part in (given[both], given, wanted)]
    )

    def of(weights: Weights) -> dict[str, float]:
        right, found_, gold_ = sums @ weights
        return {
            "precision with ancestors": ratio(right, found_),
            "recall with ancestors": ratio(right, gold_),
            "f1 with ancestors": ratio(2 * right, found_ + gold_),
        }

    return of


def first_errors(gold: Rows, found: Rows, paths: NDArray[np.int32]) -> tuple[Whole, Flags]:
    """At which level the best label of each text leaves the way to a gold label, 1 for the top; 0 where it is right.

    `paths` (labels, depth): the labels from a root to each one, -1 past its end. Of several gold labels the one counts
    that it goes with longest. Returns levels (n,) and which texts count (n,): those with labels on both sides.
    """
    n = len(gold.starts) - 1
    best = np.full(n, -1, np.int64)
    some = found.sizes > 0
    best[some] = found.places[found.starts[:-1][some]]
    counted = some & (gold.sizes > 0)
    owners = gold.owners
    kept = counted[owners]
    owners, labels = owners[kept], gold.places[kept]
    mine, theirs = paths[best[owners]], paths[labels]
    together = np.cumprod((mine == theirs) & (mine >= 0), axis=1).sum(axis=1)
    level = np.zeros(n, np.int64)
    np.maximum.at(level, owners, together)
    level += 1
    right = np.zeros(n, np.bool_)
    right[owners[best[owners] == labels]] = True
    level[right | ~counted] = 0
    return level, counted


def error_levels(level: Whole, counted: Flags) -> Measure:
    """The share of texts that go wrong at each level, of all that count, and of those whose best label is right."""
    deepest = int(level.max(initial=0))

    def of(weights: Weights) -> dict[str, float]:
        sums = np.bincount(level[counted], weights[counted], deepest + 1)
        shares = {f"first error at level {at}": ratio(sums[at], sums.sum()) for at in range(1, deepest + 1)}
        return {"best label right": ratio(sums[0], sums.sum()), **shares}

    return of


def _spread(rows: Rows, lines: Rows, width: int) -> Whole:
    """text * width + label for each label of a text and each above one, rising."""
    sizes = lines.sizes[rows.places]
    before = np.cumsum(sizes) - sizes
    above = lines.places[np.repeat(lines.starts[rows.places] - before, sizes) + np.arange(sizes.sum())]
    return np.unique(np.repeat(rows.owners.astype(np.int64), sizes) * width + above)
