"""Ward's method (1963) without a table of all pairs. Knows nothing of texts, and not how many groups are right.

All pairs that are each other's nearest are merged at once, which ends in the same tree as one merge at a time since a merge
brings no third group nearer (Bruynooghe 1977). What is nearest is looked for anew where it was merged itself.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.features import Rows

BLOCK = 128
ALIKE = 4  # decimals to which rows that count as one agree
TIED = 1 - 1e-6  # of many that are equally near, neighbours in order are merged: all at once, not one by one


def ward(rows: Rows) -> Callable[[int], NDArray[np.intp]]:
    """A function that cuts the tree of `rows` (n, d) into so many groups, (n,) numbers; rows that are one stay together."""
    bits = np.ascontiguousarray(rows.round(ALIKE) + 0.0).view(f"V{rows.itemsize * rows.shape[1]}")  # -0 is 0
    _, same = np.unique(bits[:, 0], return_inverse=True)
    sizes = np.bincount(same).astype(np.float32)
    sums = np.zeros((len(sizes), rows.shape[1]), np.float32)
    np.add.at(sums, same, rows)
    into, height = _tree(sums, sizes)
    order = np.argsort(height, kind="stable")

    def cut(number: int) -> NDArray[np.intp]:
        count = len(sizes)
        root = np.arange(2 * count - 1)
        made = order[: max(count - number, 0)]
        root[into[made]] = (count + made)[:, None]
        while not np.array_equal(further := root[root], root):
            root = further
        return np.asarray(root[same], np.intp)

    return cut


def _tree(sums: Rows, sizes: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """The two groups (n - 1, 2) of each merge and its height (n - 1,); groups are numbered as they are made, rows first."""
    number = np.arange(len(sums))
    best, far = np.zeros(len(sums), np.intp), np.zeros(len(sums), np.float32)
    tall, stale = np.zeros(len(sums), np.float32), np.ones(len(sums), np.bool_)
    into, height, made = [np.zeros((0, 2), np.intp)], [np.zeros(0, np.float32)], len(sums)
    while len(sums) > 1:
        _look(sums / sizes[:, None], sizes, np.flatnonzero(stale), best, far)
        here = np.arange(len(sums))
        mutual = (best[best] == here) & (best > here)
        if not mutual.any():  # rounding: each seems nearer to another
            mutual[far.argmin()] = True
        left = np.flatnonzero(mutual)
        right = best[left]
        into.append(np.stack([number[left], number[right]], axis=1))
        tall[left] = np.maximum(
            far[left], np.maximum(tall[left], tall[right])
        )  # rounding apart the first is the most
        height.append(tall[left])
        sums[left] += sums[right]
        sizes[left] += sizes[right]
        number[left] = made + np.arange(len(left))
        made += len(left)
        merged = np.zeros(len(sums), np.bool_)
        merged[left] = merged[right] = True
        stale = merged | merged[best]
        kept = np.ones(len(sums), np.bool_)
        kept[right] = False
        best = (kept.cumsum() - 1)[best]
        sums, sizes, number = sums[kept], sizes[kept], number[kept]
        best, far, tall, stale = best[kept], far[kept], tall[kept], stale[kept]
    return np.concatenate(into), np.concatenate(height)


def _look(
    means: Rows,
    sizes: NDArray[np.float32],
    places: NDArray[np.intp],
    best: NDArray[np.intp],
    far: NDArray[np.float32],
) -> None:
    """Write down the nearest of the groups at `places`, and by how much a merge would raise the sum of squares."""
    squares, ones = np.einsum("nd,nd->n", means, means)[None], np.ones((1, len(means)), np.float32)
    left = np.concatenate([means.T, squares, ones]).T
    right = np.ascontiguousarray(np.concatenate([-2 * means.T, ones, squares]))
    # left @ right: squared distances
    inverse = 1 / sizes
    for start in range(0, len(places), BLOCK):
        own = places[start : start + BLOCK]
        rise = left[own] @ right  # (b, n)
        rise /= inverse[own, None] + inverse
        rise[np.arange(len(own)), np.minimum(own ^ 1, len(means) - 1)] *= TIED
        rise[np.arange(len(own)), own] = np.inf
        best[own] = rise.argmin(axis=1)
        far[own] = rise[np.arange(len(own)), best[own]]
