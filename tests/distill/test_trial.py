"""Parts of examples that are held out together."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from linnaeus.distill.training import Data, Sparse
from linnaeus.distill.trial import FOLDS, parts_of


@given(st.lists(st.none() | st.integers(0, 3), min_size=1, max_size=60))
def test_each_example_is_held_out_once_and_labels_are_spread(labels: list[int | None]) -> None:
    count = len(labels)
    table = np.array([[own == label for label in range(4)] for own in labels], np.float32)
    vectors, words = np.zeros((count, 1), np.float32), Sparse(csr_matrix((count, 1), dtype=np.float32))
    parts = parts_of(Data(vectors, words, csr_matrix(table), np.ones(count, np.float32), False))
    assert len(parts) == FOLDS and sorted(np.concatenate(parts).tolist()) == list(range(count))
    for label in (None, *range(4)):
        counts = [sum(labels[place] == label for place in part) for part in parts]
        assert max(counts) - min(counts) <= 1
