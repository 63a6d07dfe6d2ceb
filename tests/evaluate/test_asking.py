"""Whom `--ask` asks, and whether what it says holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linnaeus.evaluate.asking import BATCH, PARTS, Asking, Whole, estimate
from linnaeus.evaluate.signs import signs
from linnaeus.metrics.rows import Flags, Floats


def made(m: int, seed: int) -> tuple[Floats, Whole, Flags]:
    """Signs of which three tell right from wrong, and labels of which some are wrong as a whole."""
    random = np.random.default_rng(seed)
    table, labels = random.normal(size=(m, 6)), random.integers(0, 30, m)
    odds = 1.5 * table[:, 1] - table[:, 4] + 2 * table[:, 5] + random.normal(0, 1, 30)[labels] + 0.8
    return table, labels, random.random(m) < 1 / (1 + np.exp(-odds))


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
    table, labels, right = made(600, seed)
    said = answered(Asking(table, labels, seed), right, batches, skipped)
    assert (batches - 0.2) * BATCH <= len(said) <= batches * BATCH and not skipped & set(said)
    again = Asking(table, labels, seed)
    state = again.state(dict(sorted(said.items())), skipped)
    assert len(state.done) == batches and not set(state.ask) & set(said)
    ours, theirs = (
        estimate(one.done, said, skipped, 600)
        for one in (state, Asking(table, labels, seed).state(said, skipped))
    )
    assert ours == theirs and ours.low <= ours.share <= ours.high


def test_intervals_hold_and_are_narrower_than_at_random() -> None:
    table, labels, right = made(1000, 7)
    truth, held, found = right.mean(), 0, []
    for seed in range(100):
        asking = Asking(table, labels, seed)
        said = answered(asking, right, 2, set())
        found.append(estimate(asking.state(said).done, said, (), 1000))
        held += found[-1].low <= truth <= found[-1].high
    assert 0.88 <= held / 100 <= 0.99
    assert np.mean([one.share for one in found]) == pytest.approx(truth, abs=0.012)
    assert np.var([one.share for one in found]) < 0.7 * truth * (1 - truth) / 100
    assert np.mean([one.random for one in found]) > 100 / 0.75


def test_labels_are_drawn_as_often_as_they_are_large() -> None:
    """Also where no sign tells of them: each part is cut label by label."""
    labels = np.random.default_rng(0).permutation(np.repeat([0, 1, 2], [500, 300, 200]))
    for seed in range(20):
        drawn = Asking(np.zeros((1000, 6)), labels, seed).state({}).ask
        assert np.abs(np.bincount(labels[drawn]) - [25, 15, 10]).max() <= PARTS / 2


def test_what_is_asked_counts_as_it_is_and_all_alike_has_an_interval() -> None:
    table, labels, _ = made(100, 1)
    asking = Asking(table, labels)
    for right in (True, False):
        said = answered(asking, np.full(100, right), 1, set())
        found = estimate(asking.state(said).done, said, (), 100)
        assert found.share == right and found.random == found.answers
        assert found.high - found.low == pytest.approx(1 - 0.025 ** (1 / found.answers))


def test_signs_tell_labels_that_go_with_their_neighbours() -> None:
    """Two clouds; one text of the first has the label of the second."""
    random = np.random.default_rng(0)
    rows = np.repeat([[1.0, 0, 0], [0, 1, 0]], 30, axis=0) + random.normal(0, 0.1, (60, 3))
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    labels = np.repeat([0, 1], 30)
    labels[0] = 1
    table = signs(vectors, labels, np.full(60, np.nan))
    assert not table[:, 0].any(), "all scores are unknown: that tells nothing"
    assert table[:, 1].argmin() == 0 and table[:, 2].argmin() == 0


def test_signs_tell_what_a_label_holds_beside_its_largest_topic() -> None:
    """Two clouds far apart have one label, a third has its own."""
    random = np.random.default_rng(0)
    rows = np.repeat(np.eye(3), [60, 20, 40], axis=0) + random.normal(0, 0.1, (120, 3))
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    table = signs(vectors, np.repeat([0, 1], [80, 40]), np.full(120, np.nan))
    largest, beside, own = np.split(table[:, 5], [60, 80])
    assert np.median(beside) < np.median(largest) < np.median(own)
    assert np.abs(table.mean(axis=0)).max() < 1e-9 and np.abs(table).max() <= 3**0.5
