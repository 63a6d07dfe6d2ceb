"""Logistic regression around weights that are known roughly. Knows nothing of what is fitted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
STEPS = 20
LEAST_STEP = 1e-9  # a step so small is the last: the next would be about its square
HALVINGS = 30


def sigmoid(x: Floats) -> Floats:
    """The chance for log-odds of any size."""
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))))


def log_odds(chances: Floats, least: float) -> Floats:
    """The log-odds of chances, as though none were nearer to 0 or 1 than `least`."""
    clipped = np.clip(chances, least, 1 - least)
    return np.asarray(np.log(clipped / (1 - clipped)))


def most_likely(
    features: Floats, right: Floats, counts: Floats, *, start: Floats, prior: Floats
) -> tuple[Floats, Floats]:
    """The most likely weights (d,) for `features` (n, d) of which each counts so often, and their information (d, d).

    `right` (n,): 0 to 1. `prior` (d, d): the information that says they are near `start`. Newton's method, a step halved
    until it leads to something likelier.
    """

    def unlikely(line: Floats) -> float:
        odds, off = features @ line, line - start
        return float(counts @ (np.logaddexp(0, odds) - right * odds) + off @ prior @ off / 2)

    line, information = start, prior
    for _ in range(STEPS):
        chance = sigmoid(features @ line)
        gradient = features.T @ (counts * (right - chance)) - prior @ (line - start)
        information = (features * (counts * chance * (1 - chance))[:, None]).T @ features + prior
        step, before = np.linalg.solve(information, gradient), unlikely(line)
        for _ in range(HALVINGS):
            if unlikely(line + step) <= before:
                break
            step = step / 2
        else:
            break
        line = line + step
        if np.abs(step).max() < LEAST_STEP:
            break
    return line, information
