"""Ward's tree is that of scipy, in time also where all is alike or equally far."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster import hierarchy
from sklearn.metrics import adjusted_rand_score

from linnaeus.consolidate.features import Rows
from linnaeus.discover.ward import ward


def rows_of(seed: int, count: int, width: int) -> Rows:
    return np.random.default_rng(seed).normal(size=(count, width)).astype(np.float32)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    count=st.integers(2, 300),
    width=st.integers(2, 20),
    repeated=st.integers(1, 3),
    number=st.integers(1, 40),
)
def test_cuts_are_those_of_scipy(seed: int, count: int, width: int, repeated: int, number: int) -> None:
    rows = np.repeat(rows_of(seed, count, width), repeated, axis=0)
    wanted = min(number, count)
    groups = ward(rows)(number)
    tree = hierarchy.ward(rows.astype(np.float64))
    assert len(set(groups.tolist())) == wanted
    assert adjusted_rand_score(hierarchy.fcluster(tree, wanted, "maxclust"), groups) == pytest.approx(1)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    rows = rows_of(seed, 80, 5)
    order = np.random.default_rng(seed).permutation(len(rows))
    assert adjusted_rand_score(ward(rows)(9)[order], ward(rows[order])(9)) == pytest.approx(1)


def test_rows_that_are_one_are_never_parted() -> None:
    rows = np.array([[0.0, 1], [-0.0, 1.00001], [1, 0], [0, -1]], np.float32)
    groups = ward(rows)(4).tolist()
    assert groups[0] == groups[1] and len(set(groups)) == 3


@pytest.mark.parametrize(
    "rows",
    [
        np.ones((3_000, 4), np.float32),
        np.eye(1_000, dtype=np.float32),
        np.cumsum(np.linspace(1, 2, 1_500, dtype=np.float32))[:, None],  # each is nearest to the one before
        np.ones((1, 4), np.float32),
    ],
    ids=["alike", "equally far", "a chain", "one"],
)
def test_ties_and_chains_take_no_long(rows: Rows) -> None:
    began = time.process_time()
    groups = ward(rows)(4)
    assert time.process_time() - began < 5
    assert len(set(groups.tolist())) == min(4, len(np.unique(rows, axis=0)))
