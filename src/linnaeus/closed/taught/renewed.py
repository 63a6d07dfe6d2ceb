"""What was taught, over a newer version of its taxonomy: nothing is learnt anew. Knows no example and no storage.

Labels that are gone are left out; of those that were added, and of new names, it is known what they are called.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.entries import Entries
from linnaeus.closed.taught.centroids import NOTHING, Centroids
from linnaeus.closed.taught.linear import UNKNOWN, Linear
from linnaeus.closed.taught.meanings import Meanings
from linnaeus.closed.taught.model import Taught
from linnaeus.closed.taught.names import WHOLE, Names
from linnaeus.closed.taught.neighbours import Neighbours
from linnaeus.closed.taught.sources import Source
from linnaeus.closed.taught.sparse import Floats, Sparse, from_parts
from linnaeus.closed.taught.wording import read


class Moved:
    """Labels at other places: `old` (n,) is where each was, -1 for one that was nowhere, among `before` labels."""

    def __init__(self, old: NDArray[np.intp], before: int) -> None:
        self.old, self.there = old, old >= 0
        starts = np.concatenate([[0], np.cumsum(self.there)])
        self._select = from_parts(np.ones(starts[-1]), old[self.there], starts, before)  # (n, before)

    def rows(self, matrix: Sparse) -> Sparse:
        """(before, d) as (n, d)."""
        return _tidy(self._select @ matrix)

    def columns(self, matrix: Sparse) -> Sparse:
        """(m, before) as (m, n)."""
        return _tidy(matrix @ self._select.T)

    def values(self, values: Floats, missing: float) -> Floats:
        """(..., before) as (..., n), `missing` for labels that were nowhere."""
        return np.where(self.there, values[..., self.old], missing).astype(np.float32)


def renewed(taught: Taught, moved: Moved, entries: Entries, names: Floats | None) -> Taught:
    """The same over a taxonomy whose labels have these `entries`, with unit vectors (entries, d) where it has any."""
    sources = tuple(_source(source, moved, entries, names) for source in taught.sources)
    linear = Linear(moved.rows(taught.linear.weights), moved.values(taught.linear.constants, UNKNOWN))
    return replace(taught, sources=sources, linear=linear, sizes=moved.values(taught.sizes, 0))


def _source(source: Source, moved: Moved, entries: Entries, names: Floats | None) -> Source:
    if isinstance(source, Neighbours):
        return Neighbours(source.examples, moved.columns(source.labels))
    if isinstance(source, Centroids):
        return Centroids(moved.rows(source.sums), moved.values(source.lengths, NOTHING))
    if isinstance(source, Names):
        meaning = source.meaning
        kept = replace(meaning, named=moved.values(meaning.named, 0), right=moved.values(meaning.right, 0))
        return source.over(entries, kept)
    assert isinstance(source, Meanings) and names is not None
    new = np.flatnonzero(np.isin(moved.old, source.known))
    sums = source.sums[np.searchsorted(source.known, moved.old[new])]
    order = np.argsort(entries.owners, kind="stable")
    return Meanings(sums, new.astype(np.int32), names[order], entries.owners[order], entries.labels)


def _tidy(matrix: Sparse) -> Sparse:
    made = matrix.tocsr().astype(np.float32)
    made.sort_indices()
    return made


class Named:
    """The names of some labels, to find the texts that they may fit."""

    def __init__(self, taught: Taught, labels: NDArray[np.intp]) -> None:
        """`labels` (k,) by their places."""
        self._names = next(source for source in taught.sources if isinstance(source, Names)).only(labels)
        meanings = [source for source in taught.sources if isinstance(source, Meanings)]
        self._vectors = [source.names[np.isin(source.owners, labels)] for source in meanings]

    def reach(
        self, texts: Sequence[str], vectors: Floats | None, floors: Sequence[Floats]
    ) -> NDArray[np.bool_]:
        """Which texts (n,) have a name of these as a whole, or one whose cosine is at least their floor, (1,) each.

        Floors of another kind are reached by nothing.
        """
        found = self._names.find([words.all for words in read(texts)])
        near = np.bincount(found.keys[found.share >= WHOLE] // self._names.labels, minlength=len(texts)) > 0
        for names in self._vectors:
            assert vectors is not None
            nearest = (vectors @ names.T).max(axis=1, initial=-1)
            near |= nearest >= [own[0] if len(own) == 1 else np.inf for own in floors]
        return near
