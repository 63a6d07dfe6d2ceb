"""Made labellings for Hypothesis, and lists of labels as arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from linnaeus.taxonomy import Links

LABELS = 6


def rows(lists: Sequence[Sequence[int]]) -> Links:
    """Each text's labels, in order."""
    starts = np.concatenate([[0], np.cumsum([len(one) for one in lists])]).astype(np.int64)
    return Links(starts, np.array([label for one in lists for label in one], np.int32))


def indicator(lists: Sequence[Sequence[int]]) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """(n, labels) ones."""
    table = np.zeros((len(lists), LABELS), np.int64)
    for row, one in enumerate(lists):
        table[row, list(one)] = 1
    return table


label_lists = st.lists(st.integers(0, LABELS - 1), max_size=4, unique=True)
several = st.lists(st.tuples(label_lists, label_lists), min_size=1, max_size=30)
one_each = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5)), min_size=2, max_size=40)
