"""How likely any label at all fits a text: from its best label, its nearest example, and what unlabelled examples teach.

A label's own probability is about which label fits; a text that nothing fits is unlike all examples, or like those that
have no label. Where examples are few, weights that were learnt elsewhere stand, and examples move them (a Gaussian prior).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.taught.linear import Linear, out_of_fold
from linnaeus.closed.taught.sparse import Floats, Sparse, from_parts, largest_of_rows, rows_of
from linnaeus.closed.trust import SHIPPED, Trust
from linnaeus.logistic import most_likely, sigmoid

# Of the best margin, the likeness of the nearest example or name, the margin of the classifier of unlabelled examples, and 1
BY_WORDS = (-3.9, -4.2, 1.7, -0.8)
BY_MEANING = (-2.2, -11.8, 2.3, 5.3)
FIRMNESS = (20.0, 20.0, 20.0, 1.0)  # the information that one has of each of these weights
FARTHEST = -1.0  # margin, below which a text is no more unlike unlabelled examples than any is


@dataclass(frozen=True, slots=True)
class Nothing:
    """Weights (4,) of what speaks for "none of these", the classifier (1, d) of examples that have no label, and trust.

    `trust.none` says by the probabilities of labels how likely none fits: what giving no label is worth.
    """

    line: NDArray[np.float64]
    unlabelled: Linear
    trust: Trust

    @classmethod
    def fit(
        cls,
        rows: Sparse,
        none: NDArray[np.bool_],
        pairs: Sparse,
        features: dict[str, Floats],
        chances: Floats,
    ) -> Nothing:
        """Of the rows (n, d) of examples, which of them have no label (n,), and pairs of some of them.

        Of these pairs, (pairs,) each: the features, and how likely each fits where any label does.
        """
        every, marks = _column(np.ones(len(none), bool)), _column(none)
        asked = np.flatnonzero(np.diff(pairs.indptr))
        margins = out_of_fold(rows, every, marks, every)[asked]
        looks = _looks(pairs, features)[asked]
        looks[:, 2] = np.maximum(margins, FARTHEST)
        start = np.array(BY_MEANING if "meaning_nearest" in features else BY_WORDS)
        right = none[asked].astype(np.float64)
        line, _ = most_likely(looks, right, np.ones(len(asked)), start=start, prior=np.diag(FIRMNESS))
        fit = 1 - sigmoid(looks @ line)  # (asked,)
        final = np.zeros((len(asked), int(np.diff(pairs.indptr).max(initial=0))))
        of_asked = np.cumsum(np.diff(pairs.indptr) > 0)[rows_of(pairs)] - 1
        final[of_asked, np.arange(pairs.nnz) - pairs.indptr[rows_of(pairs)]] = chances * fit[of_asked]
        return cls(line, Linear.fit(rows, every, marks), SHIPPED.refit_none(final, none[asked]))

    def fits(self, rows: Sparse, pairs: Sparse, features: dict[str, Floats]) -> Floats:
        """The chance (n,) that any label fits texts with these rows (n, d) and features of pairs."""
        looks = _looks(pairs, features)
        looks[:, 2] = np.maximum(self.unlabelled.at(rows, _column(np.ones(len(looks), bool))), FARTHEST)
        return (1 - sigmoid(looks @ self.line)).astype(np.float32)


def _looks(pairs: Sparse, features: dict[str, Floats]) -> NDArray[np.float64]:
    """What speaks of each text (n, 4); the third is for the caller to fill."""
    low = 10  # largest_of_rows begins at 0
    margin = largest_of_rows(features["margin"] + low, pairs) - low
    nearest = features["words_nearest"]
    if "meaning_nearest" in features:
        nearest = np.maximum(features["meaning_nearest"], features["meaning_of_name"])
    ones = np.ones(len(margin))
    return np.stack([np.maximum(margin, -2), largest_of_rows(nearest, pairs), ones, ones], axis=1)


def _column(marks: NDArray[np.bool_]) -> Sparse:
    """One column (n, 1) with a 1 at each mark."""
    starts = np.concatenate([[0], np.cumsum(marks)])
    return from_parts(np.ones(starts[-1]), np.zeros(starts[-1]), starts, 1)
