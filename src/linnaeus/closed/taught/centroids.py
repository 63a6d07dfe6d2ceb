"""How near a text is to the mean of each label's examples. An example is left out of its own labels' means.

Before their heaviest terms are chosen: else those that it shares with other examples are more often among them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from linnaeus.closed.taught.sources import Batch, Look, most_of
from linnaeus.closed.taught.sparse import (
    AT_ONCE,
    Floats,
    Products,
    Sparse,
    at_pairs,
    best_of_rows,
    common,
    row_lengths,
    stacked,
    without,
)

CANDIDATES = 60
COMMON = 500  # labels that have a term, above which it finds none for a text: it says little and costs most
TERMS = 100  # of a label that are kept: its heaviest
NOTHING = 1e-9  # the length of a label's sum that has no example


@dataclass(frozen=True)  # no slots: what is made of it is kept
class Centroids:
    """The sums of each label's examples (labels, d), their heaviest terms alone, and the lengths of the whole sums.

    `left_out`, where it has just been fitted: the cosines of examples (n, labels) with their own labels without them.
    """

    sums: Sparse
    lengths: Floats
    left_out: Sparse | None = None

    @classmethod
    def fit(cls, rows: Sparse, labels: Sparse) -> Centroids:
        """Of unit rows (n, d) and their labels (n, labels) as ones."""
        sums = (labels.T @ rows).tocsr()
        left_out = _left_out(rows, labels, sums)
        return cls(best_of_rows(sums, TERMS), np.maximum(row_lengths(sums), NOTHING), left_out)

    @cached_property
    def _across(self) -> Sparse:
        """Unit sums (d, labels)."""
        return self._unit(self.sums)

    @cached_property
    def _rare_across(self) -> Sparse:
        """The same without the terms that many labels have."""
        return self._unit(without(self.sums, common(self.sums, COMMON)))

    def _unit(self, sums: Sparse) -> Sparse:
        import scipy.sparse

        return (scipy.sparse.diags(1 / self.lengths) @ sums).T.tocsr()

    @cached_property
    def _products(self) -> Products:
        return Products(self.sums)

    def look(self, batch: Batch, own: Sparse | None = None) -> Look:
        """See `Source`."""

        def features(pairs: Sparse) -> dict[str, Floats]:
            found = self._products.at(batch.rows, pairs) / self.lengths[pairs.indices]
            return {"words_central": self._without(found, pairs, own, 0)}

        return Look(self._table(batch.rows, own), features)

    def _table(self, rows: Sparse, own: Sparse | None) -> Sparse:
        """Cosines (n, labels) of the nearest."""
        across = self._rare_across if own is None else self._across
        parts, most = [], most_of(CANDIDATES, self.sums.shape[0])
        for start in range(0, rows.shape[0], AT_ONCE):
            some = rows[start : start + AT_ONCE]
            block = (some @ across).tocsr()
            if own is not None:
                block.sort_indices()
                block.data = self._without(block.data, block, own[start : start + AT_ONCE], start)
            parts.append(best_of_rows(block, most))
        return stacked(parts, self.sums.shape[0])

    def _without(self, cosines: Floats, pairs: Sparse, own: Sparse | None, first: int) -> Floats:
        """Cosines (pairs,), of the examples from `first` on with their `own` labels without these."""
        if own is None or self.left_out is None:
            return cosines
        left = at_pairs(self.left_out[first : first + pairs.shape[0]], pairs)
        return np.where(at_pairs(own, pairs) > 0, left, cosines)


def _left_out(rows: Sparse, labels: Sparse, sums: Sparse) -> Sparse:
    """The cosine of each example with its labels' sums without it, of which the heaviest terms are kept as of all others."""
    found = labels.copy()
    text = np.zeros(rows.shape[1], dtype=np.float32)
    for row in range(rows.shape[0]):
        part = slice(rows.indptr[row], rows.indptr[row + 1])
        text[rows.indices[part]] = rows.data[part]
        for place in range(labels.indptr[row], labels.indptr[row + 1]):
            own = slice(sums.indptr[labels.indices[place]], sums.indptr[labels.indices[place] + 1])
            terms = sums.indices[own]
            there = text[terms]
            left = sums.data[own] - there
            length = max(float(np.sqrt(left @ left)), 1e-3)
            if len(left) > TERMS:
                best = np.argpartition(-left, TERMS)[:TERMS]
                left, there = left[best], there[best]
            found.data[place] = left @ there / length
        text[rows.indices[part]] = 0
    return found
