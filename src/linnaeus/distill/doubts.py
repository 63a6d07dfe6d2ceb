"""Which examples have a label that the others speak against, or lack one. Changes nothing.

Confident learning: Northcutt et al. 2021 for one label a text, Thyagarajan et al. 2022 for several, each label by itself.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.distill.examples import Examples
from linnaeus.student.words import Floats

NONE = -1  # no column


class Doubt(NamedTuple):
    """The example at `place`: column `other` fits with `chance`, and `own`, which it has, is `left` times as likely as that.

    Where a text may have several labels one of both is -1: it lacks `other`, or it has `own` and nothing in its place;
    `chance` is then how likely that is.
    """

    place: int
    own: int
    other: int
    chance: float
    left: float


def doubted(examples: Examples, places: NDArray[np.int64], likely: Floats) -> list[Doubt]:
    """The doubts about examples at `places` (m,), the greatest first; `likely` (m, labels): by what was learnt from others.

    What speaks against a label is at least as likely as it is, on average, for texts of which it is said.
    """
    right = np.zeros(likely.shape, np.bool_)
    for row, place in enumerate(places.tolist()):
        right[row, list(examples.columns[place])] = True
    found = _of_several(right, likely) if examples.several else _of_one(right, likely)
    found.sort(key=lambda doubt: (doubt.left, -doubt.chance, doubt.place))
    return [doubt._replace(place=int(places[doubt.place])) for doubt in found]


def _of_one(right: NDArray[np.bool_], likely: Floats) -> list[Doubt]:
    confident = _mean(likely, right)
    rows, own = np.nonzero(right)
    other = likely[rows].argmax(axis=1)
    chance, mine = likely[rows, other], likely[rows, own]
    against = (other != own) & (chance >= confident[other])
    return [
        Doubt(int(rows[at]), int(own[at]), int(other[at]), float(chance[at]), float(mine[at] / chance[at]))
        for at in np.flatnonzero(against).tolist()
    ]


def _of_several(right: NDArray[np.bool_], likely: Floats) -> list[Doubt]:
    lacks = ~right & (likely >= np.maximum(_mean(likely, right), 0.5))
    wrong = right & (1 - likely >= np.maximum(_mean(1 - likely, ~right), 0.5))
    found = []
    for table, chances in ((lacks, likely), (wrong, 1 - likely)):
        for row, column in np.argwhere(table).tolist():
            chance = float(chances[row, column])
            own, other = (NONE, column) if table is lacks else (column, NONE)
            found.append(Doubt(row, own, other, chance, (1 - chance) / chance))
    return found


def _mean(values: Floats, where: NDArray[np.bool_]) -> Floats:
    """The mean of each column (m, labels) over the rows that count; 0 where there are none."""
    return np.asarray((values * where).sum(axis=0) / np.maximum(where.sum(axis=0), 1), np.float32)
