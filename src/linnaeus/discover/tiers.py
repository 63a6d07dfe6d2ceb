"""Tiers above labels: labels that are alike under one parent, and these again. Knows nothing of texts and names."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.features import Rows
from linnaeus.consolidate.neighbours import unit
from linnaeus.discover.grouping import Groups, sums

FEWEST = 6  # labels that get parents
MOST_ROOTS = 20  # parents that need none themselves
MOST_TIERS = 2  # above the labels


def tiers(middle: Rows) -> list[Groups]:
    """For each tier, from the lowest, the parent of each of its members (n,), numbered from 0; -1: it stands alone.

    `middle` (g, d): the centres of labels. Joined by average linkage; how many parents there are follows from the
    silhouette (Rousseeuw 1987) of the labels under them.
    """
    made: list[Groups] = []
    while len(made) < MOST_TIERS and len(middle) >= (FEWEST if not made else MOST_ROOTS):
        parents = _parents(middle)
        if parents.max(initial=-1) < 1:
            break
        made.append(parents)
        middle = unit(sums(middle, parents))
    return made


def _parents(middle: Rows) -> Groups:
    from scipy.cluster.hierarchy import average, fcluster

    distances = np.maximum(1 - middle @ middle.T, 0)
    np.fill_diagonal(distances, 0)
    tree = average(distances[np.triu_indices(len(middle), 1)])
    best, most = np.full(len(middle), -1, dtype=np.intp), -1.0
    for number in range(2, len(middle) // 2 + 1):
        groups = fcluster(tree, number, "maxclust").astype(np.intp)
        found = _silhouette(distances, groups - 1)
        if found > most:
            best, most = _without_single(groups), found
    return best


def _silhouette(distances: NDArray[np.floating], groups: Groups) -> float:
    """The mean over all rows; that of a row by itself is 0."""
    each = np.eye(groups.max() + 1)[groups]  # (n, g)
    sizes = each.sum(axis=0)
    means = distances @ each / sizes  # (n, g)
    rows = np.arange(len(groups))
    own = means[rows, groups] * sizes[groups] / np.maximum(sizes[groups] - 1, 1)
    means[rows, groups] = np.inf
    other = means.min(axis=1)
    scores = np.where(sizes[groups] > 1, (other - own) / np.maximum(np.maximum(own, other), 1e-9), 0)
    return float(scores.mean())


def _without_single(groups: Groups) -> Groups:
    """Groups of two and more, numbered from 0; -1 for what is alone."""
    names, inverse, counts = np.unique(groups, return_inverse=True, return_counts=True)
    number = np.full(len(names), -1, dtype=np.intp)
    number[counts > 1] = np.arange((counts > 1).sum())
    return np.asarray(number[inverse.reshape(-1)], dtype=np.intp)
