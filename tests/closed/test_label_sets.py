"""Which labels to give: the best set by brute force over all outcomes and all sets; empties, ties, wrong input."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from linnaeus.closed.label_sets import AT_ONCE, chosen, expected_f1, half_of_best, top
from linnaeus.errors import InputError

chances = st.lists(st.floats(0, 1), min_size=1, max_size=6).map(lambda row: sorted(row, reverse=True))


def f1(given: set[int], true: set[int]) -> float:
    return 2 * len(given & true) / (len(given) + len(true)) if given or true else 1.0


def expected(given: set[int], row: list[float]) -> float:
    """Over all 2^k outcomes."""
    total = 0.0
    for outcome in product([False, True], repeat=len(row)):
        weight = np.prod([p if right else 1 - p for p, right in zip(row, outcome, strict=True)])
        total += float(weight) * f1(given, {place for place, right in enumerate(outcome) if right})
    return total


@settings(max_examples=60, deadline=None)
@given(chances)
def test_no_set_of_labels_has_a_higher_expected_f1(row: list[float]) -> None:
    every = range(len(row))
    best = max(expected(set(own), row) for size in range(len(row) + 1) for own in combinations(every, size))
    taken = int(chosen(np.array([row]))[0])
    assert expected(set(range(taken)), row) == pytest.approx(best, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(chances)
def test_expected_f1_is_the_mean_over_all_outcomes(row: list[float]) -> None:
    found = expected_f1(np.array([row]))[0]
    assert found == pytest.approx([expected(set(range(k)), row) for k in range(len(row) + 1)], abs=1e-9)


@given(chances, st.integers(0, 9))
def test_places_without_a_label_change_nothing(row: list[float], more: int) -> None:
    assert chosen(np.array([row])) == chosen(np.array([row + [0.0] * more]))


def test_a_batch_gives_what_its_texts_give_one_by_one() -> None:
    rng = np.random.default_rng(0)
    rows = -np.sort(-(rng.random((AT_ONCE + 90, 12)) ** 4), axis=1)
    assert chosen(rows).tolist() == [int(chosen(row[None])[0]) for row in rows]


@pytest.mark.parametrize(
    ("row", "taken"),
    [
        ([1.0, 1.0, 0.0], 2),
        ([0.0, 0.0], 0),
        ([0.1, 0.1], 0),
        ([0.9, 0.01], 1),
        ([0.45, 0.45, 0.45], 3),
        ([0.5], 0),
    ],
)
def test_what_is_given(row: list[float], taken: int) -> None:
    assert chosen(np.array([row])).tolist() == [taken]


def test_a_threshold_of_half_is_not_the_best() -> None:
    """Three labels of 0.45 each: all are given though none is likelier than not."""
    assert chosen(np.array([[0.45] * 3])).tolist() == [3]


def test_top_is_the_first_that_there_are() -> None:
    rows = np.array([[0.9, 0.2, 0.1], [0.3, 0.0, 0.0], [0.0, 0.0, 0.0]])
    assert top(rows, 2).tolist() == [2, 1, 0]
    with pytest.raises(InputError, match="0 labels"):
        top(rows, 0)


def test_nothing_is_chosen_from_nothing() -> None:
    assert chosen(np.zeros((0, 5))).tolist() == []
    assert chosen(np.zeros((3, 0))).tolist() == [0, 0, 0]


@pytest.mark.parametrize("wrong", [[[0.1, 0.2]], [[1.5]], [[-0.1]], [[float("nan")]], [0.5]])
def test_what_is_no_row_of_falling_probabilities_is_refused(wrong: list[object]) -> None:
    with pytest.raises(InputError, match="probabilities"):
        chosen(np.array(wrong))


def test_the_chance_that_nothing_fits_may_be_given() -> None:
    rows = np.array([[0.3, 0.1], [0.3, 0.1]])
    assert chosen(rows).tolist() == [0, 0]  # 0.7 x 0.9, if labels were independent
    assert chosen(rows, np.array([0.1, 0.9])).tolist() == [1, 0]


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30), st.integers(0, 5))
def test_half_of_the_highest_micro_f1(pairs: list[tuple[float, bool]], missed: int) -> None:
    chances, right = np.array([one for one, _ in pairs]), np.array([fits for _, fits in pairs])
    total = int(right.sum()) + missed
    order = np.argsort(-chances, kind="stable")
    best = max(
        2 * right[order[:k]].sum() / (k + total) if k + total else 0.0 for k in range(1, len(pairs) + 1)
    )
    assert half_of_best(chances, right, total) == (pytest.approx(best / 2) if right.any() else 0.5)


def test_labels_from_half_of_the_highest_f1_on_lose_to_no_fixed_number() -> None:
    """Where probabilities are what they say, and many texts are given labels from one probability on."""
    random = np.random.default_rng(0)
    chances = -np.sort(-(random.random((20_000, 6)) ** 3), axis=1)
    right = random.random(chances.shape) < chances
    least = half_of_best(chances.ravel(), right.ravel(), int(right.sum()))

    def micro(taken: NDArray[np.bool_]) -> float:
        return float(2 * (taken & right).sum() / (taken.sum() + right.sum()))

    fixed = [micro(np.broadcast_to(np.arange(6) < k, right.shape)) for k in range(1, 7)]
    assert micro(chances >= least) > max(fixed)
