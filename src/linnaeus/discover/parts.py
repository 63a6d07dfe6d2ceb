"""Rows that lean on their neighbours, and any part of them as though there were no others. Knows nothing of groups.

A part is never searched for neighbours: those of a row among the part are the nearest of all rows that are in it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.features import Rows
from linnaeus.consolidate.neighbours import MOST_LINKS, Near, leaned, most_links, nearest, unit

LINKED = 0.15  # likeness from which neighbours lean on each other; research/LOG.md, "Discover"
WIDTH = 128  # main directions that are enough to tell groups; research/LOG.md, "Discover, faster"
KNOWN = (
    4 * MOST_LINKS
)  # nearest of each row that are remembered; half of the rows hold a quarter of them for sure


class Parts:
    """Unit rows (n, d) of which parts are wanted that know nothing of the rest but its main directions."""

    def __init__(self, rows: Rows) -> None:
        self._rows = _narrowed(rows)
        most = min(KNOWN, len(rows) - 1)
        self._near = nearest(self._rows, self._rows, most, at_least=LINKED, own=np.arange(len(rows)))

    def __len__(self) -> int:
        return len(self._rows)

    def leaned(self, places: NDArray[np.intp]) -> Rows:
        """The rows at `places` (m,), rising, each moved towards its neighbours among them; (m, WIDTH) at most."""
        return leaned(self._rows[places], self._among(places), LINKED)

    def _among(self, places: NDArray[np.intp]) -> Near:
        """The nearest of each of the rows at `places` among these, numbered as they are there."""
        number = np.full(len(self._rows), -1, dtype=np.intp)
        number[places] = np.arange(len(places))
        known, likeness = number[self._near.places[places]], self._near.likeness[places]
        inside = (known >= 0) & (likeness > 0)
        rank = inside.cumsum(axis=1) - 1
        most = most_links(len(places))
        row, column = np.nonzero(inside & (rank < most))
        near = Near(np.zeros((len(places), most), np.intp), np.zeros((len(places), most), np.float32))
        near.places[row, rank[row, column]] = known[row, column]
        near.likeness[row, rank[row, column]] = likeness[row, column]
        return near


def _narrowed(rows: Rows) -> Rows:
    """Unit rows (n, WIDTH) at most: what they have in the directions in which all differ most."""
    if rows.shape[1] <= WIDTH:
        return rows
    _, directions = np.linalg.eigh(rows.T @ rows)  # rising
    return unit(rows @ directions[:, -WIDTH:])
