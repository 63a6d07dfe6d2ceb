"""How near a text's vector is to the mean of each label's examples and to the vectors of its names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.taught.sources import Batch, Look, most_of
from linnaeus.closed.taught.sparse import (
    Floats,
    Sparse,
    at_pairs,
    best_of_dense,
    from_keys,
    from_parts,
    rows_of,
    stacked,
    union,
)

CANDIDATES = 30  # of the means, and of the names
AT_ONCE = 64  # texts compared with all names at a time


@dataclass(frozen=True, slots=True)
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

        def features(pairs: Sparse) -> dict[str, Floats]:
            return {
                "meaning_central": self._central(vectors, pairs, own),
                "meaning_of_name": self._of_name(vectors, pairs),
            }

        return Look(union(self._nearest_means(vectors, own), self._nearest_names(vectors)), features)

    def _nearest_means(self, vectors: Floats, own: Sparse | None) -> Sparse:
        """The nearest means (n, labels), of its own labels without the text itself: else they would always be among them."""
        means = self.sums / np.maximum(np.linalg.norm(self.sums, axis=1, keepdims=True), 1e-9)
        near = vectors @ means.T  # (n, known)
        if own is not None:
            near[rows_of(own), np.searchsorted(self.known, own.indices)] = self._central(vectors, own, own)
        found = best_of_dense(near, most_of(CANDIDATES, self.labels))
        return from_parts(found.data, self.known[found.indices], found.indptr, self.labels)

    def _nearest_names(self, vectors: Floats) -> Sparse:
        parts, most = [], most_of(CANDIDATES, self.labels)
        for start in range(0, len(vectors), AT_ONCE):
            found = best_of_dense(vectors[start : start + AT_ONCE] @ self.names.T, most)
            keys = np.unique(rows_of(found) * self.labels + self.owners[found.indices])
            parts.append(from_keys(keys, np.ones(len(keys)), found.shape[0], self.labels))
        return stacked(parts, self.labels)

    def _central(self, vectors: Floats, pairs: Sparse, own: Sparse | None) -> Floats:
        """The cosine with the mean of the label's examples, without the text itself; 0 where there is none."""
        places = np.minimum(np.searchsorted(self.known, pairs.indices), max(len(self.known) - 1, 0))
        there = self.known[places] == pairs.indices
        rows = rows_of(pairs)
        mine = at_pairs(own, pairs) if own is not None else np.zeros(pairs.nnz, dtype=np.float32)
        found = np.zeros(pairs.nnz, dtype=np.float32)
        for start in range(0, pairs.nnz, 65_536):
            part = slice(start, start + 65_536)
            texts = vectors[rows[part]]
            sums = self.sums[places[part]] - mine[part, None] * texts
            sizes = np.linalg.norm(sums, axis=1)
            dots = np.einsum("ij,ij->i", texts, sums)
            found[part] = np.where(there[part] & (sizes > 1e-3), dots / np.maximum(sizes, 1e-3), 0)
        return found

    def _of_name(self, vectors: Floats, pairs: Sparse) -> Floats:
        """The cosine with the nearest of the label's names."""
        firsts = np.searchsorted(self.owners, pairs.indices)
        counts = np.searchsorted(self.owners, pairs.indices, side="right") - firsts
        found = np.full(pairs.nnz, -1, dtype=np.float32)
        rows = rows_of(pairs)
        for turn in range(int(counts.max(initial=0))):
            left = np.flatnonzero(counts > turn)
            for start in range(0, len(left), 65_536):
                some = left[start : start + 65_536]
                dots = np.einsum("ij,ij->i", vectors[rows[some]], self.names[firsts[some] + turn])
                found[some] = np.maximum(found[some], dots)
        return found
