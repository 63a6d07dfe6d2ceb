"""The best of each label's entries. Knows nothing of how entries are scored."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Owners:
    """Entries that are sorted by label: `owners` (n,) never falls. A label may have several entries, or none."""

    def __init__(self, owners: NDArray[np.int32], labels: int) -> None:
        self.owners, self.labels = owners, labels
        self.starts = np.searchsorted(
            owners, np.arange(labels + 1)
        )  # label i: entries starts[i] to starts[i + 1]
        self._held = np.flatnonzero(np.diff(self.starts))
        self._one_each = len(owners) == labels == len(self._held)

    @property
    def sizes(self) -> NDArray[np.int64]:
        """How many entries each label has (labels,)."""
        return np.diff(self.starts)

    def best(self, scores: NDArray[np.float32], *, missing: float) -> NDArray[np.float32]:
        """The highest score of each label's entries (b, labels) from `scores` (b, n); `missing` where it has none."""
        if self._one_each:
            return scores
        out = np.full((len(scores), self.labels), missing, np.float32)
        if len(self._held):
            out[:, self._held] = np.maximum.reduceat(scores, self.starts[self._held], axis=1)
        return out

    def entries(self, labels: NDArray[np.intp]) -> NDArray[np.intp]:
        """The places of the entries of `labels`, label after label."""
        first, counts = self.starts[labels], self.sizes[labels]
        shifts = np.repeat(first - np.cumsum(counts) + counts, counts)
        places: NDArray[np.intp] = np.arange(len(shifts)) + shifts
        return places

    def only(self, labels: NDArray[np.intp]) -> Owners:
        """The entries of `labels` (k,) alone, which become labels 0, 1, ..."""
        counts = self.sizes[labels]
        return Owners(np.repeat(np.arange(len(labels), dtype=np.int32), counts), len(labels))

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """`owners`, and how many labels there are."""
        return {"owners": self.owners, "labels": np.array([self.labels])}
