"""How likely two surfaces are one label: a small logistic model, fitted on recordings (research/same.py), re-fitted here.

Knows nothing of storage. It says how sure a vote is; what is grouped is decided by the likeness of whole groups
(partition.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.book import Book
from linnaeus.consolidate.features import BLOCK, Frame
from linnaeus.logistic import Floats, most_likely, sigmoid

# intercept, cosine of the wordings, cosine of the mean texts, log2 of the texts of the one with fewer
WITH_WORDS = (-6.04, 6.34, 4.44, -0.7)
WORDLESS = (-5.78, 0.0, 10.36, 0.0)
SPREAD = 0.5  # how far projects differ from the recordings: standard deviation of each weight, in units of the features
ENOUGH = 50  # verdicts from which a project has weights of its own


@dataclass(frozen=True, slots=True)
class Chances:
    """The weights: intercept first, then one for each of `pair_features`."""

    weights: tuple[float, ...]

    def of(self, features: Floats) -> Floats:
        """The chance (n,) that the pairs with these features (n, 3) are one label."""
        line = np.array(self.weights)
        return sigmoid(line[0] + features @ line[1:])

    def refit(self, features: Floats, same: NDArray[np.bool_]) -> Chances:
        """The weights once pairs (n, 3) were judged the `same` or not (n,); as they are while these are few.

        The most likely weights where those of now are expected to hold within SPREAD.
        """
        if len(same) < ENOUGH:
            return self
        rows = np.hstack([np.ones((len(features), 1)), features])
        start = np.array(self.weights)
        prior = np.eye(len(start)) / SPREAD**2
        line, _ = most_likely(rows, same.astype(np.float64), np.ones(len(rows)), start=start, prior=prior)
        return Chances(tuple(map(float, line)))


def pair_features(book: Book, frame: Frame, left: NDArray[np.intp], right: NDArray[np.intp]) -> Floats:
    """(n, 3) for pairs of places: cosine of wordings (0 without), cosine of mean texts, log2 of the fewer texts.

    Both cosines are centred: what all wordings and all texts of a project share does not count.
    """
    rows = np.zeros((len(left), 3))
    for start in range(0, len(left), BLOCK):
        a, b = left[start : start + BLOCK], right[start : start + BLOCK]
        part = rows[start : start + BLOCK]
        if not frame.wordless:
            part[:, 0] = np.einsum("ij,ij->i", frame.said(book.wordings[a]), frame.said(book.wordings[b]))
        part[:, 1] = np.einsum("ij,ij->i", frame.about(book.sums.rows[a]), frame.about(book.sums.rows[b]))
        fewer = [min(book.asked[one], book.asked[other]) for one, other in zip(a, b, strict=True)]
        part[:, 2] = np.log2(np.maximum(fewer, 1))
    return rows
