"""Words as sparse rows: what must hold for any texts."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linnaeus.student.words import LENGTH, Words, hashed

WORDS = Words.fit(["lost my card", "lost the card", "what is my card rate", "what is the rate"], 100)
texts = st.lists(st.text(alphabet="lost my card the rate what is éß 漢\ud800", max_size=60), max_size=6)


@given(texts)
def test_a_row_depends_on_its_own_text(several: list[str]) -> None:
    weights = np.random.default_rng(0).standard_normal((len(WORDS.hashes), 3)).astype(np.float32)
    together = WORDS.rows(several).times(weights)
    assert together.shape == (len(several), 3)
    for row, text in zip(together, several, strict=True):
        assert np.array_equal(WORDS.rows([text]).times(weights)[0], row)


@given(texts)
def test_rows_have_one_length_or_none(several: list[str]) -> None:
    rows = WORDS.rows(several)
    for start, end in zip(rows.starts[:-1], rows.starts[1:], strict=True):
        assert start == end or np.isclose(np.linalg.norm(rows.values[start:end]), LENGTH)


def test_words_and_pairs_are_kept_that_two_texts_have() -> None:
    # lost, my, card, the, rate, what, is; "what is"; "my card"
    assert len(WORDS.hashes) == 9
    assert len(Words.fit(["a b", "b a"], 100).hashes) == 2, "the order of a pair counts"
    assert len(Words.fit(["lost my card", "lost my card"], 3).hashes) == 3
    assert len(Words.fit([], 3).hashes) == 0


def test_words_are_compared_without_case_and_repeats_count() -> None:
    assert hashed(["Lost CARD"])[1].tolist() == hashed(["lost card"])[1].tolist()
    once, thrice = WORDS.rows(["card rate"]), WORDS.rows(["card card card rate"])
    assert thrice.values.max() > once.values.max()
