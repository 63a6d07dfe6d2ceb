"""Rows of sparse matrices: the best of each, values at chosen places, products at chosen places. Knows nothing of texts.

A *table* is a scipy CSR matrix (texts, labels) with sorted columns; *pairs* is one whose stored places are what is
asked for.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Sparse: TypeAlias = Any
"""A scipy.sparse CSR matrix of float32."""

Floats: TypeAlias = NDArray[np.float32]

AT_ONCE = 512  # texts that are compared at a time
DENSE = 20_000_000  # weights, zeros too, up to which they are held as a full matrix: 80 MB


def from_parts(values: NDArray[Any], columns: NDArray[Any], starts: NDArray[Any], width: int) -> Sparse:
    """The matrix (len(starts) - 1, `width`) of these stored values; its columns sorted within each row."""
    import scipy.sparse

    made = scipy.sparse.csr_matrix(
        (values.astype(np.float32, copy=False), columns.astype(np.int32, copy=False), starts),
        shape=(len(starts) - 1, width),
    )
    made.sort_indices()
    return made


def from_keys(keys: NDArray[np.int64], values: NDArray[Any], rows: int, width: int) -> Sparse:
    """The matrix (`rows`, `width`) of values at these rising keys; see `keys_of`."""
    starts = np.searchsorted(keys, np.arange(rows + 1) * width)
    return from_parts(values, keys % width, starts, width)


def unit_rows(matrix: Sparse) -> Sparse:
    """Each row scaled to length 1; a row of zeros stays one."""
    import scipy.sparse

    sizes = row_lengths(matrix)
    return scipy.sparse.diags(1 / np.where(sizes > 0, sizes, 1)).dot(matrix).tocsr().astype(np.float32)


def row_lengths(matrix: Sparse) -> Floats:
    """The Euclidean length of each row."""
    squares = matrix.copy()
    squares.data = squares.data**2
    return np.sqrt(row_sums(squares))


def row_sums(matrix: Sparse) -> Floats:
    """The sum of each row."""
    return np.asarray(matrix.sum(axis=1), dtype=np.float32).ravel()


def common(matrix: Sparse, most: float) -> NDArray[np.bool_]:
    """Which columns more than `most` rows have."""
    return np.asarray(np.bincount(matrix.indices, minlength=matrix.shape[1]) > most)


def without(matrix: Sparse, columns: NDArray[np.bool_]) -> Sparse:
    """The matrix with nothing in these columns."""
    kept = matrix.copy()
    kept.data[columns[kept.indices]] = 0
    kept.eliminate_zeros()
    return kept


def rows_of(matrix: Sparse) -> NDArray[np.int64]:
    """The row of each stored value."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def best_of_rows(matrix: Sparse, most: int) -> Sparse:
    """Up to `most` of the largest values of each row, as a matrix."""
    sizes = np.diff(matrix.indptr)
    kept = np.repeat(sizes <= most, sizes)
    for row in np.flatnonzero(sizes > most):
        start, end = matrix.indptr[row : row + 2]
        kept[start + np.argpartition(matrix.data[start:end], -most)[-most:]] = True
    starts = np.concatenate([[0], np.cumsum(np.minimum(sizes, most))])
    places = np.flatnonzero(kept)
    return from_parts(matrix.data[places], matrix.indices[places], starts, matrix.shape[1])


def best_of_dense(matrix: Floats, most: int) -> Sparse:
    """Up to `most` of the largest values of each row of a dense matrix (m, n)."""
    rows, width = matrix.shape
    most = min(most, width)
    if most == 0:
        return from_parts(np.zeros(0), np.zeros(0), np.zeros(rows + 1, dtype=np.int64), width)
    least = np.partition(matrix, width - most, axis=1)[:, width - most, None]
    places = np.flatnonzero(matrix >= least)
    starts = np.searchsorted(places, np.arange(rows + 1) * width)
    found = from_parts(matrix.ravel()[places], places % width, starts, width)
    return found if len(places) == rows * most else best_of_rows(found, most)  # as many are equal


