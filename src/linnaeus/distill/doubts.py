"""Which examples have a label that the others speak against (confident learning, Northcutt et al. 2021). Changes nothing."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.distill.examples import Examples
from linnaeus.student.words import Floats


class Doubt(NamedTuple):
    """The example at `place`: the column `other` fits with `chance`, and its own is `left` times as likely as that."""

    place: int
    other: int
    chance: float
    left: float


def doubted(examples: Examples, places: NDArray[np.int64], likely: Floats) -> list[Doubt]:
    """The examples at `places` (m,), of one label each, whose own label others speak against; the most doubtful first.

    `likely` (m, labels): the chances by what was learnt from others. Another label speaks against the own one where it is
    at least as likely as it is, on average, for the texts that have it.
    """
    labelled = [(row, place) for row, place in enumerate(places.tolist()) if examples.columns[place]]
    rows = np.array([row for row, _ in labelled], np.int64)
    own = np.array([examples.columns[place][0] for _, place in labelled], np.int64)
    sums = np.bincount(own, likely[rows, own], minlength=likely.shape[1])
    confident = sums / np.maximum(np.bincount(own, minlength=likely.shape[1]), 1)
    other = likely[rows].argmax(axis=1)
    chance, mine = likely[rows, other], likely[rows, own]
    found = np.flatnonzero((other != own) & (chance >= confident[other]))
    return [
        Doubt(labelled[at][1], int(other[at]), float(chance[at]), float(mine[at] / chance[at]))
        for at in found[np.argsort(mine[found] - chance[found], kind="stable")].tolist()
    ]
