"""The best of many scores are those that sorting all of them gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from linnaeus.index.best import CHUNK, best

scores = arrays(
    np.float32, st.integers(0, 5 * CHUNK), elements=st.sampled_from([-1.0, 0.0, 0.5, 0.5001, 2.0])
)


@given(scores, st.integers(0, 400), st.sampled_from([-np.inf, 0.0, 0.5]))
def test_best_is_the_head_of_a_stable_sort(row: NDArray[np.float32], most: int, above: float) -> None:
    order = np.argsort(-row, kind="stable")
    assert best(row, most, above=above).tolist() == order[row[order] > above][:most].tolist()


@pytest.mark.parametrize("seed", range(5))
def test_many_chunks(seed: int) -> None:
    row = np.random.default_rng(seed).normal(size=100 * CHUNK + 7).astype(np.float32)
    assert best(row, 50).tolist() == np.argsort(-row, kind="stable")[:50].tolist()
