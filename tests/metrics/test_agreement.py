"""Kappa against scikit-learn, alpha against Krippendorff's own example."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from sklearn.metrics import cohen_kappa_score

from linnaeus.metrics.agreement import agreement
from tests.metrics.made import one_each


@given(one_each)
def test_kappa_agrees_with_scikit_learn(both: list[tuple[int, int]]) -> None:
    one, other = (np.array(side) for side in zip(*both, strict=True))
    ours = agreement(one, other)(np.ones(len(both)))["kappa"]
    if len({*one.tolist(), *other.tolist()}) > 1:
        assert ours == pytest.approx(cohen_kappa_score(one, other))
    else:
        assert np.isnan(ours)


def test_alpha_as_published() -> None:
    """Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", B: binary data, two observers: 0.095."""
    one = np.array([0, 1, 0, 0, 0, 0, 0, 0, 1, 0])
    other = np.array([1, 1, 1, 0, 0, 1, 0, 0, 0, 0])
    assert agreement(one, other)(np.ones(10))["alpha"] == pytest.approx(0.095, abs=5e-4)
    assert np.isnan(agreement(one * 0, one * 0)(np.ones(10))["alpha"])
