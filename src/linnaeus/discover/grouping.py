"""Group rows at any fineness, by merging or by density. Knows nothing of texts, and not which fineness is right."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.features import PRIOR, Rows
from linnaeus.consolidate.neighbours import unit
from linnaeus.discover.ward import ward

Groups: TypeAlias = NDArray[np.intp]
"""(n,) the group of each row, numbered from 0; -1: none."""

Grouping: TypeAlias = Callable[[int], Groups]
"""Some rows, grouped at a fineness."""

Method: TypeAlias = Callable[[Rows], Grouping]

FEWEST = 3  # texts of a group; fewer are no label
STEP = 1.19  # from one fineness to the next
MOST_GROUPS = 6  # texts a group on average, at the finest
CORE = 3  # neighbours that say how dense it is around a row


def centred(vectors: Rows) -> Rows:
    """Unit rows (n, d) without what all of them share; that is shrunk while they are few."""
    return unit(vectors - vectors.sum(axis=0) / (len(vectors) + PRIOR))


def agglomerative(rows: Rows) -> Grouping:
    """Rows merged by Ward's method (1963); fineness is the number of groups."""
    cut = ward(rows)
    return lambda number: renumbered(cut(number))


def density(rows: Rows) -> Grouping:
    """Dense regions (HDBSCAN); the finer, the fewer rows make one.

    Campello, Moulavi and Sander 2013. Fineness f: at least n / f rows; the rest is in none.
    """
    from sklearn.cluster import HDBSCAN

    def grouped(fineness: int) -> Groups:
        least = max(FEWEST, len(rows) // fineness)
        made = HDBSCAN(min_cluster_size=least, min_samples=CORE, algorithm="brute", copy=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            found: Groups = made.fit(rows).labels_.astype(np.intp)
        return renumbered(found)

    return grouped


METHODS: dict[str, Method] = {"agglomerative": agglomerative, "density": density}


def finenesses(rows: int) -> list[int]:
    """What to try for so many rows: 2, 3, ..., each about a fifth more than the one before."""
    tried, number = [2], 2.0
    while (number := max(number + 1, number * STEP)) < rows / MOST_GROUPS:
        tried.append(round(number))
    return tried


def renumbered(groups: Groups) -> Groups:
    """Groups of FEWEST rows and more, numbered from 0 in the order of their first rows; others are -1."""
    names, first, inverse, counts = np.unique(
        groups, return_index=True, return_inverse=True, return_counts=True
    )
    kept = (counts >= FEWEST) & (names >= 0)
    order = np.argsort(np.where(kept, first, len(groups)), kind="stable")[: int(kept.sum())]
    number = np.full(len(names), -1, dtype=np.intp)
    number[order] = np.arange(len(order))
    return np.asarray(number[inverse.reshape(-1)], dtype=np.intp)


def centres(rows: Rows, groups: Groups) -> Rows:
    """The mean direction (g, d) of each group."""
    return unit(sums(rows, groups))


def sums(rows: Rows, groups: Groups) -> Rows:
    """The sum (g, d) of the rows of each group."""
    order = np.argsort(groups, kind="stable")
    order = order[np.searchsorted(groups[order], 0) :]
    if not len(order):
        return np.zeros((0, rows.shape[1]), dtype=np.float32)
    starts = np.searchsorted(groups[order], np.arange(groups.max() + 1))
    added: Rows = np.add.reduceat(rows[order], starts, axis=0)
    return added
