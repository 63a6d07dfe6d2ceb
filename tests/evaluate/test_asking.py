"""Whom `--ask` asks, and whether what it says holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linnaeus.evaluate.asking import BATCH, Asking, estimate
from linnaeus.evaluate.signs import signs
from linnaeus.metrics.rows import Flags, Floats


def made(m: int, seed: int) -> tuple[Floats, Flags]:
    """Signs of which the first two tell right from wrong."""
    random = np.random.default_rng(seed)
    table = random.normal(size=(m, 5))
    return table, random.random(m) < 1 / (1 + np.exp(-(1.5 * table[:, 0] + table[:, 1] + 0.8)))


def answered(asking: Asking, right: Flags, batches: int, skipped: set[int]) -> dict[int, bool]:
    said: dict[int, bool] = {}
    while len((state := asking.state(said, skipped)).done) < batches:
        said |= {text: bool(right[text]) for text in state.ask}
    return said


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.integers(1, 4), st.sets(st.integers(0, 299), max_size=40))
def test_no_text_is_asked_twice_and_order_of_answers_makes_no_difference(
    seed: int, batches: int, skipped: set[int]
) -> None:
    table, right = made(300, seed)
    said = answered(Asking(table, seed), right, batches, skipped)
    assert len(said) == batches * BATCH and not skipped & set(said)
    again = Asking(table, seed)
    state = again.state(dict(sorted(said.items())), skipped)
    assert len(state.done) == batches and not set(state.ask) & set(said)
    ours, theirs = (
        estimate(one.done, said, skipped, 300) for one in (state, Asking(table, seed).state(said, skipped))
    )
    assert ours == theirs and ours.low <= ours.share <= ours.high


def test_intervals_hold_and_are_narrower_than_at_random() -> None:
    table, right = made(1000, 7)
    truth, held, shares = right.mean(), 0, []
    for seed in range(100):
        asking = Asking(table, seed)
        said = answered(asking, right, 3, set())
        found = estimate(asking.state(said).done, said, (), 1000)
        held += found.low <= truth <= found.high
        shares.append(found.share)
    assert held / 100 >= 0.88
    assert np.mean(shares) == pytest.approx(truth, abs=0.015)
    assert np.var(shares) < 0.8 * truth * (1 - truth) / 60


def test_everything_asked_is_exact_and_all_alike_has_an_interval() -> None:
    table, _ = made(60, 1)
    right = np.ones(60, np.bool_)
    asking = Asking(table)
    said = answered(asking, right, 2, set())
    found = estimate(asking.state(said).done, said, (), 60)
    assert found.share == pytest.approx(1) and found.high == 1 and found.random == 40
    assert found.low == pytest.approx(0.025 ** (1 / 40))


def test_signs_tell_labels_that_go_with_their_neighbours() -> None:
    """Two clouds; one text of the first has the label of the second."""
    random = np.random.default_rng(0)
    rows = np.repeat([[1.0, 0, 0], [0, 1, 0]], 30, axis=0) + random.normal(0, 0.1, (60, 3))
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    labels = np.repeat([0, 1], 30)
    labels[0] = 1
    table = signs(vectors, labels, np.full(60, np.nan), np.zeros(60, np.int64))
    assert not table[:, 0].any(), "all scores are unknown: that tells nothing"
    assert table[:, 1].argmin() == 0 and table[:, 2].argmin() == 0
