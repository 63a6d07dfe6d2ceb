"""How many candidates sources give, and what finds them."""

from __future__ import annotations

import numpy as np
import pytest

from linnaeus.closed.taught.centroids import Centroids
from linnaeus.closed.taught.neighbours import Neighbours
from linnaeus.closed.taught.sources import FEWEST, Batch, most_of
from linnaeus.closed.taught.sparse import Sparse, from_parts, unit_rows
from tests.closed.taught.made import table

LABELS = 1500  # enough that no source gives fewer for want of labels


def labels_alike() -> tuple[Sparse, Sparse]:
    """A text for each label: a word that all have, and one of a hundred others."""
    columns = np.stack([np.zeros(LABELS), 1 + np.arange(LABELS) % 100], axis=1)
    rows = from_parts(np.ones(2 * LABELS), columns.ravel(), np.arange(LABELS + 1) * 2, 101)
    return unit_rows(rows), table([[place] for place in range(LABELS)], LABELS)


def test_fewer_of_few_labels() -> None:
    assert most_of(30, 4) == most_of(30, 150) == FEWEST
    assert most_of(30, 200) == 20 and most_of(30, 5000) == 30


@pytest.mark.parametrize("kind", ["neighbours", "centroids"])
def test_what_everything_has_finds_nothing(kind: str) -> None:
    rows, labels = labels_alike()
    source = (Neighbours if kind == "neighbours" else Centroids).fit(rows, labels)
    found = source.look(Batch([], rows[:1], None)).candidates
    assert sorted(found.indices.tolist()) == list(range(0, LABELS, 100)), "those of the same other word"
