"""Which texts to label next: what must hold for any chances and vectors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linnaeus.distill.telling import doubt, telling

EVEN, SURE = [0.5, 0.5, 0.0], [0.98, 0.01, 0.01]


def test_doubt() -> None:
    assert doubt(np.array([EVEN, SURE], np.float32), several=False) == pytest.approx([1.0, 0.03], abs=1e-6)
    # of several labels 0.5 is as doubtful as can be, and so is 0.5 beside a sure one
    found = doubt(np.array([[0.99, 0.5], [0.99, 0.01]], np.float32), several=True)
    assert found == pytest.approx([1.0, 0.02], abs=1e-6)


def test_doubtful_texts_come_first_and_near_ones_wait() -> None:
    likely = np.array([SURE, EVEN, EVEN, [0.6, 0.4, 0.0]], np.float32)
    vectors = np.array([[0, 0, 1], [1, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    assert telling(likely, vectors, 9, several=False).tolist()[:3] == [1, 3, 0], "2 says what 1 says"


@given(st.integers(0, 30), st.integers(0, 40), st.booleans(), st.integers(0, 9))
def test_each_text_once_and_as_many_as_wanted(count: int, wanted: int, several: bool, seed: int) -> None:
    draw = np.random.default_rng(seed)
    likely = draw.dirichlet(np.ones(4), count).astype(np.float32)
    vectors = draw.integers(-1, 2, (count, 3)).astype(np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1)
    found = telling(likely, vectors, wanted, several=several).tolist()
    assert len(found) == len(set(found)) == min(count, wanted)
