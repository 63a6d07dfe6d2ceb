"""Chances, thresholds and figures: known numbers, and what must hold for any."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from linnaeus.distill.calibrating import NEVER, Answered, fitted, least_score, slope_of, upper
from linnaeus.distill.figures import ece, interval


def test_wilson() -> None:
    # Wilson's interval of 10 of 100: 0.0552 to 0.1744 (Newcombe 1998, method 3, by hand)
    low, high = interval(0.1, 100)
    assert (round(low, 4), round(high, 4)) == (0.0552, 0.1744)
    assert upper(np.array([0.0]), np.array([20.0]))[0] == pytest.approx(1.64**2 / (20 + 1.64**2))


@given(st.lists(st.booleans(), min_size=1, max_size=120), st.floats(0.01, 0.45))
def test_answers_keep_the_promise(right: list[bool], promised: float) -> None:
    """`right`: whether the answers are, the surest first."""
    scores = np.linspace(0.99, 0.51, len(right))
    texts = Answered(np.zeros((len(right), 4)), np.array(right, float), np.ones(len(right)))
    answered = scores >= least_score(scores, texts, promised)
    if answered.any():
        wrong = 1 - np.array(right)[answered].mean()
        assert upper(np.array([wrong]), np.array([answered.sum()]))[0] <= promised


def test_nothing_is_answered_that_is_more_likely_wrong() -> None:
    scores = np.linspace(0.9, 0.1, 100)
    texts = Answered(np.zeros((100, 4)), np.ones(100), np.ones(100))
    assert least_score(scores, texts, 0.05) == pytest.approx(0.5)
    assert least_score(scores, texts._replace(right=np.zeros(100)), 0.05) == NEVER


def test_an_overconfident_network_is_made_less_so() -> None:
    draw = np.random.default_rng(0)
    odds = draw.standard_normal((4000, 3)).astype(np.float32)
    chances = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
    columns = (draw.random((4000, 1)) > chances.cumsum(axis=1)).sum(axis=1)
    labels = csr_matrix((np.ones(4000, np.float32), columns, np.arange(4001)), shape=(4000, 3))
    assert slope_of(odds * 4, labels, several=False) == pytest.approx(0.25, rel=0.15)
    assert np.allclose(fitted(odds * 4, labels, several=False).chances(odds * 4), chances, atol=0.05)


def test_ece() -> None:
    assert ece(np.array([0.9] * 10), np.array([1.0] * 9 + [0.0])) == pytest.approx(0)
    assert ece(np.array([0.9, 0.9]), np.array([1.0, 0.0])) == pytest.approx(0.4)
    assert ece(np.zeros(0), np.zeros(0)) == 0
