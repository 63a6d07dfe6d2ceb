"""What tells right labels from wrong ones before anybody looks: scores, and texts that are near. Knows no gold labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.neighbours import unit
from linnaeus.types import Vectors

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
NEAR = 15
BLOCK = 1024
GROUPINGS, STEPS = 16, 5  # how often texts are grouped anew, and the steps of k-means each time


def signs(vectors: Vectors, labels: Whole, scores: Floats) -> Floats:
    """Signs (m, 6) of the labels (m,) of texts with these unit vectors (m, w): ranks, with mean 0 and deviation 1 at most.

    The score; the share of the 15 nearest texts that have the same label; how much nearer the text is to the mean of its
    label than to any other; how much texts of the label agree with their neighbours on the whole; how many texts have the
    label; and which share of these is with the text where all texts are put into groups of about 15. The last is small for
    what a label holds beside its largest topic. What is the same for all texts is 0.
    """
    at = np.unique(labels, return_inverse=True)[1]
    agree, margin = _agreement(vectors, at)
    sizes = np.bincount(at)
    of_label = (np.bincount(at, agree) / sizes)[at]
    known = np.where(np.isnan(scores), 0.5, scores)
    together = _together(vectors, at)
    return np.stack([_ranks(sign) for sign in (known, agree, margin, of_label, sizes[at], together)], axis=1)


def _ranks(values: NDArray[np.generic]) -> Floats:
    """Middle ranks (m,) from -sqrt(3) to sqrt(3): what is alike has one rank."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    middle = (np.cumsum(counts) - counts / 2)[places] / len(values)
    return np.asarray((2 * middle - 1) * 3**0.5)


def _together(vectors: Vectors, labels: Whole) -> Floats:
    """The share (m,) of the other texts of each text's label that are in its group, over random groupings; 1 if none."""
    rows = unit(vectors - vectors.mean(axis=0))
    sizes, groups = np.bincount(labels), max(1, len(rows) // NEAR)
    found = np.zeros(len(rows))
    for seed in range(GROUPINGS):
        own = labels * groups + _grouped(rows, groups, seed)
        found += np.bincount(own)[own] - 1
    others = (sizes - 1)[labels]
    return np.where(others > 0, found / GROUPINGS / np.maximum(others, 1), 1.0)


def _grouped(rows: Vectors, groups: int, seed: int) -> NDArray[np.intp]:
    """The group (m,) of each of the unit rows (m, w) by spherical k-means."""
    centres = rows[np.random.default_rng(seed).choice(len(rows), groups, replace=False)]
    for _ in range(STEPS):
        sums = np.zeros_like(centres)
        np.add.at(sums, (rows @ centres.T).argmax(axis=1), rows)
        centres = np.where(sums.any(axis=1, keepdims=True), unit(sums), centres)
    return np.asarray((rows @ centres.T).argmax(axis=1))


def _agreement(vectors: Vectors, labels: Whole) -> tuple[Floats, Floats]:
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
