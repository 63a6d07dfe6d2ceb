"""From which probability on labels should be given for the best micro-F1. Knows nothing of intervals."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Cut(NamedTuple):
    """From `least` on labels are given, with this micro-F1."""

    least: float
    f1: float


def best_cut(likely: NDArray[Any], right: NDArray[np.bool_], total: int) -> Cut:
    """The cut with the best micro-F1 of labels by how likely they are, and whether they are right, (n,) both, n > 0.

    `total`: how many labels should be given.
    """
    order = np.argsort(-likely, kind="stable")
    f1 = 2 * np.cumsum(right[order]) / (np.arange(1, len(order) + 1) + total)
    best = int(f1.argmax())
    return Cut(float(likely[order[best]]), float(f1[best]))
