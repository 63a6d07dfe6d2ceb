"""From what all sources say of a pair of a text and a label to the probability that the label fits.

Trees are fitted to pairs whose figures were taken without the text itself, so that they meet new texts as they met
these; what they say is made a probability by isotonic regression on texts that they have not seen. Of few examples that
would leave too little: there every text is held out once, a logistic curve stands in for the isotonic one, and a guess by
known weights counts too, the more the fewer examples a label has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.taught.guess import guess, guessed
from linnaeus.closed.taught.sparse import Floats
from linnaeus.closed.taught.trees import Trees
from linnaeus.logistic import most_likely, sigmoid

HELD_OUT = 0.25  # of the texts, for calibration
FEW = 2000  # right pairs, below which the ranker is one for few examples
LEAST = 20  # of right pairs and of wrong ones, below which no tree is grown
PARTS = 3  # that texts are held out in
CURVE = np.linspace(-15, 15, 121)  # log-odds at which the logistic curve is kept
SIGNS = {"margin_place": -1, "words_density": 0, "meaning_density": 0, "size": 0}
"""Features of which more does not simply speak for a pair; of all others it does, and the trees may not say otherwise."""


@dataclass(frozen=True, slots=True)
class Ranker:
    """Trees, the log-odds and probabilities between which it is interpolated, and the guess.

    `trust` is the share of the trees in the log-odds, 1 where there is no guess; `line` (d,) are the weights of the guess.
    """

    trees: Trees
    odds: Floats
    chances: Floats
    trust: float = 1.0
    line: NDArray[np.float64] | None = None

    @classmethod
    def fit(
        cls, columns: dict[str, Floats], right: Floats, texts: NDArray[np.int64], trust: float = 1.0
    ) -> Ranker:
        """Of the features of pairs, (n,) each, which of these are right (n,), and the text of each.

        `trust`: what part of what examples say when they are left out holds when they are there.
        """
        signs = [SIGNS.get(name, 1) for name in columns]
        features = stacked_columns(columns)
        if right.sum() >= FEW:
            return cls(*_of_many(features, right, texts, signs))
        line = guess(columns, right)
        if not trust or min(right.sum(), len(right) - right.sum()) < LEAST or len(np.unique(texts)) < PARTS:
            return cls(Trees.none(), *_curve(1.0, 0.0), 0.0, line)
        return cls(*_of_few(features, right, texts, signs), trust, line)

    def score(self, columns: dict[str, Floats]) -> tuple[Floats, Floats]:
        """The log-odds of pairs by their features, by which they are ranked, and their probabilities."""
        odds = self.trees.log_odds(stacked_columns(columns))
        chances = np.interp(odds, self.odds, self.chances).astype(np.float32)
        if self.line is None:
            return odds, chances
        sure = np.clip(chances.astype(np.float64), 1e-6, 1 - 1e-6)
        mixed = self.trust * np.log(sure / (1 - sure)) + (1 - self.trust) * guessed(self.line, columns)
        return mixed.astype(np.float32), sigmoid(mixed).astype(np.float32)

    def to_arrays(self) -> dict[str, Any]:
        """What `from_arrays` makes the same from, but for the trees."""
        known = {"odds": self.odds, "chances": self.chances, "trust": np.array([self.trust])}
        return known if self.line is None else known | {"line": self.line}

    @classmethod
    def from_arrays(cls, trees: Trees, arrays: dict[str, Any]) -> Ranker:
        """See `to_arrays`."""
        return cls(trees, arrays["odds"], arrays["chances"], float(arrays["trust"][0]), arrays.get("line"))


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


def _of_few(
    features: Floats, right: Floats, texts: NDArray[np.int64], signs: list[int]
) -> tuple[Trees, Floats, Floats]:
    """Trees of all texts, and a logistic curve (Platt 1999) of what trees say that have not seen them."""
    part = np.unique(texts, return_inverse=True)[1] % PARTS
    odds = np.zeros(len(right), dtype=np.float32)
    for one in range(PARTS):
        others = part != one
        odds[~others] = Trees.fit(features[others], right[others], signs).log_odds(features[~others])
    rows = np.stack([odds, np.ones_like(odds)], axis=1).astype(np.float64)
    start, prior = np.array([1.0, 0.0]), np.eye(2)
    (slope, shift), _ = most_likely(rows, right.astype(float), np.ones(len(right)), start=start, prior=prior)
    return Trees.fit(features, right, signs), *_curve(max(float(slope), 0.0), float(shift))


def _curve(slope: float, shift: float) -> tuple[Floats, Floats]:
    """A logistic curve as points."""
    return CURVE.astype(np.float32), sigmoid(slope * CURVE + shift).astype(np.float32)


def stacked_columns(columns: dict[str, Floats]) -> Floats:
    """The features of pairs as rows (n, f), always in one order."""
    return np.stack([values.astype(np.float32, copy=False) for values in columns.values()], axis=1)
