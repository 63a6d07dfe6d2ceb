"""Hierarchies, calibration, and whether intervals hold what they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss

from linnaeus.metrics.calibration import calibration, reliability
from linnaeus.metrics.flat import labels, single
from linnaeus.metrics.hierarchy import by_ancestors, error_levels, first_errors
from linnaeus.metrics.intervals import bootstrap, f1_interval, wilson
from tests.metrics.made import rows

# 0 over 1 and 2, 1 over 3; 4 stands alone
LINES = rows([[0], [0, 1], [0, 2], [0, 1, 3], [4]])
PATHS = np.array([[0, -1, -1], [0, 1, -1], [0, 2, -1], [0, 1, 3], [4, -1, -1]], np.int32)


def test_labels_count_with_all_above_them() -> None:
    """Gold 3 (0, 1, 3), found 2 (0, 2): one of two given is right, one of three wanted is found."""
    ours = by_ancestors(rows([[3]]), rows([[2]]), LINES)(np.ones(1))
    assert ours["precision with ancestors"] == 1 / 2 and ours["recall with ancestors"] == pytest.approx(1 / 3)
    assert ours["f1 with ancestors"] == pytest.approx(2 / 5)


def test_where_the_first_error_is() -> None:
    gold = rows([[3], [3], [3], [3], [3], [], [3, 4]])
    found = rows([[3], [1], [2], [4], [], [0], [4]])
    level, counted = first_errors(gold, found, PATHS)
    assert level.tolist() == [0, 3, 2, 1, 0, 0, 0] and counted.tolist() == [True] * 4 + [False, False, True]
    shares = error_levels(level, counted)(np.ones(7))
    assert shares == {"best label right": 0.4} | {f"first error at level {at}": 0.2 for at in (1, 2, 3)}


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1))
def test_brier_agrees_with_scikit_learn_and_ece_with_its_definition(both: list[tuple[float, bool]]) -> None:
    scores, right = (np.array(side) for side in zip(*both, strict=True))
    ours = calibration(scores, right, np.arange(len(both)))(np.ones(len(both)))
    assert ours["Brier"] == pytest.approx(brier_score_loss(right, scores, pos_label=True))
    bins = reliability(scores, right)
    assert sum(one.n for one in bins) == len(both)
    assert ours["ECE"] == pytest.approx(sum(one.n * abs(one.score - one.right) for one in bins) / len(both))


def test_wilson_as_published() -> None:
    """Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    low, high = wilson(np.array([81.0, 15, 0, 1]), np.array([263.0, 148, 20, 29]))
    np.testing.assert_allclose(low, [0.2553, 0.0624, 0, 0.0061], atol=1e-4)
    np.testing.assert_allclose(high, [0.3662, 0.1605, 0.1611, 0.1718], atol=1e-4)
    assert f1_interval(np.array([0.0]), np.array([0.0]), np.array([0.0]))[1].tolist() == [1.0]


def test_a_perfect_result_has_an_interval_too() -> None:
    found = bootstrap(single(rows([[0]] * 20), rows([[0]] * 20)), 20)["accuracy"]
    assert found.value == 1 and found.high == 1 and found.low == pytest.approx(0.025 ** (1 / 20))
    lone = bootstrap(single(rows([[0]]), rows([[0]])), 1)["accuracy"]
    assert lone.value == 1 and lone.low is None


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Two labels a text out of 8, each found with chance 0.7, one in three found wrongly: 100 samples of 150 texts."""
    random = np.random.default_rng(3)

    def sample(n: int) -> tuple[list[list[int]], list[list[int]]]:
        gold = [sorted(random.choice(8, 2, replace=False).tolist()) for _ in range(n)]
        kept = [[one for one in both if random.random() < 0.7] for both in gold]
        return gold, [
            sorted({*one, *([int(random.integers(8))] if random.random() < 0.33 else [])}) for one in kept
        ]

    gold, found = sample(40_000)
    truth = labels(rows(gold), rows(found))(np.ones(len(gold)))
    names = ("precision", "recall", "f1", "macro f1", "subset accuracy", "f1 a text")
    held = dict.fromkeys(names, 0)
    for seed in range(100):
        gold, found = sample(150)
        intervals = bootstrap(labels(rows(gold), rows(found)), 150, seed)
        for name in names:
            _, low, high = intervals[name]
            assert low is not None and high is not None
            held[name] += low <= truth[name] <= high
    assert all(89 <= times <= 100 for times in held.values()), held
