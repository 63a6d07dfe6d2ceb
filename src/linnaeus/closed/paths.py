"""All that is above each place of a hierarchy in which a place may have several parents. Knows nothing of labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linnaeus.taxonomy import Links


def above(parents: Links) -> Links:
    """Every place above each place once, rising; the place itself only if it is above itself (a circle)."""
    n = len(parents)
    start = (
        np.repeat(np.arange(n), np.diff(parents.starts)) * n + parents.places
    )  # place * n + place above it
    found = fresh = np.unique(start)
    while len(fresh):
        fresh = np.setdiff1d(_up(fresh, parents), found, assume_unique=True)
        found = np.union1d(found, fresh)
    places, higher = np.divmod(found, max(n, 1))
    return Links(np.searchsorted(places, np.arange(n + 1)), higher.astype(np.int32))


def _up(pairs: NDArray[np.int64], parents: Links) -> NDArray[np.int64]:
    """The pairs that lead one step higher, each once."""
    n = len(parents)
    places, higher = np.divmod(pairs, n)
    counts = np.diff(parents.starts)[higher]
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    steps = parents.places[np.repeat(parents.starts[higher], counts) + within]
    return np.unique(np.repeat(places, counts) * n + steps)
