"""Cosines of quantised vectors that do not depend on the shape of the batch. Knows nothing of texts, labels or storage.

A float32 product changes in its last bits with the number of rows, so a decision at a threshold could depend on how a
stream was cut. Rows are therefore rounded to whole numbers in [-127, 127]: products of whole numbers are exact in any
order as long as the sum stays below 2**24 (float32) or 2**53 (float64).
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from linnaeus.index.growing import GrowingArray
from linnaeus.types import Codes, Vectors

LARGEST = 127
BLOCK = 1024  # rows widened to floats at a time
EXACT_IN_FLOAT32 = 2**24 // LARGEST**2  # widest row whose products sum exactly in float32: 1,040


def quantise(vectors: Vectors) -> Codes:
    """Round each row of `vectors` (n, d) to whole numbers, scaled so that its largest component becomes +-127.

    The direction of a 384-wide unit row changes by less than 0.01 in cosine. A zero row stays zero.
    """
    peak = np.abs(vectors).max(axis=1, keepdims=True, initial=0.0)  # (n, 1)
    scale = np.divide(LARGEST, peak, out=np.zeros_like(peak), where=peak > 0)
    codes: Codes = np.rint(vectors * scale).astype(np.int8)
    return codes


def wide(codes: Codes) -> NDArray[np.floating]:
    """Return `codes` as floats wide enough that products of two rows sum exactly."""
    return codes.astype(np.float32 if codes.shape[1] <= EXACT_IN_FLOAT32 else np.float64)


def units(codes: Codes) -> NDArray[np.float32]:
    """Return each row of `codes` (n, d) scaled to length 1; a zero row stays one."""
    rows = wide(codes)
    return np.asarray(rows / lengths(rows)[:, None], dtype=np.float32)


def lengths(rows: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the Euclidean length of each whole-number row (n, d); 1 for a zero row, so that its cosines are 0."""
    squares = np.einsum("ij,ij->i", rows, rows, dtype=np.float64)
    return np.sqrt(np.where(squares > 0, squares, 1.0))


def cosines(left: Codes, right: Codes) -> NDArray[np.float64]:
    """Return the cosine of each row of `left` (m, d) with each row of `right` (n, d), as (m, n); exact products."""
    a, b = wide(left), wide(right)
    return np.asarray((a @ b.T).astype(np.float64) / lengths(a)[:, None] / lengths(b)[None, :])


class ExactIndex:
    """Rows that grow, searched exactly. Holds 1 byte a component: 38 MB for 100,000 rows of 384."""

    def __init__(self, codes: Codes) -> None:
        self._rows = GrowingArray(codes)
        self._lengths = GrowingArray(lengths(wide(codes)))

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def rows(self) -> Codes:
        """The rows (n, d), by position."""
        return self._rows.rows

    def add(self, codes: Codes) -> None:
        """Append rows (n, d); they get the positions from len(self) on."""
        self._rows.add(codes)
        self._lengths.add(lengths(wide(codes)))

    def nearest(
        self, queries: Codes, *, most: int, at_least: float
    ) -> list[tuple[NDArray[np.intp], NDArray[np.float64]]]:
        """For each query (m, d): positions and cosines of its up to `most` best rows at or above `at_least`.

        Best first; ties go to the earlier row.
        """
        wanted = wide(queries)
        own = lengths(wanted)  # (m,)
        parts = []
        for start in range(0, len(self), BLOCK):
            block = wide(self._rows.rows[start : start + BLOCK])  # (b, d)
            across = self._lengths.rows[start : start + BLOCK]
            products = wanted @ block.T  # (m, b)
            enough = products >= _least_product(own, across, at_least)[:, None]
            rows, places = np.divmod(np.flatnonzero(enough), len(block))  # several times as fast as nonzero
            near = products[rows, places].astype(np.float64) / own[rows] / across[places]
            kept = near >= at_least
            parts.append((rows[kept], places[kept] + start, near[kept]))
        return _best(len(queries), most, parts)


def _least_product(own: NDArray[np.float64], across: NDArray[np.float64], at_least: float) -> Vectors:
    """(m,): no product of one of the rows with lengths `own` (m,) and one of `across` is less where their cosine is enough.

    Most products are less, so few need their cosine worked out.
    """
    shortest = across.min() if at_least > 0 else across.max()
    return np.asarray(own * shortest * (at_least - 1e-5), dtype=np.float32)


def _best(
    queries: int,
    most: int,
    parts: list[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]],
) -> list[tuple[NDArray[np.intp], NDArray[np.float64]]]:
    """For each query the best of (query, place, cosine), which come with places rising."""
    if not parts:
        return [(np.zeros(0, dtype=np.intp), np.zeros(0))] * queries
    rows, places, cosines = (np.concatenate(values) for values in zip(*parts, strict=True))
    order = np.lexsort((-cosines, rows))  # stable: ties go to the earlier row
    ends = np.searchsorted(rows[order], np.arange(queries + 1))
    found = [order[start:end][:most] for start, end in pairwise(ends)]
    return [(places[one], cosines[one]) for one in found]
