"""Let every text lean towards the texts around it, so that one odd wording counts for little. Knows nothing of storage.

Texts are nodes of a graph: two are linked where each is among the other's nearest and they are alike enough, the more
strongly the more neighbours they share (Jarvis and Patrick 1973). Each node then moves half way to the mean of its
links, a few times (Wu et al. 2019, "Simplifying graph convolutional networks"). research/consolidate.py has the figures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.features import Rows

MOST_LINKS = 30
LINKS_PER_ROOT = 0.55  # links a node for each root of the number of nodes, up to MOST_LINKS
ALIKE = 0.45  # inner product below which two texts are not linked
ROUNDS = 3
BLOCK = 256
SORTED = 200  # rows above which a list is cut before it is sorted
PILE = 3  # pairs that wait to be sorted, for each that is kept at most


@dataclass(frozen=True, slots=True)
class Near:
    """For each of n rows its up to k nearest: `places` (n, k) and inner products `likeness` (n, k), the nearest first.

    Where there are fewer, likeness is 0 and the place means nothing.
    """

    places: NDArray[np.intp]
    likeness: NDArray[np.float32]


class _Pairs(NamedTuple):
    """Rows (p,), others that are near to them (p,), and how alike these are (p,)."""

    row: NDArray[np.int32]
    place: NDArray[np.int32]
    likeness: NDArray[np.float32]


def nearest(rows: Rows, among: Rows, most: int, *, at_least: float, own: NDArray[np.intp]) -> Near:
    """Find the up to `most` rows of `among` (m, d) that are nearest to each of `rows` (n, d), exactly, from `at_least` on.

    `own` (n,): the place of the row itself among them, which is left out; -1 if it is not one of them.
    """
    places = np.zeros((len(rows), most), dtype=np.intp)
    likeness = np.zeros((len(rows), most), dtype=np.float32)
    for start in range(0, len(rows), BLOCK):
        products = rows[start : start + BLOCK] @ among.T
        here = np.flatnonzero(own[start : start + BLOCK] >= 0)
        products[here, own[start + here]] = -np.inf
        for row, values in enumerate(products, start=start):
            found = np.flatnonzero(values >= at_least)
            if len(found) > SORTED:
                found = found[np.argpartition(-values[found], most)[: most + 1]]
                found = np.flatnonzero(values >= values[found].min())  # all ties, the earlier first
            found = found[np.argsort(-values[found], kind="stable")[:most]]
            places[row, : len(found)], likeness[row, : len(found)] = found, values[found]
    return Near(places, likeness)


def nearest_others(rows: Rows, most: int, *, at_least: float) -> Near:
    """The same for each of `rows` (n, d) among the others. Each product is made once, for both of its rows."""
    kept = _Kept(len(rows), most)
    for start in range(0, len(rows), BLOCK):
        products = rows[start : start + BLOCK] @ rows[start:].T  # (b, n - start)
        own, other = np.nonzero(products >= at_least)
        once = other > own
        own, other = own[once], other[once]
        kept.offer(own + start, other + start, products[own, other])
    return kept.near()


class _Kept:
    """The `most` nearest of each of so many rows, among pairs that come in the order of their places."""

    def __init__(self, count: int, most: int) -> None:
        self._most = most
        self._at_least: NDArray[np.float32] = np.full(
            count, -np.inf, dtype=np.float32
        )  # of rows that have all
        self._pairs = _Pairs(*(np.zeros(0, dtype=np.int32),) * 2, np.zeros(0, dtype=np.float32))
        self._new: list[_Pairs] = []

    def offer(self, left: NDArray[np.intp], right: NDArray[np.intp], likeness: NDArray[np.float32]) -> None:
        """Take pairs of rows; those on the left are before those on the right."""
        for row, place in ((right, left), (left, right)):
            better = likeness > self._at_least[row]
            own, other = row[better].astype(np.int32), place[better].astype(np.int32)
            self._new.append(_Pairs(own, other, likeness[better]))
        if sum(len(one.row) for one in self._new) > PILE * len(self._at_least) * self._most:
            self._cut()

    def _cut(self) -> None:
        """Keep the best of each row. The sort is stable: of equal ones the earlier places stay first."""
        row, place, likeness = (np.concatenate(parts) for parts in zip(self._pairs, *self._new, strict=True))
        order = np.lexsort((-likeness, row))
        row, place, likeness = row[order], place[order], likeness[order]
        rank = np.arange(len(row)) - np.searchsorted(row, row)
        best = rank < self._most
        self._pairs, self._new = _Pairs(row[best], place[best], likeness[best]), []
        last = rank == self._most - 1
        self._at_least[row[last]] = likeness[last]

    def near(self) -> Near:
        """What was found."""
        self._cut()
        row, place, likeness = self._pairs
        rank = np.arange(len(row)) - np.searchsorted(row, row)
        shape = len(self._at_least), self._most
        found = Near(np.zeros(shape, dtype=np.intp), np.zeros(shape, dtype=np.float32))
        found.places[row, rank], found.likeness[row, rank] = place, likeness
        return found


def spread(rows: Rows, *, alike: float = ALIKE) -> Rows:
    """Return unit rows (n, d), each moved towards those that it is linked with, alike by `alike` at least; others stay."""
    return leaned(rows, nearest_others(rows, most_links(len(rows)), at_least=alike), alike)


def most_links(count: int) -> int:
    """Neighbours that each of so many rows is linked with at most."""
    return min(MOST_LINKS, math.ceil(LINKS_PER_ROOT * math.sqrt(count)), count - 1)


def leaned(rows: Rows, near: Near, alike: float) -> Rows:
    """`spread` where the nearest of each row are known."""
    weights = _links(near, alike)
    linked = weights.sum(axis=1) > 0
    weights[linked] /= weights[linked].sum(axis=1, keepdims=True)
    for _ in range(ROUNDS if near.places.shape[1] else 0):
        moved = rows.copy()
        for start in range(0, len(rows), BLOCK):
            part = slice(start, start + BLOCK)
            pull = np.einsum("nk,nkd->nd", weights[part], rows[near.places[part]])
            moved[part][linked[part]] = unit(rows[part] + unit(pull))[linked[part]]
        rows = moved
    return rows


def _links(near: Near, alike: float) -> NDArray[np.float32]:
    """(n, k): how strong the link to each neighbour is: shared neighbours x likeness above `alike`; 0 if not mutual."""
    count, most = near.places.shape
    close = near.likeness > 0
    degree = close.sum(axis=1) + 1
    weights = np.zeros((count, most), dtype=np.float32)
    for start in range(0, count, BLOCK):
        places, here = near.places[start : start + BLOCK], close[start : start + BLOCK]
        rows = np.arange(len(places))
        own = np.zeros((len(places), count), dtype=bool)  # the node itself and its close neighbours
        own[np.nonzero(here)[0], places[here]] = True
        own[rows, rows + start] = True
        theirs = near.places[places]  # (b, k, k)
        shared = (own[rows[:, None, None], theirs] & close[places]).sum(axis=2) + here  # the neighbour itself
        mutual = ((theirs == (rows + start)[:, None, None]) & close[places]).any(axis=2) & here
        union = degree[start : start + len(places), None] + degree[places] - shared
        likeness = near.likeness[start : start + BLOCK] - alike
        weights[start : start + BLOCK] = np.where(mutual, shared / union * likeness, 0)
    return weights


def unit(rows: Rows) -> Rows:
    """Scale rows (n, d) to length 1; zero rows stay zero."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), dtype=np.float32)
