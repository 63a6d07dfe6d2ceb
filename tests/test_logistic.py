"""The fit ends at the most likely weights, also where plain Newton steps would run away."""

from __future__ import annotations

import numpy as np
import pytest

from linnaeus.logistic import most_likely, sigmoid


@pytest.mark.parametrize("seed", range(30))
def test_the_gradient_is_zero_where_it_ends(seed: int) -> None:
    random = np.random.default_rng(seed)
    features = np.stack([np.ones(2000), random.normal(2, 1.5, 2000), random.normal(3, 2, 2000)], axis=1)
    right = (random.random(2000) < [0.02, 0.5, 0.999][seed % 3]).astype(
        np.float64
    )  # far from where it starts
    start, prior = np.array([0.15, 0.43, 1.65]), np.diag([4.0, 25.0, 11.0])
    line, _ = most_likely(features, right, np.ones(2000), start=start, prior=prior)
    gradient = features.T @ (right - sigmoid(features @ line)) - prior @ (line - start)
    assert np.abs(gradient).max() < 1e-3
