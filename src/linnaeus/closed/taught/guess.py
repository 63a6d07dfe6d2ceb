"""How likely a label is by weights that were learnt elsewhere, for a taxonomy with few examples.

An example is looked at as if it were not there: where labels have one each, nothing speaks for the right one any more, and
what is learnt from that is wrong. So the weights that hold on texts which are none of the examples are where one starts
from, and examples move them a little (a Gaussian prior).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.taught.sparse import Floats
from linnaeus.logistic import most_likely

USED = (
    "words_lead",
    "words_nearest",
    "name",
    "meaning_share",
    "meaning_lead",
    "meaning_of_name",
    "margin",
    "margin_lead",
)
# Fitted by research/guess.py to training texts of four sets that are none of the 1 or 3 examples a label.
BY_WORDS = (2.2, 1.8, 2.8, 0.0, 0.0, 0.0, 3.4, 1.4, -2.1)
BY_MEANING = (0.3, -1.1, -0.3, 2.5, 2.1, 4.2, 5.2, 3.8, -0.9)
FIRMNESS = 100.0  # of each weight, as the information (inverse variance) that one has of it


def guess(columns: dict[str, Floats], right: Floats) -> NDArray[np.float64]:
    """The weights (9,) of the features used and the constant, for pairs with these features, right or not (n,)."""
    start = np.array(BY_MEANING if "meaning_lead" in columns else BY_WORDS)
    prior = FIRMNESS * np.eye(len(start))
    line, _ = most_likely(
        _features(columns), right.astype(float), np.ones(len(right)), start=start, prior=prior
    )
    return line


def guessed(line: NDArray[np.float64], columns: dict[str, Floats]) -> NDArray[np.float64]:
    """The log-odds (n,) of pairs with these features."""
    return np.asarray(_features(columns) @ line)


def _features(columns: dict[str, Floats]) -> NDArray[np.float64]:
    pairs = len(columns["margin"])
    zeros, ones = np.zeros(pairs), np.ones(pairs)
    return np.stack([*(columns.get(name, zeros) for name in USED), ones], axis=1).astype(np.float64)
