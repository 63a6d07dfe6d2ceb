"""Examples in folds, so that what is said of one is learnt from others. Knows nothing of what is learnt.

Leaving out the one example alone gives the answer away where labels have as many examples each: the right label is then
the one that lacks one. So counts are those of the other folds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.taught.sparse import Floats, Sparse, rows_of

FOLDS = 3


def folds(count: int, parts: int = FOLDS) -> NDArray[np.int64]:
    """The fold of each of so many examples."""
    return np.random.default_rng(0).permutation(count) % parts


def counts_of(table: Sparse) -> Floats:
    """How many rows of each fold have each column, (FOLDS, columns)."""
    keys = folds(table.shape[0])[rows_of(table)] * table.shape[1] + table.indices
    return np.bincount(keys, minlength=FOLDS * table.shape[1]).reshape(FOLDS, -1).astype(np.float32)


def count_at(counts: Floats, pairs: Sparse, *, own: bool) -> Floats:
    """The count of each pair's column; `own`: rows are the examples, so that of the other folds, scaled up to all."""
    total: Floats = counts.sum(axis=0)[pairs.indices]
    if not own:
        return total
    mine: Floats = counts[folds(pairs.shape[0])[rows_of(pairs)], pairs.indices]
    return (total - mine) * np.float32(FOLDS / (FOLDS - 1))
