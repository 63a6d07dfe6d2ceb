"""How near a text is to the mean of each label's examples. An example's own part is taken out where it is asked about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from linnaeus.closed.taught.sources import Batch, Look, most_of
from linnaeus.closed.taught.sparse import (
    AT_ONCE,
    Floats,
    Sparse,
    at_pairs,
    best_of_rows,
    chosen,
    products,
    row_lengths,
    rows_of,
    stacked,
)

CANDIDATES = 60
TERMS = 100  # of a label that are kept: its heaviest
NOTHING = 1e-9  # the length of a label's sum that has no example


@dataclass(frozen=True)  # no slots: what is made of it is kept
class Centroids:
    """The sums of each label's examples (labels, d), their heaviest terms alone, and the lengths of the whole sums."""

    sums: Sparse
    lengths: Floats

    @classmethod
    def fit(cls, rows: Sparse, labels: Sparse) -> Centroids:
        """Of unit rows (n, d) and their labels (n, labels) as ones."""
        sums = (labels.T @ rows).tocsr()
        return cls(best_of_rows(sums, TERMS), np.maximum(row_lengths(sums), NOTHING))

    @cached_property
    def _across(self) -> Sparse:
        """Unit sums (d, labels)."""
        import scipy.sparse

        return (scipy.sparse.diags(1 / self.lengths) @ self.sums).T.tocsr()

    def look(self, batch: Batch, own: Sparse | None = None) -> Look:
        """See `Source`."""

        def features(pairs: Sparse) -> dict[str, Floats]:
            return {"words_central": self.at(batch.rows, pairs, own)}

        return Look(self._table(batch.rows, own), features)

    def _table(self, rows: Sparse, own: Sparse | None) -> Sparse:
        """Cosines (n, labels) of the nearest."""
        parts = []
        for start in range(0, rows.shape[0], AT_ONCE):
            some = rows[start : start + AT_ONCE]
            block = (some @ self._across).tocsr()
            if own is not None:
                block.sort_indices()
                theirs = own[start : start + AT_ONCE]
                mine = at_pairs(theirs, block) > 0
                block.data[mine] = self.at(some, chosen(block, mine), theirs)
            parts.append(best_of_rows(block, most_of(CANDIDATES, self.sums.shape[0])))
        return stacked(parts, self.sums.shape[0])

    def at(self, rows: Sparse, pairs: Sparse, labels: Sparse | None = None) -> Floats:
        """The cosine of each pair; `labels`: the rows are examples with these, each left out of its own."""
        dots = products(rows, self.sums, pairs)
        lengths: Floats = self.lengths[pairs.indices]
        if labels is None:
            return dots / lengths
        own = at_pairs(labels, pairs)
        kept = self.sums.copy()
        kept.data = np.ones_like(kept.data)
        squares = rows.copy()
        squares.data = squares.data**2
        mine = own > 0
        part = np.zeros(len(dots), dtype=np.float32)  # of a row's square that lies on the label's kept terms
        part[mine] = products(squares, kept, chosen(pairs, mine))
        # |s - x|^2 = |s|^2 - 2 s.x + |x|^2, with s.x taken on the kept terms
        left = lengths**2 - 2 * dots * own + own * row_lengths(rows)[rows_of(pairs)] ** 2
        return np.where(mine, (dots - part) / np.sqrt(np.maximum(left, 1e-6)), dots / lengths).astype(
            np.float32
        )
