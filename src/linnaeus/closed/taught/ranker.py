"""From what all sources say of a pair of a text and a label to the probability that the label fits.

Trees are fitted to pairs whose figures were taken without the text itself, so that they meet new texts as they met
these; what they say is made a probability by isotonic regression on texts that they have not seen. Of few examples that
would leave too little: there a guess by known weights, which examples move, is as good and better calibrated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.taught.guess import guess, guessed
from linnaeus.closed.taught.sparse import Floats
from linnaeus.closed.taught.trees import Trees
from linnaeus.logistic import sigmoid

HELD_OUT = 0.25  # of the texts, for calibration
FEW = 2000  # right pairs, below which there is a guess in place of trees: research/LOG.md, "Labels from examples"
FITS = "fits"
"""How likely any label at all fits the text: no feature, what it comes to is multiplied by it."""
SIGNS = {"margin_place": -1, "words_density": 0, "meaning_density": 0, "size": 0}
"""Features of which more does not simply speak for a pair; of all others it does, and the trees may not say otherwise."""


@dataclass(frozen=True, slots=True)
class Ranker:
    """Trees, and the log-odds and probabilities between which they are interpolated; or the weights of a guess (d,)."""

    trees: Trees
    odds: Floats
    chances: Floats
    line: NDArray[np.float64] | None = None

    @classmethod
    def fit(cls, columns: dict[str, Floats], right: Floats, texts: NDArray[np.int64]) -> Ranker:
        """Of the features of pairs, (n,) each, which of these are right (n,), and the text of each."""
        if right.sum() < FEW:
            nothing = np.zeros(0, dtype=np.float32)
            return cls(Trees.none(), nothing, nothing, guess(columns, right))
        signs = [SIGNS.get(name, 1) for name in columns]
        return cls(*_of_many(stacked_columns(columns), right, texts, signs))

    def score(self, columns: dict[str, Floats]) -> tuple[Floats, Floats]:
        """The log-odds of pairs by their features, by which they are ranked, and their probabilities."""
        columns = dict(columns)
        fits = columns.pop(FITS, np.float32(1))
        odds, chances = self._score(columns)
        return odds, chances * fits

    def _score(self, columns: dict[str, Floats]) -> tuple[Floats, Floats]:
        """The same where some label fits."""
        if self.line is not None:
            guesses = guessed(self.line, columns).astype(np.float32)
            chances = sigmoid(guesses.astype(np.float64))  # of the rounded ones, so that equals stay equal
            return guesses, chances.astype(np.float32)
        odds = self.trees.log_odds(stacked_columns(columns))
        return odds, np.interp(odds, self.odds, self.chances).astype(np.float32)

    def to_arrays(self) -> dict[str, Any]:
        """What `from_arrays` makes the same from, but for the trees."""
        known = {"odds": self.odds, "chances": self.chances}
        return known if self.line is None else known | {"line": self.line}

    @classmethod
    def from_arrays(cls, trees: Trees, arrays: dict[str, Any]) -> Ranker:
        """See `to_arrays`."""
        return cls(trees, arrays["odds"], arrays["chances"], arrays.get("line"))


def _of_many(
    features: Floats, right: Floats, texts: NDArray[np.int64], signs: list[int]
) -> tuple[Trees, Floats, Floats]:
    """Trees of three quarters of the texts, and an isotonic curve of the rest."""
    from sklearn.isotonic import IsotonicRegression

    held = np.random.default_rng(0).random(int(texts.max()) + 1)[texts] < HELD_OUT
    trees = Trees.fit(features[~held], right[~held], signs)
    fitted = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(
        trees.log_odds(features[held]), right[held]
    )
    thresholds = (fitted.X_thresholds_, fitted.y_thresholds_)
    odds, chances = (np.asarray(values, dtype=np.float32) for values in thresholds)
    return trees, odds, chances


def stacked_columns(columns: dict[str, Floats]) -> Floats:
    """The features of pairs as rows (n, f), always in one order."""
    return np.stack([values.astype(np.float32, copy=False) for values in columns.values()], axis=1)
