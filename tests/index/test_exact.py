"""Cosines of whole numbers do not depend on the shape of the batch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from linnaeus.index import ExactIndex, cosines, quantise
from linnaeus.index.exact import BLOCK
from linnaeus.types import Codes

rows = arrays(np.int8, st.tuples(st.integers(1, 40), st.just(384)), elements=st.integers(-127, 127))


@given(rows, st.integers(1, 7))
def test_a_cosine_is_the_same_in_any_batch(codes: Codes, size: int) -> None:
    whole = cosines(codes, codes)
    parts = np.vstack([cosines(codes[start : start + size], codes) for start in range(0, len(codes), size)])
    single = np.hstack([cosines(codes, row[None]) for row in codes])
    assert np.array_equal(whole, parts)
    assert np.array_equal(whole, single)


@given(rows, rows)
def test_an_index_that_grew_finds_what_one_made_at_once_finds(first: Codes, more: Codes) -> None:
    grown, whole = ExactIndex(first), ExactIndex(np.vstack([first, more]))
    for row in more:
        grown.add(row[None])
    assert len(grown) == len(whole)
    for (places, found), (same, too) in zip(near(grown, first), near(whole, first), strict=True):
        assert places.tolist() == same.tolist()
        assert found.tolist() == too.tolist()


def near(index: ExactIndex, queries: Codes) -> list[tuple[NDArray[np.intp], NDArray[np.float64]]]:
    return index.nearest(queries, most=7, at_least=-1.0)


@given(st.integers(0, 10**6))
def test_blocks_do_not_show(seed: int) -> None:
    codes = np.random.default_rng(seed).integers(-127, 128, size=(BLOCK + 300, 8)).astype(np.int8)
    queries = codes[:3]
    for query, (places, found) in enumerate(near(ExactIndex(codes), queries)):
        all_of_them = cosines(queries, codes)[query]
        assert places.tolist() == np.argsort(-all_of_them, kind="stable")[:7].tolist()
        assert found.tolist() == all_of_them[places].tolist()


@given(rows, rows, st.floats(-1, 1), st.integers(1, 7))
def test_nothing_near_enough_is_missed(base: Codes, queries: Codes, at_least: float, most: int) -> None:
    found = ExactIndex(base).nearest(queries, most=most, at_least=at_least)
    for all_of_them, (places, near) in zip(cosines(queries, base), found, strict=True):
        order = np.argsort(-all_of_them, kind="stable")
        assert places.tolist() == order[all_of_them[order] >= at_least][:most].tolist()
        assert near.tolist() == all_of_them[places].tolist()


@pytest.mark.parametrize("width", [384, 1040, 3072])
def test_products_are_exact_at_any_width(width: int) -> None:
    codes = np.full((2, width), 127, dtype=np.int8)
    codes[1, 0] = 126
    exact = (
        (127 * 127 * (width - 1) + 127 * 126)
        / np.sqrt(127.0**2 * width)
        / np.sqrt(127.0**2 * (width - 1) + 126.0**2)
    )
    assert cosines(codes[:1], codes[1:])[0, 0] == pytest.approx(exact, abs=1e-15)


def test_quantising_keeps_directions() -> None:
    vectors = np.random.default_rng(0).normal(size=(50, 384)).astype(np.float32)
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    codes = quantise(units)
    assert codes.dtype == np.int8
    assert np.abs(codes).max() == 127
    assert np.abs(cosines(codes, codes) - units @ units.T).max() < 0.01
    assert not quantise(np.zeros((1, 384), np.float32)).any()


def test_nearest_gives_the_best_first_and_earlier_rows_at_ties() -> None:
    base = np.array([[0, 1], [1, 0], [1, 0], [1, 1]], dtype=np.int8)
    places, found = ExactIndex(base).nearest(np.array([[1, 0]], dtype=np.int8), most=3, at_least=0.5)[0]
    assert places.tolist() == [1, 2, 3]
    assert found.tolist() == pytest.approx([1, 1, 0.5**0.5])


def test_a_zero_row_is_like_nothing() -> None:
    assert cosines(np.zeros((1, 3), np.int8), np.ones((1, 3), np.int8))[0, 0] == 0.0
