"""Rows that stand within a longer one, against looking at every place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linnaeus.index import spans
from linnaeus.index.rows import Rows
from linnaeus.index.spans import Spans

Many = list[list[int]]
row = st.lists(st.sampled_from([0, 1, 2, 2**64 - 1]), max_size=6)
many = st.lists(row, max_size=10)


def found(lists: Many, text: list[int]) -> list[list[int]]:
    index = Spans(Rows.of(np.array(own, np.uint64) for own in lists))
    hits = index.find(np.array(text, np.uint64))
    columns = (hits.starts.tolist(), hits.rows.tolist(), hits.ends.tolist())
    return [list(hit) for hit in zip(*columns, strict=True)]


def plainly(lists: Many, text: list[int]) -> list[list[int]]:
    return [
        [start, place, start + len(own)]
        for start in range(len(text))
        for place, own in enumerate(lists)
        if own and text[start : start + len(own)] == own
    ]


@given(many, st.lists(st.sampled_from([0, 1, 2, 2**64 - 1]), max_size=20))
def test_all_that_stands_in_a_text_is_found_and_nothing_else(lists: Many, text: list[int]) -> None:
    assert found(lists, text) == plainly(lists, text)


def test_rows_of_one_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans, "_longer", lambda hashes, terms: hashes * np.uint64(0))
    lists, text = [[1, 2], [2, 1], [3], [1, 2, 3], []], [1, 2, 3, 2, 1]
    assert found(lists, text) == plainly(lists, text)


def test_hashes_depend_on_order_and_length() -> None:
    rows = Rows.of(np.array(own, np.uint64) for own in ([0], [0, 0], [1, 2], [2, 1], [1], [2]))
    assert len(set(spans._hashes_of(rows).tolist())) == 6


@given(many, row)
def test_arrays_give_the_same_index_back(lists: Many, text: list[int]) -> None:
    index = Spans(Rows.of(np.array(own, np.uint64) for own in lists))
    again = Spans.from_arrays(index.to_arrays())
    query = np.array(text, np.uint64)
    assert again.find(query).rows.tolist() == index.find(query).rows.tolist()
