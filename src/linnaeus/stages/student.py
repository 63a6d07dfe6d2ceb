"""A student that answers texts which no asked text is near. Knows nothing of models, storage or how far it is trusted.

It is the linear model of `consolidate/second_opinion.py`, fitted to the asked texts whenever all is grouped anew.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.second_opinion import LARGEST, learnt
from linnaeus.index import cosines, units
from linnaeus.stages.centres import Centres
from linnaeus.types import Codes

# log-odds that the model would give a text the label that a student does: research/LOG.md, "A student that answers"
INTERCEPT, PER_LEAD, PER_NEARNESS = -4.2, 0.42, 8.0


class Said(NamedTuple):
    """The asked text of its label that is nearest, by row, and the log-odds that the text has that label too."""

    row: int
    odds: float


class Student:
    """Says of a text which label it would give: the surer, the further it leads and the nearer the label's centre is.

    A text of a new topic is far from every centre.
    """

    def __init__(self, codes: Codes, said: Codes, labels: Sequence[Hashable], centres: Centres) -> None:
        """Learn from asked texts (n, d), what was said of each (n, e), and their `labels`, two or more."""
        owners = np.array([centres.place[label] for label in labels], dtype=np.intp)
        self._linear = learnt(codes, units(said), owners, len(centres.place))
        self._codes = codes
        self._members = np.split(np.argsort(owners, kind="stable"), np.cumsum(np.bincount(owners))[:-1])

    def says(self, code: Codes, nearness: NDArray[np.float64]) -> Said:
        """What it says of a text (d,) by its `nearness` (labels,) to each centre; the same in any batch."""
        odds = self._linear.odds(code[None])[0]
        second, first = np.partition(odds, -2)[-2:]
        label = int(odds.argmax())
        own = self._members[label]
        row = own[cosines(code[None], self._codes[own])[0].argmax()]
        lead = min(float(first - second), LARGEST)
        return Said(int(row), INTERCEPT + PER_LEAD * lead + PER_NEARNESS * float(nearness[label]))
