"""A part of very many rows that covers all kinds of them, and the place of the rest. Knows nothing of texts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.features import Rows
from linnaeus.discover.grouping import Groups, centres, renumbered, sums

MOST = 8_192  # rows that are grouped; time grows with their square
CELLS = 256
BLOCK = 4_096
SEED = 0
STRANGE = 0.25  # quantile of how like rows are to the nearest group that is not theirs; less is no belonging
FENCE = 1.5  # ranges between quartiles below the first one, where outliers begin (Tukey 1977)


def representative(rows: Rows, most: int = MOST) -> NDArray[np.intp]:
    """Places of `most` of the rows (n, d), rising: of each of 256 cells of a k-means the same share, and one at least."""
    if len(rows) <= most:
        return np.arange(len(rows))
    from sklearn.cluster import MiniBatchKMeans

    means = MiniBatchKMeans(CELLS, random_state=SEED, n_init=1, batch_size=BLOCK, max_iter=20)
    cells = means.fit_predict(rows)
    mixed = np.random.default_rng(SEED).permutation(len(rows))
    mixed = mixed[np.argsort(cells[mixed], kind="stable")]  # cell by cell, at random within each
    sizes = np.bincount(cells, minlength=CELLS)
    starts = np.cumsum(sizes) - sizes
    rank = np.arange(len(rows)) - np.repeat(starts, sizes)
    share = (rank + 0.5) / np.repeat(sizes, sizes)
    share[rank == 0] = 0
    chosen: NDArray[np.intp] = np.sort(mixed[np.argsort(share, kind="stable")[:most]])
    return chosen


def belonging(rows: Rows, chosen: NDArray[np.intp], groups: Groups) -> Groups:
    """(n,): the group of each of `rows`, of which those at `chosen` were put into `groups`; the others go to the nearest.

    In none is what is less like its group than three quarters of all rows are like the nearest group that is not theirs, or
    than all but outliers are like their own. A row itself does not count for its group's centre.
    """
    if groups.max(initial=-1) < 1:
        full = np.full(len(rows), groups.max(initial=-1), dtype=np.intp)
        full[chosen] = groups
        return full
    middle, added = centres(rows[chosen], groups), sums(rows[chosen], groups)
    found, own = _nearest(rows, middle)
    grouped = chosen[groups >= 0]
    kept = groups[groups >= 0]
    found[chosen] = groups
    products = np.einsum("nd,nd->n", rows[grouped], added[kept])
    lengths = np.einsum("gd,gd->g", added, added)[kept] - 2 * products + 1
    own[grouped] = (products - 1) / np.sqrt(np.maximum(lengths, 1e-9))
    first, third = np.quantile(own[grouped], (0.25, 0.75))
    least = np.quantile(_nearest_but(rows[grouped], middle, kept), STRANGE)
    found[own < max(least, first - FENCE * (third - first))] = -1
    return renumbered(found)


def _nearest(rows: Rows, middle: Rows) -> tuple[Groups, NDArray[np.float32]]:
    """The nearest of the centres (g, d) and its cosine, (n,) each."""
    found, likeness = np.zeros(len(rows), dtype=np.intp), np.zeros(len(rows), dtype=np.float32)
    for start in range(0, len(rows), BLOCK):
        cosines = rows[start : start + BLOCK] @ middle.T
        found[start : start + BLOCK] = cosines.argmax(axis=1)
        likeness[start : start + BLOCK] = cosines.max(axis=1)
    return found, likeness


def _nearest_but(rows: Rows, middle: Rows, own: Groups) -> NDArray[np.float32]:
    """(n,): the cosine of each row to the nearest centre other than that of its own group."""
    out = np.zeros(len(rows), dtype=np.float32)
    for start in range(0, len(rows), BLOCK):
        cosines = rows[start : start + BLOCK] @ middle.T
        cosines[np.arange(len(cosines)), own[start : start + BLOCK]] = -1
        out[start : start + BLOCK] = cosines.max(axis=1)
    return out
