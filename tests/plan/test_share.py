"""The share of texts that will be asked: what must hold for any stream, and nearness against brute force."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linnaeus.index import quantise
from linnaeus.plan import nearness as near
from linnaeus.plan.nearness import Nearness, nearness
from linnaeus.plan.range import exactly, total
from linnaeus.plan.share import share
from linnaeus.plan.tokens import tokens_in, tokens_out
from linnaeus.types import Codes, Propose

cosines = st.lists(st.floats(0, 1), min_size=1, max_size=20)


def some_codes(texts: int, seed: int) -> Codes:
    return quantise(np.random.default_rng(seed).normal(size=(texts, 8)).astype(np.float32))


@given(cosines, st.floats(-0.2, 0.8), st.integers(1, 10**6), st.integers(0, 10**6), st.floats(0.001, 0.9))
def test_a_range_is_in_order_and_a_share(
    found: list[float], order: float, new: int, before: int, max_error: float
) -> None:
    range = share(Nearness(np.array(found), order), before + new, max_error, before=before)
    least, likely, most = (round(part, 6) for part in range)
    assert 0 <= least <= likely <= most <= 1


@given(cosines, st.floats(0, 0.5), st.floats(0.01, 0.4))
def test_nearer_texts_more_texts_and_a_larger_promised_error_cost_no_more(
    found: list[float], nearer: float, max_error: float
) -> None:
    here = share(Nearness(np.array(found), 0.0), 1000, max_error)
    for other in (
        share(Nearness(np.array(found) + nearer, 0.0), 1000, max_error),
        share(Nearness(np.array(found), 0.0), 5000, max_error),
        share(Nearness(np.array(found), 0.0), 1000, max_error * 1.5),
    ):
        assert all(a <= b for a, b in zip(other, here, strict=True))


@given(st.integers(1, 40), st.integers(0, 10), st.integers(1, 7), st.integers(0, 99))
def test_the_nearest_other_text_is_found_in_blocks_of_any_size(
    texts: int, remembered: int, block: int, seed: int
) -> None:
    codes, memory = some_codes(texts, seed), some_codes(remembered, seed + 1)
    rows = np.concatenate([codes, memory]).astype(np.float64)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    likeness = rows[:texts] @ rows.T
    np.fill_diagonal(likeness, 0.0)
    usual, near.BLOCK = near.BLOCK, block
    try:
        found = nearness(codes, memory)
    finally:
        near.BLOCK = usual
    np.testing.assert_allclose(found.nearest, likeness.max(axis=1, initial=0.0), atol=1e-12)


def test_a_stream_sorted_by_kind_is_told_from_a_shuffled_one() -> None:
    kinds = np.repeat(np.random.default_rng(0).normal(size=(20, 16)), 30, axis=0)
    codes = quantise((kinds + 0.3 * np.random.default_rng(1).normal(size=kinds.shape)).astype(np.float32))
    shuffled = codes[np.random.default_rng(2).permutation(len(codes))]
    assert nearness(codes, codes[:0]).sorted > 0.5
    assert abs(nearness(shuffled, codes[:0]).sorted) < 0.1


@given(st.lists(st.text(max_size=200), min_size=1, max_size=5))
def test_tokens_are_a_range_of_one_question_on_average(texts: list[str]) -> None:
    found = tokens_in([Propose(text) for text in texts])
    assert 0 < found.least <= found.likely <= found.most
    single = [tokens_in([Propose(text)]) for text in texts]
    np.testing.assert_allclose(found, total(single).times(exactly(1 / len(texts))))
    assert tokens_out(Propose, reasons=True).most > tokens_out(Propose, reasons=False).most
