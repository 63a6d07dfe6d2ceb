"""Weights for few examples: texts choose their own label, or pairs stand by themselves."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linnaeus.closed.taught import guess as module
from linnaeus.closed.taught.guess import BY_MEANING, FIRM, USED, guess, guessed
from linnaeus.closed.taught.sparse import Floats
from linnaeus.logistic import most_likely, sigmoid

seeds = st.integers(0, 2**32 - 1)


def columns_of(seed: int, pairs: int) -> dict[str, Floats]:
    random = np.random.default_rng(seed)
    return {name: random.normal(size=pairs).astype(np.float32) for name in USED}


@given(seeds, st.integers(1, 30))
def test_of_two_pairs_a_text_it_is_logistic_regression_on_their_difference(seed: int, texts: int) -> None:
    """Train 2009, Discrete Choice Methods with Simulation, section 3.1: only differences in utility matter."""
    columns = columns_of(seed, 2 * texts)
    right = np.tile(np.array([1, 0], np.float32), texts)
    line = guess(columns, right, np.repeat(np.arange(texts), 2))
    rows = np.stack([columns[name] for name in USED], axis=1).astype(np.float64)
    start, ones = np.array(BY_MEANING), np.ones(texts)
    expected, _ = most_likely(
        rows[::2] - rows[1::2], ones, ones, start=start, prior=FIRM * np.eye(len(start))
    )
    np.testing.assert_allclose(line[:-1], expected, atol=0.02)


@given(seeds, st.integers(1, 12), st.booleans())
def test_the_order_of_pairs_does_not_matter_and_as_many_are_right_as_it_says(
    seed: int, texts: int, several: bool
) -> None:
    random = np.random.default_rng(seed)
    owners = np.repeat(np.arange(texts), 4)
    right = np.tile(np.array([1, several, 0, 0], np.float32), texts)
    columns = columns_of(seed, 4 * texts)
    line = guess(columns, right, owners)
    assert abs(sigmoid(guessed(line, columns)).sum() - right.sum()) < 0.02 * len(right)
    order = random.permutation(4 * texts)
    shuffled = {name: values[order] for name, values in columns.items()}
    np.testing.assert_allclose(guess(shuffled, right[order], owners[order]), line, atol=0.02)


def test_a_text_without_a_right_pair_says_nothing_of_weights() -> None:
    columns = columns_of(0, 6)
    line = guess(columns, np.zeros(6, np.float32), np.repeat([0, 1], 3))
    np.testing.assert_array_equal(line[:-1], BY_MEANING)
    assert (sigmoid(guessed(line, columns)) < 0.05).all()


def test_what_tells_labels_of_a_text_apart_counts_more_than_what_texts_share() -> None:
    """A figure that is the same for all pairs of a text chooses none of them, however often it goes with right ones."""
    columns = {name: np.zeros(400, np.float32) for name in USED}
    owners, right = np.repeat(np.arange(100), 4), np.tile(np.array([1, 0, 0, 0], np.float32), 100)
    columns["margin"] = right * 0.5
    columns["meaning_share"] = np.repeat(np.random.default_rng(0).normal(size=100), 4).astype(np.float32)
    line = dict(zip((*USED, "constant"), guess(columns, right, owners).tolist(), strict=True))
    start = dict(zip(USED, BY_MEANING, strict=True))
    assert line["margin"] > start["margin"] + 0.5
    assert abs(line["meaning_share"] - start["meaning_share"]) < 1e-6
    assert module.LOOSE < module.FIRM
