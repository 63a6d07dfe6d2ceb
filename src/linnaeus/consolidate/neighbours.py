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
PEAKS = 4  # maxima for each row that is wanted
PILE = 3  # pairs that wait to be sorted, for each that is kept at most


@dataclass(frozen=True, slots=True)
class Near:
    """For each of n rows its up to k nearest: `places` (n, k) and inner products `likeness` (n, k), the nearest first.

    Where there are fewer, likeness is 0 and the place means nothing.
    """

    places: NDArray[np.intp]
    likeness: NDArray[np.float32]


class Pairs(NamedTuple):
    """Rows (p,), others that are near to them (p,), and how alike these are (p,): by row, the nearest first."""

    row: NDArray[np.int32]
    place: NDArray[np.int32]
    likeness: NDArray[np.float32]

    @property
    def rank(self) -> NDArray[np.intp]:
        """How many others are nearer to the same row (p,)."""
        return np.arange(len(self.row)) - np.searchsorted(self.row, self.row)


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
        least = np.maximum(_reached(products, most), at_least)
        for row, values in enumerate(products):
            found = np.flatnonzero(values >= least[row])
            found = found[np.argsort(-values[found], kind="stable")[:most]]
            places[start + row, : len(found)], likeness[start + row, : len(found)] = found, values[found]
    return Near(places, likeness)


def _reached(products: Rows, most: int) -> Rows:
    """(b,): what at least `most` of each row (b, n) reach, and few more: the least of that many maxima of columns."""
    deep = products.shape[1] // max(1, PEAKS * most)
    if deep < 2:
        return np.full(len(products), -np.inf, dtype=np.float32)
    wide = products.shape[1] // deep
    peaks = products[:, : deep * wide].reshape(len(products), deep, wide).max(axis=1)
    return np.asarray(np.partition(peaks, -most, axis=1)[:, -most])


def nearest_others(rows: Rows, most: int, *, at_least: float) -> Near:
    """The same for each of `rows` (n, d) among the others."""
    found = near_pairs(rows, most, at_least=at_least)
    places = np.zeros((len(rows), most), dtype=np.intp)
    likeness = np.zeros((len(rows), most), dtype=np.float32)
    places[found.row, found.rank], likeness[found.row, found.rank] = found.place, found.likeness
    return Near(places, likeness)


def near_pairs(rows: Rows, most: int, *, at_least: float) -> Pairs:
    """Each of `rows` (n, d) with its up to `most` nearest others. Each product is made once, for both of its rows."""
    kept = _Kept(len(rows), most)
    for start in range(0, len(rows), BLOCK):
        products = rows[start : start + BLOCK] @ rows[start:].T  # (b, n - start)
        own, other = np.divmod(np.flatnonzero(products >= at_least), products.shape[1])
        once = other > own
        own, other = own[once], other[once]
        kept.offer(own + start, other + start, products[own, other])
    return kept.pairs()


class _Kept:
    """The `most` nearest of each of so many rows, among pairs that come in the order of their places."""

    def __init__(self, count: int, most: int) -> None:
        self._most = most
        self._at_least: NDArray[np.float32] = np.full(
            count, -np.inf, dtype=np.float32
        )  # of rows that have all
        self._pairs = Pairs(*(np.zeros(0, dtype=np.int32),) * 2, np.zeros(0, dtype=np.float32))
        self._new: list[Pairs] = []

    def offer(self, left: NDArray[np.intp], right: NDArray[np.intp], likeness: NDArray[np.float32]) -> None:
        """Take pairs of rows; those on the left are before those on the right."""
        for row, place in ((right, left), (left, right)):
            better = likeness > self._at_least[row]
            own, other = row[better].astype(np.int32), place[better].astype(np.int32)
            self._new.append(Pairs(own, other, likeness[better]))
        if sum(len(one.row) for one in self._new) > PILE * len(self._at_least) * self._most:
            self._cut()

    def _cut(self) -> None:
        """Keep the best of each row. The sort is stable: of equal ones the earlier places stay first."""
        row, place, likeness = (np.concatenate(parts) for parts in zip(self._pairs, *self._new, strict=True))
        order = np.lexsort((-likeness, row))
        row, place, likeness = every = Pairs(row[order], place[order], likeness[order])
        best, last = every.rank < self._most, every.rank == self._most - 1
        self._pairs, self._new = Pairs(row[best], place[best], likeness[best]), []
        self._at_least[row[last]] = likeness[last]

    def pairs(self) -> Pairs:
        """What was found."""
        self._cut()
        return self._pairs


def spread(rows: Rows, *, alike: float = ALIKE) -> Rows:
    """Return unit rows (n, d), each moved towards those that it is linked with, alike by `alike` at least; others stay."""
    return leaned(rows, nearest_others(rows, most_links(len(rows)), at_least=alike), alike)


def most_links(count: int) -> int:
    """Neighbours that each of so many rows is linked with at most."""
    return min(MOST_LINKS, math.ceil(LINKS_PER_ROOT * math.sqrt(count)), count - 1)


def leaned(rows: Rows, near: Near, alike: float) -> Rows:
    """`spread` where the nearest of each row are known."""
    weights = _links(near, alike)
    total = weights.sum(axis=1, keepdims=True)
    weights /= np.where(total > 0, total, 1)
    pull = np.empty_like(rows)
    for _ in range(ROUNDS if near.places.shape[1] else 0):
        for start in range(0, len(rows), BLOCK):
            part = slice(start, start + BLOCK)
            pull[part] = np.einsum("nk,nkd->nd", weights[part], rows[near.places[part]])
        rows = np.where(total > 0, unit(rows + unit(pull)), rows)
    return rows


def _links(near: Near, alike: float) -> NDArray[np.float32]:
    """(n, k): how strong the link to each neighbour is: shared neighbours x likeness above `alike`; 0 if not mutual."""
    count, most = near.places.shape
    close = near.likeness > 0
    degree = close.sum(axis=1) + 1
    known = np.where(close, near.places, count)
    weights = np.zeros((count, most), dtype=np.float32)
    for start in range(0, count, BLOCK):
        part = slice(start, start + BLOCK)
        places = near.places[part]
        rows = np.arange(len(places))[:, None]
        own = np.zeros((len(places), count + 1), dtype=np.int8)
        own[rows, known[part]] = 1
        own[:, count] = 0  # no neighbour
        theirs = known[places]  # (b, k, k)
        shared = own.take(theirs + (rows * (count + 1))[:, None]).sum(axis=2, dtype=np.int8)
        shared += 2  # the two themselves
        mutual = (theirs == (rows + start)[:, None]).any(axis=2) & close[part]
        union = np.maximum(degree[part, None] + degree[places] - shared, 1)
        weights[part] = np.where(mutual, shared / union * (near.likeness[part] - alike), 0)
    return weights


def unit(rows: Rows) -> Rows:
    """Scale rows (n, d) to length 1; zero rows stay zero."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), dtype=np.float32)
