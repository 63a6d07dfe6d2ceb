"""Labels of the examples nearest to a text, by words or by vectors: a memory that learns and forgets exactly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.taught.sources import Batch, Look, most_of
from linnaeus.closed.taught.sparse import (
    AT_ONCE,
    Floats,
    Sparse,
    best_of_dense,
    best_of_rows,
    common,
    from_keys,
    largest_of_rows,
    row_sums,
    rows_of,
    stacked,
    valued,
    without,
)

MOST = 50  # neighbours that vote
SHARPNESS = 1.5  # power of the likeness that is a vote's weight
CANDIDATES = 60
COMMON, FEW = 0.05, 200  # share of the examples that have a word, and their number, from which it is left out


class Tally(NamedTuple):
    """Per pair of a text and a label of a neighbour of it: sorted keys, sum of votes, nearest likeness, their number."""

    keys: NDArray[np.int64]
    votes: Floats
    nearest: Floats
    number: Floats


@dataclass(frozen=True)  # no slots: what is made of it is kept
class Neighbours:
    """Examples as unit rows (n, d), sparse or vectors, and their labels (n, labels) as ones."""

    examples: Any
    labels: Sparse

    @classmethod
    def fit(cls, examples: Any, labels: Sparse) -> Neighbours:
        """Of unit rows and their labels; words that many examples have tell little and cost most, so they are left out."""
        if isinstance(examples, np.ndarray):
            return cls(examples, labels)
        most = max(COMMON * examples.shape[0], FEW)
        return cls(without(examples, common(examples, most)), labels)

    @cached_property
    def _across(self) -> Sparse:
        """The sparse examples (d, n)."""
        return self.examples.T.tocsr()

    def look(self, batch: Batch, own: Sparse | None = None) -> Look:
        """See `Source`."""
        by_vector = isinstance(self.examples, np.ndarray)
        if by_vector:
            near = _near_vectors(batch.vectors, self.examples, own is not None)
        else:
            near = _near_rows(batch.rows, self._across, own is not None)
        tally = self._tally(near)
        kind = "meaning" if by_vector else "words"

        def features(pairs: Sparse) -> dict[str, Floats]:
            return {f"{kind}_{name}": values for name, values in _at(near, tally, pairs).items()}

        most = most_of(CANDIDATES, self.labels.shape[1])
        return Look(best_of_rows(self._table(tally, near.shape[0]), most), features)

    def _tally(self, near: Sparse) -> Tally:
        """What the labels of neighbours sum up to."""
        counts = np.diff(self.labels.indptr)[near.indices]  # labels of each neighbour
        texts = np.repeat(rows_of(near), counts)
        firsts = np.repeat(self.labels.indptr[near.indices] - np.cumsum(counts) + counts, counts)
        labels = self.labels.indices[firsts + np.arange(counts.sum())]
        likeness = np.repeat(near.data, counts)
        keys = texts * self.labels.shape[1] + labels
        order = np.lexsort((likeness, keys))
        keys, likeness = keys[order], likeness[order]
        starts = np.flatnonzero(np.diff(keys, prepend=-1))
        if not len(starts):
            nothing = np.zeros(0, dtype=np.float32)
            return Tally(keys, nothing, nothing, nothing)
        ends = np.append(starts[1:], len(keys))
        return Tally(
            keys[starts],
            np.add.reduceat(likeness**SHARPNESS, starts).astype(np.float32),
            likeness[ends - 1].astype(np.float32),
            (ends - starts).astype(np.float32),
        )

    def _table(self, tally: Tally, texts: int) -> Sparse:
        """The votes as a table (texts, labels)."""
        return from_keys(tally.keys, tally.votes, texts, self.labels.shape[1])


def _near_rows(rows: Sparse, across: Sparse, own: bool) -> Sparse:
    """The likeness (m, n) of the 50 nearest of the examples (d, n); `own`: rows are the examples, none is near itself."""
    parts = []
    for start in range(0, rows.shape[0], AT_ONCE):
        block = (rows[start : start + AT_ONCE] @ across).tocsr()
        if own:
            block.data[rows_of(block) + start == block.indices] = 0
            block.eliminate_zeros()
        parts.append(best_of_rows(block, MOST))
    return stacked(parts, across.shape[1])


def _near_vectors(vectors: Any, examples: Floats, own: bool) -> Sparse:
    """The same for vectors."""
    parts = []
    for start in range(0, len(vectors), AT_ONCE):
        block = vectors[start : start + AT_ONCE] @ examples.T
        if own:
            block[np.arange(len(block)), start + np.arange(len(block))] = 0
        near = best_of_dense(block, MOST)
        np.maximum(near.data, 0, out=near.data)
        near.eliminate_zeros()
        parts.append(near)
    return stacked(parts, len(examples))


def _at(near: Sparse, tally: Tally, pairs: Sparse) -> dict[str, Floats]:
    """What the neighbours say of pairs."""
    rows = rows_of(pairs)
    weights = near.copy()
    weights.data = weights.data**SHARPNESS
    votes, least = valued(tally.keys, tally.votes, pairs), np.float32(1e-9)
    return {
        "share": np.divide(votes, np.maximum(row_sums(weights), least)[rows], dtype=np.float32),
        "lead": np.divide(votes, np.maximum(largest_of_rows(votes, pairs), least)[rows], dtype=np.float32),
        "nearest": valued(tally.keys, tally.nearest, pairs),
        "count": valued(tally.keys, tally.number, pairs),
        "density": largest_of_rows(near.data, near)[rows],
    }
