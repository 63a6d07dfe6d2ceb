"""Rows of different length, one after the other. Knows nothing of what their numbers mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Terms = NDArray[np.uint64]
"""(n,) one row: 64-bit numbers in their order, repeats included."""


@dataclass(frozen=True, slots=True)
class Rows:
    """`starts` (n + 1,) int64: row i is `terms[starts[i]:starts[i + 1]]`."""

    starts: NDArray[np.int64]
    terms: Terms

    @staticmethod
    def of(rows: Iterable[Terms]) -> Rows:
        """The rows in their order; there may be none, and a row may be empty."""
        held = list(rows)
        starts = np.zeros(len(held) + 1, np.int64)
        np.cumsum([len(row) for row in held], out=starts[1:])
        return Rows(starts, np.concatenate([np.zeros(0, np.uint64), *held]))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, place: int) -> Terms:
        return self.terms[self.starts[place] : self.starts[place + 1]]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """The length of each row (n,)."""
        return np.diff(self.starts)

    def joined(self, more: Rows) -> Rows:
        """These rows, then `more`."""
        starts = np.concatenate([self.starts, more.starts[1:] + self.starts[-1]])
        return Rows(starts, np.concatenate([self.terms, more.terms]))

    def only(self, places: NDArray[np.intp]) -> Rows:
        """The rows at `places` (k,), in this order."""
        lengths = self.lengths[places]
        ends = np.cumsum(lengths)
        at = np.repeat(self.starts[places] - ends + lengths, lengths) + np.arange(int(lengths.sum()))
        return Rows(np.concatenate([np.zeros(1, np.int64), ends]), self.terms[at])

    def without(self, places: Iterable[int]) -> Rows:
        """These rows with those at `places` emptied, so that the others keep their places."""
        kept = np.ones(len(self), np.bool_)
        kept[np.fromiter(places, np.int64)] = False
        lengths = np.where(kept, self.lengths, 0)
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        return Rows(starts, self.terms[np.repeat(kept, self.lengths)])
