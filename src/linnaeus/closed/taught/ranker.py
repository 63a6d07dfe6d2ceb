"""From what all sources say of a pair of a text and a label to the probability that the label fits.

Trees are fitted to pairs whose figures were taken without the text itself, so that they meet new texts as they met
these; what they say is made a probability by isotonic regression on texts that they have not seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from linnaeus.closed.taught.sparse import Floats
from linnaeus.closed.taught.trees import Trees

HELD_OUT = 0.25  # of the texts, for calibration


@dataclass(frozen=True, slots=True)
class Ranker:
    """Trees, and the log-odds and probabilities between which it is interpolated."""

    trees: Trees
    odds: Floats
    chances: Floats

    @classmethod
    def fit(cls, features: Floats, right: Floats, texts: np.ndarray[Any, Any]) -> Ranker:
        """Of pairs (n, f), which are right (n,), and the text of each (n,)."""
        from sklearn.isotonic import IsotonicRegression

        held = np.random.default_rng(0).random(int(texts.max(initial=0)) + 1)[texts] < HELD_OUT
        trees = Trees.fit(features[~held], right[~held])
        odds = trees.log_odds(features[held])
        fitted = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(odds, right[held])
        return cls(
            trees,
            np.asarray(fitted.X_thresholds_, dtype=np.float32),
            np.asarray(fitted.y_thresholds_, dtype=np.float32),
        )

    def score(self, features: Floats) -> tuple[Floats, Floats]:
        """The log-odds of pairs (n, f), by which they are ranked, and their probabilities."""
        odds = self.trees.log_odds(features)
        return odds, np.interp(odds, self.odds, self.chances).astype(np.float32)
