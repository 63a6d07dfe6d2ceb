"""How near texts are to the centre of each label. Knows nothing of words or storage."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.features import unit_rows
from linnaeus.index import cosines, quantise
from linnaeus.types import Codes

BLOCK = 4096  # texts at a time


class Centres:
    """The mean directions of the texts of each label, less what all texts share.

    The same for the same texts in the same order; rows are whole numbers, so that it does not matter how texts are batched.
    """

    def __init__(self, codes: Codes, labels: Sequence[Hashable]) -> None:
        """Take the means of the rows of `codes` (n, d), n > 0, by their `labels`."""
        self.place = {label: place for place, label in enumerate(dict.fromkeys(labels))}
        owners = np.array([self.place[label] for label in labels], dtype=np.intp)
        sums = np.zeros((len(self.place), codes.shape[1]))
        for start in range(0, len(codes), BLOCK):
            np.add.at(sums, owners[start : start + BLOCK], unit_rows(codes[start : start + BLOCK]))
        self._shared: NDArray[np.float64] = sums.sum(axis=0) / len(codes)
        self._centres = quantise((sums - np.bincount(owners)[:, None] * self._shared).astype(np.float32))

    def rows(self, codes: Codes) -> Codes:
        """Texts (n, d) less what all share."""
        return quantise((unit_rows(codes) - self._shared).astype(np.float32))

    def nearness(self, rows: Codes) -> NDArray[np.float64]:
        """(n, labels): the cosine of each text, as `rows` gives it, to the centre of each label."""
        return cosines(rows, self._centres)
