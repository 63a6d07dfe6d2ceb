"""From what all sources say of a pair of a text and a label to the probability that the label fits.

Trees are fitted to pairs whose figures were taken without the text itself, so that they meet new texts as they met
these; what they say becomes a probability among what else may fit the text (`rivals.py`), as texts show that the trees
have not seen: a part of all texts, or several where they are few, each by trees of the others. Of few examples that would
leave too little: there a guess by known weights, which examples move, is as good and better calibrated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.taught.guess import guess, guessed
from linnaeus.closed.taught.rivals import Rivals
from linnaeus.closed.taught.sparse import Floats
from linnaeus.closed.taught.trees import Trees

PARTS = 4  # of the texts: trees are fitted to all but one, and lines to that one
ENOUGH = 1500  # texts that lines are fitted to, if need be of several parts: each costs trees of the others
FEW = 2000  # right pairs, below which there is a guess in place of trees: research/LOG-taxonomies.md, "Labels from examples"
LOOSE, FIRM = 1.0, 10.0  # how firmly log-odds of trees, and of a guess, are taken for what they are
FITS = "fits"
"""How likely any label at all fits the text: no feature, what it comes to is multiplied by it."""
SIGNS = {"margin_place": -1, "words_density": 0, "meaning_density": 0, "size": 0}
"""Features of which more does not simply speak for a pair; of all others it does, and the trees may not say otherwise."""


@dataclass(frozen=True, slots=True)
class Ranker:
    """Trees, or the weights of a guess (d,); and what makes probabilities of log-odds."""

    trees: Trees
    rivals: Rivals
    line: NDArray[np.float64] | None = None

    @classmethod
    def fit(cls, columns: dict[str, Floats], right: Floats, texts: NDArray[np.int64]) -> Ranker:
        """Of the features of pairs, (n,) each, which of these are right (n,), and the text of each."""
        if right.sum() < FEW:
            line = guess(columns, right, texts)
            return cls(Trees.none(), Rivals.fit(_rounded(line, columns), right, texts, FIRM), line)
        rows, signs = stacked_columns(columns), [SIGNS.get(name, 1) for name in columns]
        part = (np.random.default_rng(0).random(int(texts.max()) + 1) * PARTS).astype(int)[texts]
        held = part < PARTS * ENOUGH / len(np.unique(texts))
        fitted, odds = [], np.zeros(len(right), np.float32)
        for one in np.unique(part[held]):
            own = part == one
            fitted.append(Trees.fit(rows[~own], right[~own], signs))
            odds[own] = fitted[-1].log_odds(rows[own])
        return cls(fitted[0], Rivals.fit(odds[held], right[held], texts[held], LOOSE))

    def score(self, columns: dict[str, Floats], texts: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """The log-odds of pairs by their features, by which they are ranked, and their probabilities.

        `texts` (n,): the text of each; all candidates of a text must be there.
        """
        columns = dict(columns)
        fits = columns.pop(FITS, np.float32(1))
        odds = self._odds(columns)
        return odds, self.rivals.chances(odds, texts) * fits

    def _odds(self, columns: dict[str, Floats]) -> Floats:
        if self.line is not None:
            return _rounded(self.line, columns)
        return self.trees.log_odds(stacked_columns(columns))

    def to_arrays(self) -> dict[str, Any]:
        """What `from_arrays` makes the same from, but for the trees."""
        known = {"first": self.rivals.first, "others": self.rivals.others}
        return known if self.line is None else known | {"line": self.line}

    @classmethod
    def from_arrays(cls, trees: Trees, arrays: dict[str, Any]) -> Ranker:
        """See `to_arrays`."""
        return cls(trees, Rivals(arrays["first"], arrays["others"]), arrays.get("line"))


def _rounded(line: NDArray[np.float64], columns: dict[str, Floats]) -> Floats:
    """The log-odds of a guess, so that equals stay equal."""
    return guessed(line, columns).astype(np.float32)


def stacked_columns(columns: dict[str, Floats]) -> Floats:
    """The features of pairs as rows (n, f), always in one order."""
    return np.stack([values.astype(np.float32, copy=False) for values in columns.values()], axis=1)
