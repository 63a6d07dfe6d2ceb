"""BM25 against the formula written out, and an index that changed against one made anew."""

from __future__ import annotations

from collections import Counter
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linnaeus.index.bm25 import Bm25
from linnaeus.index.rows import Rows

Many = list[list[int]]
row = st.lists(st.sampled_from([0, 1, 2, 3, 7, 2**63, 2**64 - 1]), max_size=8)
many = st.lists(row, max_size=12)


def rows(lists: Many) -> Rows:
    return Rows.of(np.array(own, np.uint64) for own in lists)


def terms(own: list[int]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    return np.array(own, np.uint64)


def plainly(lists: Many, query: list[int], k1: float, b: float) -> list[float]:
    held = [own for own in lists if own]
    mean = sum(map(len, held)) / max(len(held), 1)

    def score(own: list[int]) -> float:
        total = 0.0
        for term in set(query) & set(own):
            having, count = sum(term in other for other in held), Counter(own)[term]
            idf = log(1 + (len(held) - having + 0.5) / (having + 0.5))
            total += idf * count * (k1 + 1) / (count + k1 * (1 - b + b * len(own) / mean))
        return total

    return [score(own) for own in lists]


@given(many, row, st.sampled_from([(1.2, 0.75), (2.0, 0.9), (0.5, 0.0)]))
def test_scores_are_those_of_the_formula(lists: Many, query: list[int], k1_b: tuple[float, float]) -> None:
    k1, b = k1_b
    found = Bm25(rows(lists), k1=k1, b=b).scores(terms(query))
    assert found.dtype == np.float32
    assert found.tolist() == pytest.approx(plainly(lists, query, k1, b), rel=1e-5)


def test_a_known_score() -> None:
    """Three rows, one of which has the term, once, and the mean length: idf = log(1 + 2.5 / 1.5) and no more."""
    found = Bm25(rows([[1, 2], [3, 4], [5, 6]])).scores(terms([1, 9]))
    assert found.tolist() == pytest.approx([log(1 + 2.5 / 1.5), 0, 0])


@given(many, many, st.sets(st.integers(0, 11)), row)
def test_an_index_that_changed_finds_what_one_made_anew_finds(
    lists: Many, more: Many, gone: set[int], query: list[int]
) -> None:
    gone = {place for place in gone if place < len(lists)}
    index = Bm25(rows(lists))
    index.scores(terms(query))
    index.remove(gone)
    index.scores(terms(query))
    index.add(rows(more))
    anew = Bm25(rows([[] if place in gone else own for place, own in enumerate(lists)] + more))
    assert index.scores(terms(query)).tolist() == anew.scores(terms(query)).tolist()
    assert len(index) == len(lists) + len(more)


@given(many, row)
def test_the_order_of_rows_does_not_matter(lists: Many, query: list[int]) -> None:
    there, back = Bm25(rows(lists)).scores(terms(query)), Bm25(rows(lists[::-1])).scores(terms(query))
    assert there.tolist() == back[::-1].tolist()


@given(many, many, row)
def test_arrays_give_the_same_index_back(lists: Many, more: Many, query: list[int]) -> None:
    index = Bm25(rows(lists), k1=2.0, b=0.9)
    again = Bm25.from_arrays(index.to_arrays())
    assert again.scores(terms(query)).tolist() == index.scores(terms(query)).tolist()
    index.add(rows(more))
    again.add(rows(more))
    assert again.scores(terms(query)).tolist() == index.scores(terms(query)).tolist()


@given(
    st.lists(st.lists(st.integers(0, 9), max_size=6), min_size=1, max_size=8),
    st.lists(st.integers(0, 12), max_size=8),
)
def test_shares_are_0_to_1_and_all_of_a_row_that_the_query_holds(
    rows: list[list[int]], query: list[int]
) -> None:
    index = Bm25(Rows.of(np.array(row, np.uint64) for row in rows))
    places = np.arange(len(rows))
    found = index.shares(np.array(query, np.uint64), places)
    assert found.shape == (len(rows), 2) and np.all((found >= 0) & (found <= 1))
    for row, (of_row, of_query) in zip(rows, found.tolist(), strict=True):
        assert (of_row > 0) == (of_query > 0) == bool(set(row) & set(query))
        assert (of_row > 1 - 1e-6) == (bool(row) and set(row) <= set(query))
        if query and set(query) <= set(row):
            assert of_query > 1 - 1e-6
