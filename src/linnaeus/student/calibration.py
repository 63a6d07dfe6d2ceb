"""From log-odds to chances, to the labels of a text, and to how likely these are right. Fits nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linnaeus.logistic import sigmoid
from linnaeus.student.network import chances
from linnaeus.student.words import Floats

LEAST = 1e-6  # chance, so that its log-odds are finite


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was fitted to answers about texts that the network had not seen.

    `several`: a text has the labels of at least the chance `cut`, which may be none; else the likeliest. Chances are of
    `slope` times the log-odds plus `shift`. `trust` (4,): how `signs` make log-odds that an answer is right. An answer
    stands from the score `least` on.
    """

    several: bool
    slope: float = 1.0
    shift: float = 0.0
    cut: float = 0.5
    trust: tuple[float, ...] = (0.0, 1.0, 0.0, 0.0)
    least: float = 0.0

    def chances(self, logits: Floats) -> Floats:
        """How likely each label fits (n, labels)."""
        return chances(logits * np.float32(self.slope) + np.float32(self.shift), self.several)

    def chosen(self, likely: Floats) -> NDArray[np.bool_]:
        """The labels of each text (n, labels), by their chances."""
        if self.several:
            return np.asarray(likely >= self.cut)
        found = np.zeros(likely.shape, np.bool_)
        found[np.arange(len(likely)), likely.argmax(axis=1)] = True
        return found

    def scores(self, signs: NDArray[np.float64]) -> NDArray[np.float64]:
        """How likely the answers with such `signs` (n, 4) are right."""
        return sigmoid(signs @ np.array(self.trust))


def signs(
    logits: Floats, likely: Floats, chosen: NDArray[np.bool_], vectors: Floats, centres: Floats
) -> NDArray[np.float64]:
    """What says whether the labels chosen for texts are right (n, 4).

    1, the log-odds of their mean chance, the largest log-odds before these were made chances, and how near the text (n, d)
    is to the centre (labels, d) of its likeliest label: a text about something new is far from it.
    """
    counts = chosen.sum(axis=1)
    mean = np.where(counts, (likely * chosen).sum(axis=1) / np.maximum(counts, 1), likely.max(axis=1))
    mean = np.clip(mean.astype(np.float64), LEAST, 1 - LEAST)
    near = np.einsum("ij,ij->i", vectors, centres[likely.argmax(axis=1)])
    return np.stack([np.ones(len(mean)), np.log(mean / (1 - mean)), logits.max(axis=1), near], axis=1)
