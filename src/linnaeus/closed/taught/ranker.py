"""From what all sources say of a pair of a text and a label to the probability that the label fits.

Trees are fitted to pairs whose figures were taken without the text itself, so that they meet new texts as they met
these; what they say is made a probability by isotonic regression on texts that they have not seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.taught.sparse import Floats
from linnaeus.closed.taught.trees import Trees

HELD_OUT = 0.25  # of the texts, for calibration
SIGNS = {"margin_place": -1, "words_density": 0, "meaning_density": 0, "size": 0}
"""Features of which more does not simply speak for a pair; of all others it does, and the trees may not say otherwise."""


@dataclass(frozen=True, slots=True)
class Ranker:
    """Trees, and the log-odds and probabilities between which it is interpolated."""

    trees: Trees
    odds: Floats
    chances: Floats

    @classmethod
    def fit(cls, columns: dict[str, Floats], right: Floats, texts: NDArray[np.int64]) -> Ranker:
        """Of the features of pairs, (n,) each, which of these are right (n,), and the text of each (n,)."""
        from sklearn.isotonic import IsotonicRegression

        held = np.random.default_rng(0).random(int(texts.max(initial=0)) + 1)[texts] < HELD_OUT
        signs = [SIGNS.get(name, 1) for name in columns]
        features = stacked_columns(columns)
        trees = Trees.fit(features[~held], right[~held], signs)
        odds = trees.log_odds(features[held])
        fitted = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(odds, right[held])
        return cls(
            trees,
            np.asarray(fitted.X_thresholds_, dtype=np.float32),
            np.asarray(fitted.y_thresholds_, dtype=np.float32),
        )

    def score(self, columns: dict[str, Floats]) -> tuple[Floats, Floats]:
        """The log-odds of pairs by their features, by which they are ranked, and their probabilities."""
        odds = self.trees.log_odds(stacked_columns(columns))
        return odds, np.interp(odds, self.odds, self.chances).astype(np.float32)


def stacked_columns(columns: dict[str, Floats]) -> Floats:
    """The features of pairs as rows (n, f), always in one order."""
    return np.stack([values.astype(np.float32, copy=False) for values in columns.values()], axis=1)
