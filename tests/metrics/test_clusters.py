"""Figures of open label sets against scikit-learn and known numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from sklearn import metrics

from linnaeus.metrics.clusters import _assign, adjusted_information, clusters, majority, matching
from tests.metrics.made import one_each

THEIRS: dict[str, Callable[..., float]] = {
    "V-measure": metrics.v_measure_score,
    "homogeneity": metrics.homogeneity_score,
    "completeness": metrics.completeness_score,
    "ARI": metrics.adjusted_rand_score,
    "AMI": metrics.adjusted_mutual_info_score,
}


@given(one_each)
def test_figures_agree_with_scikit_learn_where_they_are_defined(both: list[tuple[int, int]]) -> None:
    gold, found = (np.array(side) for side in zip(*both, strict=True))
    ours = clusters(gold, found)(np.ones(len(both)))
    for name, theirs in THEIRS.items():
        if not np.isnan(ours[name]):
            assert ours[name] == pytest.approx(theirs(gold, found), abs=1e-9), name
        else:
            assert len(set(gold.tolist())) in (1, len(gold)) or len(set(found.tolist())) in (1, len(gold)), (
                name
            )


def test_large_sizes_agree_too() -> None:
    random = np.random.default_rng(1)
    gold = random.integers(0, 60, 5000)
    found = np.where(
        random.random(5000) < 0.6, gold * 2 + random.integers(0, 2, 5000), random.integers(0, 120, 5000)
    )
    ours = clusters(gold, found)(np.ones(5000))
    for name, theirs in THEIRS.items():
        assert ours[name] == pytest.approx(theirs(gold, found), abs=1e-9), name
    assert adjusted_information(gold, found) == pytest.approx(ours["AMI"], abs=1e-12)


def test_b_cubed_of_the_paper_by_amigo() -> None:
    """By hand: gold aab, found 1 2 2: precision (1 + 1/2 + 1/2) / 3, recall (1/2 + 1/2 + 1) / 3."""
    ours = clusters(np.array([0, 0, 1]), np.array([0, 1, 1]))(np.ones(3))
    assert ours["B-cubed precision"] == pytest.approx(2 / 3) and ours["B-cubed recall"] == pytest.approx(
        2 / 3
    )
    assert ours["B-cubed f1"] == pytest.approx(2 / 3) and ours["purity"] == pytest.approx(2 / 3)


def test_one_class_only_is_undefined() -> None:
    ours = clusters(np.zeros(5, int), np.zeros(5, int))(np.ones(5))
    assert all(np.isnan(ours[name]) for name in (*THEIRS,)) and ours["purity"] == 1


@given(one_each, st.data())
def test_a_weight_is_how_often_a_text_is_there(both: list[tuple[int, int]], data: st.DataObject) -> None:
    times = np.array([data.draw(st.integers(0, 3)) for _ in both])
    gold, found = (np.array(side) for side in zip(*both, strict=True))
    if times.sum() == 0:
        return
    weighted = clusters(gold, found)(times.astype(float))
    whole = clusters(np.repeat(gold, times), np.repeat(found, times))(np.ones(times.sum()))
    for name in ("V-measure", "homogeneity", "completeness", "purity", "B-cubed precision", "B-cubed f1"):
        assert weighted[name] == pytest.approx(whole[name], nan_ok=True)


@given(st.integers(1, 8), st.integers(0, 6), st.integers(0, 10**6))
def test_the_best_matching_is_that_of_scipy(rows: int, more: int, seed: int) -> None:
    cost = np.random.default_rng(seed).integers(-9, 9, (rows, rows + more)).astype(float)
    ours, (theirs, columns) = _assign(cost), linear_sum_assignment(cost)
    assert len(set(ours.tolist())) == rows
    assert cost[np.arange(rows), ours].sum() == pytest.approx(cost[theirs, columns].sum())


@given(one_each)
def test_matching_and_majority(both: list[tuple[int, int]]) -> None:
    gold, found = (np.array(side) for side in zip(*both, strict=True))
    means = matching(gold, found)
    assert means is not None
    table = metrics.cluster.contingency_matrix(gold, found)
    best = table[linear_sum_assignment(-table)].sum()
    assert (means[found] == gold).sum() == best
    assert (majority(gold, found)[found] == gold).sum() == table.max(axis=0).sum()


def test_too_many_labels_to_match() -> None:
    assert matching(np.arange(2001), np.arange(2001)) is None
