"""How likely a candidate fits a text: a logistic model of its signs, fitted on open data, re-fitted on a project's own.

The coefficients come from research/zero_shot_trust.py. Knows no text, no label and no source.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.signs import SIGNS, Floats
from linnaeus.errors import InputError
from linnaeus.logistic import log_odds, most_likely, sigmoid

LEVEL = (0.7, 0.2)
"""How far taxonomies differ from the shipped coefficients: standard deviations of their level and of their slope."""


NONE_LEVEL = (1.0, 0.3)
"""The same for the chance that no label fits: assumed wider, since it is the taxonomy's coverage that differs."""
LEAST = 1e-4  # what keeps log-odds finite


@dataclass(frozen=True, slots=True)
class Trust:
    """`weights`: of each of SIGNS. `nothing`: constant, log-odds of the likeliest candidate, log of all chances' sum."""

    weights: tuple[float, ...]
    nothing: tuple[float, float, float]

    def __post_init__(self) -> None:
        if len(self.weights) != len(SIGNS):
            raise InputError(f"{len(self.weights)} weights", hint=f"one for each of {', '.join(SIGNS)}")

    def odds(self, signs: Floats) -> Floats:
        """The log-odds (...) that candidates with these signs (..., d) fit."""
        found: Floats = np.zeros(signs.shape[:-1])
        for place, weight in enumerate(self.weights):  # in this order, so that a row is the same in any batch
            found += weight * signs[..., place]
        return found

    def chance(self, signs: Floats) -> Floats:
        """The probability (...) that candidates with these signs (..., d) fit."""
        return sigmoid(self.odds(signs))

    def none(self, chances: NDArray[np.floating]) -> Floats:
        """The probability (n,) that no label at all fits a text whose candidates have these `chances` (n, k), falling.

        The product of 1 - chance would have it that labels fit independently, where mostly one does: on 15 whole
        taxonomies it is 0.26 on average, where 0.11 of the texts have no right candidate (research/LOG-taxonomies.md).
        """
        return sigmoid(looks_of(chances) @ np.array(self.nothing))

    def refit(self, signs: Floats, right: NDArray[np.bool_]) -> Trust:
        """The weights once candidates with these signs (n, d) were judged `right` or not (n,): few move them little.

        Only level and slope are fitted, log-odds = level + slope x log-odds of now, where these are expected to be near
        0 and 1 within LEVEL: a taxonomy's own share of labels that fit, and how sure its names make one.
        """
        return Trust(_moved(self.weights, self.odds(signs), right, LEVEL), self.nothing)

    def refit_none(self, chances: NDArray[np.floating], none: NDArray[np.bool_]) -> Trust:
        """The same for `none`, once it is known of which texts with such `chances` (n, k) no label at all fits (n,)."""
        odds = looks_of(chances) @ np.array(self.nothing)
        first, second, third = _moved(self.nothing, odds, none, NONE_LEVEL)
        return Trust(self.weights, (first, second, third))


def _moved(
    weights: tuple[float, ...], odds: Floats, right: NDArray[np.bool_], spreads: tuple[float, float]
) -> tuple[float, ...]:
    """`weights`, of which the first is the constant, with the level and slope that fit log-odds of now to verdicts (n,)."""
    rows = np.stack([np.ones(len(odds)), odds], axis=1)
    prior, start = np.diag(1 / np.square(spreads)), np.array([0.0, 1.0])
    line, _ = most_likely(rows, right.astype(np.float64), np.ones(len(rows)), start=start, prior=prior)
    moved = line[1] * np.array(weights)
    moved[0] += line[0]
    return tuple(map(float, moved))


def looks_of(chances: NDArray[np.floating]) -> Floats:
    """What says whether any label fits (n, 3): 1, log-odds of the likeliest candidate, log of the sum of the chances."""
    rows = np.asarray(chances, np.float64)
    best = log_odds(rows.max(axis=1, initial=0.0), LEAST)
    total = np.log(np.maximum(rows.sum(axis=1), LEAST))
    return np.stack([np.ones(len(rows)), best, total], axis=1)


SHIPPED = Trust((-0.44, 1.57, 1.16, 0.71, 1.07, -0.38, 0.14, -0.67, -0.19), (-2.28, -0.33, -0.48))
"""Fitted on 15 open sets of 8 to 98,466 labels: research/LOG-taxonomies.md, "Trust without examples"."""
