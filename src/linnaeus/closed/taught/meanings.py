"""How near a text's vector is to the mean of each label's examples and to the vectors of its names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.taught.sources import Batch, Look, most_of
from linnaeus.closed.taught.sparse import (
    AT_ONCE,
    Floats,
    Sparse,
    best_of_dense,
    from_keys,
    from_parts,
    rows_of,
    stacked,
    union,
)

CANDIDATES = 30  # of the means, and of the names
SMALLEST = 1e-3  # length of a sum that says where its texts lie
BLOCK = 64  # texts compared with all names at a time
PAIRS = 1024  # of a text and a label that are compared at a time: more leave the cache


@dataclass(frozen=True)  # no slots: what is made of it is kept
class Meanings:
    """Sums of examples (known, d) of the labels `known`, rising; unit vectors of names (entries, d) by rising owners."""

    sums: Floats
    known: NDArray[np.int32]
    names: Floats
    owners: NDArray[np.int32]
    labels: int

    @classmethod
    def fit(cls, vectors: Floats, labels: Sparse, names: Floats, owners: NDArray[np.int32]) -> Meanings:
        """Of unit vectors (n, d) of examples with these labels (n, labels), and of names."""
        known = np.unique(labels.indices).astype(np.int32)
        order = np.argsort(owners, kind="stable")
        sums = np.asarray((labels.T.tocsr()[known] @ vectors), dtype=np.float32)
        return cls(sums, known, names[order], owners[order], labels.shape[1])

    def look(self, batch: Batch, own: Sparse | None = None) -> Look:
        """See `Source`."""
        assert batch.vectors is not None
        vectors = batch.vectors
        central = self._central(vectors, own)

        def features(pairs: Sparse) -> dict[str, Floats]:
            return {
                "meaning_central": self._at(central, pairs),
                "meaning_of_name": self._of_name(vectors, pairs),
            }

        return Look(union(self._nearest_means(central), self._nearest_names(vectors)), features)

    @cached_property
    def _sizes(self) -> Floats:
        """The lengths of the sums (known,)."""
        found: Floats = np.maximum(np.linalg.norm(self.sums, axis=1), np.float32(SMALLEST))
        return found

    def _central(self, vectors: Floats, own: Sparse | None) -> Floats:
        """The cosines (n, known) with the means, of its own labels without the text itself: else they would be nearest."""
        near: Floats = vectors @ self.sums.T
        near /= self._sizes
        if own is not None:
            places, rows = np.searchsorted(self.known, own.indices), rows_of(own)
            for start in range(0, own.nnz, PAIRS):
                part = slice(start, start + PAIRS)
                texts = vectors[rows[part]]
                left = self.sums[places[part]] - texts
                sizes = np.linalg.norm(left, axis=1)
                cosines = np.einsum("ij,ij->i", texts, left) / np.maximum(sizes, SMALLEST)
                near[rows[part], places[part]] = np.where(sizes > SMALLEST, cosines, 0)
        return near

    def _at(self, central: Floats, pairs: Sparse) -> Floats:
        """The cosine of each pair; 0 for a label without an example."""
        places = np.minimum(np.searchsorted(self.known, pairs.indices), max(len(self.known) - 1, 0))
        there = self.known[places] == pairs.indices
        return np.where(there, central[rows_of(pairs), places], 0)

    def _nearest_means(self, central: Floats) -> Sparse:
        """The nearest means (n, labels) by their cosines (n, known)."""
        most = most_of(CANDIDATES, self.labels)
        blocks = (central[start : start + AT_ONCE] for start in range(0, len(central), AT_ONCE))
        found = stacked([best_of_dense(block, most) for block in blocks], len(self.known))
        return from_parts(found.data, self.known[found.indices], found.indptr, self.labels)

    def _nearest_names(self, vectors: Floats) -> Sparse:
        parts, most = [], most_of(CANDIDATES, self.labels)
        for start in range(0, len(vectors), BLOCK):
            found = best_of_dense(vectors[start : start + BLOCK] @ self.names.T, most)
            keys = np.unique(rows_of(found) * self.labels + self.owners[found.indices])
            parts.append(from_keys(keys, np.ones(len(keys)), found.shape[0], self.labels))
        return stacked(parts, self.labels)

    def _of_name(self, vectors: Floats, pairs: Sparse) -> Floats:
        """The cosine with the nearest of the label's names."""
        firsts = np.searchsorted(self.owners, pairs.indices)
        counts = np.searchsorted(self.owners, pairs.indices, side="right") - firsts
        found = np.full(pairs.nnz, -1, dtype=np.float32)
        rows = rows_of(pairs)
        for turn in range(int(counts.max(initial=0))):
            left = np.flatnonzero(counts > turn)
            for start in range(0, len(left), PAIRS):
                some = left[start : start + PAIRS]
                dots = np.einsum("ij,ij->i", vectors[rows[some]], self.names[firsts[some] + turn])
                found[some] = np.maximum(found[some], dots)
        return found
