"""Helpers on sparse rows say what numpy says of the same rows written out."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from linnaeus.closed.taught import sparse
from linnaeus.closed.taught.sparse import Sparse

VALUES = st.sampled_from([0.0, 0.0, 0.25, 0.5, 1.0, 2.0])
dense = st.tuples(st.integers(0, 6), st.integers(1, 7)).flatmap(
    lambda shape: arrays(np.float32, shape, elements=VALUES)
)
two = st.tuples(st.integers(0, 6), st.integers(1, 7)).flatmap(
    lambda shape: st.tuples(*(arrays(np.float32, shape, elements=VALUES) for _ in range(2)))
)


def packed(rows: NDArray[np.float32]) -> Sparse:
    row, column = np.nonzero(rows)
    starts = np.searchsorted(row, np.arange(len(rows) + 1))
    return sparse.from_parts(rows[row, column], column, starts, rows.shape[1])


@given(dense, st.integers(1, 8))
def test_the_best_of_rows(rows: NDArray[np.float32], most: int) -> None:
    for best in (sparse.best_of_rows(packed(rows), most), sparse.best_of_dense(rows, most)):
        found = best.toarray()
        assert found.shape == rows.shape
        for got, row in zip(found, rows, strict=True):
            assert np.all((got == row) | (got == 0))
            assert sorted(got[got > 0]) == sorted(sorted(row[row > 0])[-most:])


@given(two)
def test_values_at_pairs(both: tuple[NDArray[np.float32], NDArray[np.float32]]) -> None:
    rows, wanted = both
    pairs = packed(wanted)
    assert np.array_equal(sparse.at_pairs(packed(rows), pairs), rows[np.nonzero(wanted)])
    assert np.array_equal(
        sparse.union(packed(rows), pairs).toarray(), ((rows + wanted) > 0).astype(np.float32)
    )
    keep = pairs.data > 0.5
    assert np.array_equal(sparse.chosen(pairs, keep).toarray(), (wanted > 0.5).astype(np.float32))


@given(two, st.integers(1, 4))
def test_products(both: tuple[NDArray[np.float32], NDArray[np.float32]], labels: int) -> None:
    rows, others = both
    weights = np.resize(others, (labels, rows.shape[1])) if others.size else np.ones((labels, rows.shape[1]))
    pairs = packed(np.ones((len(rows), labels), np.float32))
    products = sparse.Products(packed(weights.astype(np.float32)))
    for _ in range(2):  # the second by what the first has made
        assert np.allclose(products.at(packed(rows), pairs), (rows @ weights.T).ravel())
    products._across = None  # as though there were too many to hold
    assert np.allclose(products.at(packed(rows), pairs), (rows @ weights.T).ravel())


@given(dense, st.integers(0, 4))
def test_columns_that_many_rows_have(rows: NDArray[np.float32], most: int) -> None:
    many = (rows > 0).sum(axis=0) > most
    held = packed(rows)
    assert np.array_equal(sparse.common(held, most), many)
    assert np.array_equal(sparse.without(held, many).toarray(), np.where(many, 0, rows))
    assert np.array_equal(held.toarray(), rows), "what it was made of stays as it was"


@given(dense)
def test_sums_lengths_and_places(rows: NDArray[np.float32]) -> None:
    held = packed(rows)
    sizes = np.linalg.norm(rows, axis=1)
    assert np.allclose(sparse.row_lengths(held), sizes)
    assert np.allclose(sparse.row_sums(held), rows.sum(axis=1))
    assert np.allclose(np.linalg.norm(sparse.unit_rows(held).toarray(), axis=1), sizes > 0)
    assert np.array_equal(sparse.largest_of_rows(held.data, held), rows.max(axis=1, initial=0))
    places = sparse.places_in_row(held.data, held)
    for number, row in enumerate(rows):
        own = places[held.indptr[number] : held.indptr[number + 1]]
        values = row[row > 0]
        assert sorted(own) == list(range(len(values)))
        assert np.all(np.diff(values[np.argsort(own)]) <= 0)
    halves = [held[: len(rows) // 2], held[len(rows) // 2 :]]
    assert np.array_equal(sparse.stacked(halves, rows.shape[1]).toarray(), rows)


def test_no_rows_at_all() -> None:
    assert sparse.stacked([], 3).shape == (0, 3)
    assert sparse.best_of_dense(np.zeros((2, 0), np.float32), 3).shape == (2, 0)
    none = sparse.valued(np.zeros(0, np.int64), np.zeros(0), packed(np.ones((1, 2), np.float32)))
    assert none.tolist() == [0, 0]
