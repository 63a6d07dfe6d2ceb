"""What tells right labels from wrong ones before anybody looks: scores, and texts that are near. Knows no gold labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linnaeus.types import Vectors

Floats = NDArray[np.float64]
NEAR = 15
BLOCK = 1024
RARE = 0.05  # share of texts below which a step has no sign of its own


def signs(vectors: Vectors, labels: NDArray[np.int64], scores: Floats, by: NDArray[np.int64]) -> Floats:
    """Signs (m, d) of the labels (m,) of texts with these unit vectors (m, w): each with mean 0 and deviation 1.

    Log-odds of the score; the share of the 15 nearest texts that have the same label; how much nearer the text is to the
    mean of its label than to any other; how much texts of the label agree with their neighbours on the whole: larger is
    better. Behind them, of which more need not be better: how many texts have the label (its logarithm), and whether each
    frequent step of `by` (m,) answered. What is the same for all texts is 0.
    """
    at = np.unique(labels, return_inverse=True)[1]
    agree, margin = _agreement(vectors, at)
    sizes = np.bincount(at)
    of_label = (np.bincount(at, agree) / sizes)[at]
    known = np.clip(np.where(np.isnan(scores), 0.5, scores), 0.01, 0.99)
    steps = [by == step for step, n in enumerate(np.bincount(by)) if n >= RARE * len(by)]
    table = np.stack(
        [np.log(known / (1 - known)), agree, margin, of_label, np.log(sizes[at]), *steps], axis=1
    ).astype(np.float64)
    table -= table.mean(axis=0)
    spread = table.std(axis=0)
    return np.asarray(np.divide(table, spread, out=np.zeros_like(table), where=spread > 1e-9))


def _agreement(vectors: Vectors, labels: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """The share (m,) of each text's nearest that have its label, and how much nearer its own label's mean is (m,)."""
    n, near = len(vectors), min(NEAR, len(vectors) - 1)
    means = np.zeros((int(labels.max()) + 1, vectors.shape[1]))
    np.add.at(means, labels, vectors)
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
    agree, margin = np.zeros(n), np.zeros(n)
    for start in range(0, n, BLOCK):
        rows = np.arange(start, min(start + BLOCK, n))
        cosines = vectors[rows] @ vectors.T
        cosines[np.arange(len(rows)), rows] = -2.0
        if near:
            nearest = np.argpartition(-cosines, near - 1, axis=1)[:, :near]
            agree[rows] = (labels[nearest] == labels[rows, None]).mean(axis=1)
        to_means = vectors[rows] @ means.T
        own = to_means[np.arange(len(rows)), labels[rows]].copy()
        to_means[np.arange(len(rows)), labels[rows]] = -1.0
        margin[rows] = own - to_means.max(axis=1)
    return agree, margin