def union(*tables: Sparse) -> Sparse:
    """The pairs that any of the tables has; all values are 1."""
    marked = [_marks(table) for table in tables]
    found = sum(marked[1:], marked[0]).tocsr()
    found.data[:] = 1
    found.sort_indices()
    return found


def _marks(table: Sparse) -> Sparse:
    marks = table.copy()
    marks.data = np.ones_like(marks.data)
    return marks


def keys_of(table: Sparse) -> NDArray[np.int64]:
    """A number for each stored place, growing along the table."""
    return np.asarray(rows_of(table) * table.shape[1] + table.indices, dtype=np.int64)


def at_pairs(table: Sparse, pairs: Sparse) -> Floats:
    """The values of `table` at `pairs`, in their order; 0 where it has none."""
    return valued(keys_of(table), table.data, pairs)


def valued(keys: NDArray[np.int64], values: NDArray[Any], pairs: Sparse) -> Floats:
    """The value of each of the `pairs` among `values` with these sorted `keys`; 0 where there is none."""
    wanted = keys_of(pairs)
    if not len(keys):
        return np.zeros(len(wanted), dtype=np.float32)
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, values[places], 0).astype(np.float32)


class Products:
    """Of rows of `weights` (n, d) with other rows, at chosen places; what they need is made once."""

    def __init__(self, weights: Sparse) -> None:
        few = weights.shape[0] * weights.shape[1] <= DENSE
        self._weights = weights
        self._across = np.ascontiguousarray(weights.toarray().T) if few else None  # (d, n)

    def at(self, rows: Sparse, pairs: Sparse) -> Floats:
        """For each pair (i, j): the product of row i of `rows` (m, d) with row j of the weights."""
        return self._picked(rows, pairs) if self._across is None else self._of_all(rows, self._across, pairs)

    def _picked(self, rows: Sparse, pairs: Sparse) -> Floats:
        found = np.zeros(pairs.nnz, dtype=np.float32)
        text = np.zeros(rows.shape[1], dtype=np.float32)
        for row in range(pairs.shape[0]):
            asked = slice(pairs.indptr[row], pairs.indptr[row + 1])
            part = slice(rows.indptr[row], rows.indptr[row + 1])
            text[rows.indices[part]] = rows.data[part]
            found[asked] = self._weights[pairs.indices[asked]] @ text
            text[rows.indices[part]] = 0
        return found

    @staticmethod
    def _of_all(rows: Sparse, across: Floats, pairs: Sparse) -> Floats:
        """By all products: of few labels that costs less than to pick the pairs."""
        found = np.zeros(pairs.nnz, dtype=np.float32)
        for start in range(0, pairs.shape[0], AT_ONCE):
            block = rows[start : start + AT_ONCE] @ across
            part = slice(pairs.indptr[start], pairs.indptr[start + len(block)])
            owners = np.repeat(np.arange(len(block)), np.diff(pairs.indptr[start : start + len(block) + 1]))
            found[part] = block[owners, pairs.indices[part]]
        return found


def largest_of_rows(values: Floats, pairs: Sparse) -> Floats:
    """The largest of the values of each row (rows,); 0 for a row without one above."""
    best = np.zeros(pairs.shape[0], dtype=np.float32)
    np.maximum.at(best, rows_of(pairs), values)
    return best


def places_in_row(values: Floats, pairs: Sparse) -> Floats:
    """For each pair how many of its row have a larger value; ties by their column."""
    rows = rows_of(pairs)
    order = np.lexsort((-values, rows))
    places = np.empty(len(values), dtype=np.float32)
    places[order] = np.arange(len(values)) - pairs.indptr[rows[order]]
    return places


def stacked(parts: list[Sparse], width: int) -> Sparse:
    """The rows of all parts, one part after the other."""
    import scipy.sparse

    if not parts:
        return from_parts(np.zeros(0), np.zeros(0), np.zeros(1, dtype=np.int64), width)
    return scipy.sparse.vstack(parts, format="csr")


def chosen(pairs: Sparse, wanted: NDArray[np.bool_]) -> Sparse:
    """The pairs that are wanted, (pairs,)."""
    kept = pairs.copy()
    kept.data = wanted.astype(np.float32)
    kept.eliminate_zeros()
    return kept
