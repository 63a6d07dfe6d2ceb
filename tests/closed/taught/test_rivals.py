"""A label's probability among the other candidates of its text."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from linnaeus.closed.taught.rivals import Rivals
from linnaeus.closed.taught.sparse import Floats

TEXTS, LABELS = 3000, 12
ODDS = st.lists(st.lists(st.floats(-12, 12, width=32), min_size=1, max_size=6), min_size=1, max_size=5)


def one_of(seed: int) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Log-odds, whether right, and text of pairs where exactly one label fits each text, so odds alone say too little."""
    random = np.random.default_rng(seed)
    shares = random.gumbel(0, 2, (TEXTS, LABELS))
    chances = np.exp(shares) / np.exp(shares).sum(axis=1, keepdims=True)
    drawn = (chances.cumsum(axis=1) > random.random((TEXTS, 1))).argmax(axis=1)
    fits = np.arange(LABELS) == drawn[:, None]
    texts = np.repeat(np.arange(TEXTS), LABELS)
    return shares.ravel().astype(np.float32), fits.ravel().astype(np.float32), texts


def first_of(odds: Floats, values: Floats) -> Floats:
    best = odds.reshape(TEXTS, LABELS).argmax(axis=1)
    first: Floats = values.reshape(TEXTS, LABELS)[np.arange(TEXTS), best]
    return first


def test_the_first_label_is_as_likely_as_is_said() -> None:
    odds, right, texts = one_of(0)
    rivals = Rivals.fit(odds, right, texts, 1.0)
    odds, right, texts = one_of(1)
    said, true = first_of(odds, rivals.chances(odds, texts)), first_of(odds, right)
    assert abs(said.mean() - true.mean()) < 0.03
    for low, high in ((0, 0.5), (0.5, 0.8), (0.8, 1)):
        part = (said >= low) & (said < high)
        assert abs(said[part].mean() - true[part].mean()) < 0.06


def test_a_few_pairs_that_are_as_good_as_impossible_change_nothing() -> None:
    odds, right, texts = one_of(0)
    usual = Rivals.fit(odds, right, texts, 1.0)
    wrong = np.flatnonzero(right == 0)[:50]
    odds[wrong] = -10_000
    assert np.allclose(Rivals.fit(odds, right, texts, 1.0).others, usual.others, atol=0.2)


@given(ODDS, st.integers(0, 3))
def test_within_a_text_chances_fall_with_log_odds_and_no_text_hangs_on_another(
    rows: list[list[float]], seed: int
) -> None:
    weights = np.random.default_rng(seed).normal(size=(2, 12))
    rivals = Rivals(weights[0], weights[1])
    odds = np.array([one for row in rows for one in row], np.float32)
    texts = np.repeat(np.arange(len(rows)) * 3 + 1, [len(row) for row in rows])
    together = rivals.chances(odds, texts)
    assert np.all((together >= 0) & (together <= 1))
    for number, row in enumerate(rows):
        own = together[texts == number * 3 + 1]
        alone = rivals.chances(np.array(row, np.float32), np.zeros(len(row), np.int64))
        assert np.allclose(own, alone, atol=1e-5)
        assert np.all(np.diff(own[np.argsort(-np.array(row, np.float32), kind="stable")]) <= 1e-6)


def test_no_pair_is_no_chance() -> None:
    nothing = np.zeros(0, np.float32)
    rivals = Rivals.fit(nothing, nothing, np.zeros(0, np.int64), 1.0)
    assert rivals.chances(nothing, np.zeros(0, np.int64)).shape == (0,)


def test_log_odds_that_are_no_straight_line_are_bent() -> None:
    """Trees that are too sure where they are sure, and too little in the middle."""
    random = np.random.default_rng(0)
    true = np.sort(random.normal(0, 2, 4000))
    right = (random.random(4000) < 1 / (1 + np.exp(-true))).astype(np.float32)
    odds = (true + np.sign(true) * np.maximum(abs(true) - 1, 0) * 2).astype(np.float32)
    texts = np.arange(4000)
    said = Rivals.fit(odds, right, texts, 1.0).chances(odds, texts)
    assert abs(said - 1 / (1 + np.exp(-true))).mean() < 0.015
