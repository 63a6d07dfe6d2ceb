"""The best places of a long row of scores. Knows nothing of what is scored."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CHUNK = 64


def best(scores: NDArray[np.float32], most: int, *, above: float = -np.inf) -> NDArray[np.intp]:
    """The places of up to `most` highest of `scores` (n,) that are over `above`: best first, ties to the earlier place.

    The `most` best lie in the `most` chunks of 64 whose maxima are highest, so only what reaches the lowest of these
    maxima is sorted: 0.2 ms for 100,000 scores, where argpartition takes 1 to 8 (many scores are equal: 0).
    """
    if most <= 0 or len(scores) == 0:
        return np.zeros(0, np.intp)
    least = _reached(scores, most)
    places = np.flatnonzero(scores >= least if least > above else scores > above)
    return places[np.argsort(-scores[places], kind="stable")[:most]]


def _reached(scores: NDArray[np.float32], most: int) -> float:
    """A bound that at least `most` scores reach, or all of them."""
    whole = len(scores) // CHUNK * CHUNK
    peaks = np.append(scores[:whole].reshape(-1, CHUNK).max(axis=1), scores[whole:])
    if len(peaks) <= most:
        return -np.inf
    return float(np.partition(peaks, len(peaks) - most)[len(peaks) - most])
