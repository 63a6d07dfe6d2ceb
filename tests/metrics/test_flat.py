"""Flat and ranking figures against scikit-learn, on any input."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, ndcg_score, precision_recall_fscore_support

from linnaeus.metrics.flat import coverage, labels, per_label, single
from linnaeus.metrics.ranking import ranking, rarity
from linnaeus.metrics.rows import Measure
from tests.metrics.made import LABELS, indicator, one_each, rows, several

Lists = list[tuple[list[int], list[int]]]


def once(measure: Measure, n: int) -> dict[str, float]:
    return measure(np.ones(n))


@given(several)
def test_several_labels_agree_with_scikit_learn(both: Lists) -> None:
    gold, found = zip(*both, strict=True)
    ours = once(labels(rows(gold), rows(found)), len(both))
    truth, said = indicator(gold), indicator(found)
    for average in ("micro", "macro"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = precision_recall_fscore_support(truth, said, average=average, zero_division=np.nan)
        mine = [
            ours[("macro " if average == "macro" else "") + name] for name in ("precision", "recall", "f1")
        ]
        np.testing.assert_allclose(mine, theirs[:3], rtol=1e-12)
    assert ours["subset accuracy"] == pytest.approx(accuracy_score(truth, said))
    assert ours["f1 a text"] == pytest.approx(f1_score(truth, said, average="samples", zero_division=1))
    each = per_label(rows(gold), rows(found))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        every = precision_recall_fscore_support(truth, said, zero_division=np.nan)
    for own, their in zip((each.precision, each.recall, each.f1), every, strict=False):
        np.testing.assert_allclose(own, their[: len(own)])


@given(several, st.randoms(use_true_random=False))
def test_a_weight_is_how_often_a_text_is_there(both: Lists, random: np.random.RandomState) -> None:
    times = [random.randint(0, 3) for _ in both]
    gold, found = zip(*both, strict=True)
    again = [pair for pair, many in zip(both, times, strict=True) for _ in range(many)]
    repeated = [rows(side) for side in zip(*again, strict=True)] if again else [rows([]), rows([])]
    for make in (labels, single, lambda g, f: ranking(g, f, (1, 3))):
        weighted = make(rows(gold), rows(found))(np.array(times, float))
        whole = once(make(*repeated), len(again))
        np.testing.assert_allclose(list(weighted.values()), list(whole.values()))


@given(one_each)
def test_one_label_each_agrees_with_scikit_learn(both: list[tuple[int, int]]) -> None:
    gold, found = zip(*both, strict=True)
    ours = once(single(rows([[one] for one in gold]), rows([[one] for one in found])), len(both))
    assert ours["accuracy"] == pytest.approx(accuracy_score(gold, found))
    assert ours["accuracy"] == ours["precision of answered"] and ours["answered"] == 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert ours["macro f1"] == pytest.approx(f1_score(gold, found, average="macro"))


def test_undefined_is_nan_and_never_0() -> None:
    nothing = once(labels(rows([[0], [1]]), rows([[], []])), 2)
    assert np.isnan(nothing["precision"]) and nothing["recall"] == 0 and nothing["macro f1"] == 0
    assert np.isnan(once(labels(rows([[]]), rows([[]])), 1)["f1"])
    assert np.isnan(once(single(rows([[0]]), rows([[]])), 1)["precision of answered"])
    assert once(single(rows([[]]), rows([[]])), 1)["accuracy"] == 1  # none of these, and none given


@given(
    st.lists(st.tuples(st.sets(st.integers(0, 5), min_size=1), st.permutations(range(LABELS))), min_size=1)
)
def test_ranking_agrees_with_scikit_learn(both: list[tuple[set[int], list[int]]]) -> None:
    gold, found = [sorted(one) for one, _ in both], [list(one) for _, one in both]
    ours = once(ranking(rows(gold), rows(found), (1, 3, 5)), len(both))
    scores = np.zeros((len(both), LABELS))
    for row, order in enumerate(found):
        scores[row, order] = np.arange(LABELS, 0, -1)
    for k in (1, 3, 5):
        assert ours[f"nDCG@{k}"] == pytest.approx(ndcg_score(indicator(gold), scores, k=k))
        right = [[label in truth for label in order[:k]] for truth, order in zip(gold, found, strict=True)]
        assert ours[f"P@{k}"] == pytest.approx(np.mean(right))
        recall = [sum(one) / len(truth) for one, truth in zip(right, gold, strict=True)]
        assert ours[f"R@{k}"] == pytest.approx(np.mean(recall))


def test_propensities() -> None:
    """Jain et al. 2016: of labels that all are equally rare, PSP@1 is P@1; a rare one that is found counts for more."""
    gold, found = rows([[0], [1]]), rows([[0], [2]])
    assert once(ranking(gold, found, (1,), np.ones(3)), 2)["PSP@1"] == 0.5
    weight = rarity(np.array([1.0, 100.0, 100.0]), 1000)
    assert once(ranking(gold, found, (1,), weight), 2)["PSP@1"] == pytest.approx(
        weight[0] / (weight[0] + weight[1])
    )
    # with N = 1,000 and a label seen once: C = (ln 1000 - 1) * 2.5 ** 0.55 = 9.779, 1 + C * 2.5 ** -0.55 = 6.908
    assert weight[0] == pytest.approx(np.log(1000))


def test_coverage() -> None:
    answered, precise = coverage(np.array([0.9, 0.5, 0.9, 0.1]), np.array([True, False, True, True]), 8)
    np.testing.assert_allclose(answered, [2 / 8, 3 / 8, 4 / 8])
    np.testing.assert_allclose(precise, [1, 2 / 3, 3 / 4])
    many = coverage(np.random.default_rng(0).random(1000), np.ones(1000, bool), 1000)
    assert len(many[0]) == 50 and many[0][-1] == 1
