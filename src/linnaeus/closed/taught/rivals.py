"""How likely a label fits among the other candidates of its text. Knows nothing of what log-odds come from.

Pairs of one log-odds are not of one chance: the likeliest label of a text fits more often than another's third, and the
less often, the more there is that rivals it. A curve over all pairs together said 0.34 of first labels of which 0.44 fit
(stw_economics; research/LOG-taxonomies.md, "The first label").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.taught.sparse import Floats
from linnaeus.logistic import most_likely, sigmoid

Doubles = NDArray[np.float64]
UNSEEN = 1e-3  # odds of what is no candidate: what rivals a label that is the only one
BENDS = np.array([-3.0, -1.0, 1.0, 3.0])  # log-odds, from each of which on a line rises otherwise
FARTHEST = 15.0
"""Log-odds of either sign: trees say of a few pairs -10,000, which would be all that a line sees."""


@dataclass(frozen=True, slots=True)
class Rivals:
    """Weights of the first label of a text, and of all others.

    Of 1, log-odds, log of the others' odds, log of its place; how far log-odds, and those of others, are above each bend.
    """

    first: Doubles
    others: Doubles

    @classmethod
    def fit(cls, odds: Floats, right: Floats, texts: NDArray[np.int64], firmness: float) -> Rivals:
        """Of the log-odds of pairs, which of them are right, and the text of each, (n,).

        `firmness`: how much is known of the log-odds being right as they are (the information of each weight).
        """
        signs = _signs(odds, texts)
        first = signs[:, 3] == 0
        return cls(*(_line(signs[part], right[part], firmness) for part in (first, ~first)))

    def chances(self, odds: Floats, texts: NDArray[np.int64]) -> Floats:
        """The probability (n,) of pairs; within a text it falls with the log-odds."""
        signs = _signs(odds, texts)
        first = signs[:, 3] == 0
        chances = sigmoid(np.where(first, signs @ self.first, signs @ self.others))
        order = np.lexsort((signs[:, 3], texts))
        # A text has its own stretch of numbers, each below that of the text before
        floors = -2.0 * np.searchsorted(np.unique(texts), texts[order])
        chances[order] = np.minimum.accumulate(chances[order] + floors) - floors
        return chances.astype(np.float32)


def _line(signs: Doubles, right: Floats, firmness: float) -> Doubles:
    start = np.zeros(signs.shape[1])
    start[1] = 1.0
    prior = firmness * np.eye(len(start))
    line, _ = most_likely(signs, right.astype(np.float64), np.ones(len(right)), start=start, prior=prior)
    return line


def _signs(odds: Floats, texts: NDArray[np.int64]) -> Doubles:
    """Signs (n, 12) of pairs; the fourth is 0 for the first label of a text alone, ties go to the earlier pair."""
    own = np.clip(odds.astype(np.float64), -FARTHEST, FARTHEST)
    order = np.lexsort((-odds, texts))
    starts = np.flatnonzero(np.diff(texts[order], prepend=-1))
    places = np.empty(len(own))
    places[order] = np.arange(len(own)) - np.repeat(starts, np.diff(np.append(starts, len(own))))
    total = np.bincount(texts, weights=np.exp(own))[texts] if len(own) else own
    others = np.log(np.maximum(total - np.exp(own), 0) + UNSEEN)
    bent = (np.maximum(some[:, None] - BENDS, 0) for some in (own, others))
    return np.hstack([np.stack([np.ones(len(own)), own, others, np.log1p(places)], axis=1), *bent])
