"""Logistic regression around weights that are known roughly. Knows nothing of what is fitted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
STEPS = 20


def sigmoid(x: Floats) -> Floats:
    """The chance for log-odds of any size."""
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))))


def most_likely(
    features: Floats, right: Floats, counts: Floats, *, start: Floats, prior: Floats
) -> tuple[Floats, Floats]:
    """The most likely weights (d,) for `features` (n, d) of which each counts so often, and their information (d, d).

    `prior` (d, d): the information that says they are near `start`. Newton's method, always the same steps.
    """
    line, information = start, prior
    for _ in range(STEPS):
        chance = sigmoid(features @ line)
        gradient = features.T @ (counts * (right - chance)) - prior @ (line - start)
        information = (features * (counts * chance * (1 - chance))[:, None]).T @ features + prior
        line = line + np.linalg.solve(information, gradient)
    return line, information
