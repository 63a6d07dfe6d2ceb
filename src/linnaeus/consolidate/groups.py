"""The labels that surfaces stand for, as sums of their rows, to find the one that a new surface is most like."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from linnaeus.consolidate.features import Rows
from linnaeus.index import GrowingArray
from linnaeus.types import LabelId


class Groups:
    """For each label the sum of its surfaces' rows and their number: the mean likeness costs one product a label."""

    def __init__(self, width: int) -> None:
        self._labels: list[LabelId] = []
        self._place: dict[LabelId, int] = {}
        self._sums: GrowingArray[np.float32] = GrowingArray(np.zeros((0, width), dtype=np.float32))
        self._sizes: GrowingArray[np.float32] = GrowingArray(np.zeros(0, dtype=np.float32))

    def __len__(self) -> int:
        return len(self._labels)

    def add(self, label: LabelId, row: Rows) -> None:
        """Count a surface (d,) that stands for `label`."""
        if label not in self._place:
            self._place[label] = len(self._labels)
            self._labels.append(label)
            self._sums.add(np.zeros((1, len(row)), dtype=np.float32))
            self._sizes.add(np.zeros(1, dtype=np.float32))
        place = self._place[label]
        self._sums.rows[place] += row
        self._sizes.rows[place] += 1

    def most_like(self, row: Rows, taken: Iterable[LabelId]) -> tuple[LabelId, float] | None:
        """The label whose surfaces have the highest mean inner product with `row` (d,), and that; none of `taken`."""
        if not self._labels:
            return None
        means = self._sums.rows @ row / self._sizes.rows  # (labels,)
        means[[self._place[label] for label in taken]] = -np.inf
        best = int(means.argmax())
        return self._labels[best], float(means[best])
