"""A student of the asked texts: what a linear model of texts' vectors says of labels. Knows nothing of groups or storage.

Multinomial logistic regression that starts from what the labels are called: an embedder puts a text near words for what
it is about, so each label's weights are shrunk towards the mean direction of its wordings, not towards nothing. Fitted with
a fixed curvature (Boehning 1992, "Multinomial logistic regression algorithm") and Nesterov's momentum, always as many steps.
No text is judged by a student that knows what was said of it. research/LOG.md, "A student at the second look".
"""

from __future__ import annotations

import zlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.leaning import unit
from linnaeus.index.exact import units
from linnaeus.types import Codes

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]

FOLDS = 3
MOST = 4096  # texts that are learnt from
NAMED = 16.0  # log-odds between a text that points where the wordings of a label do and one at a right angle to them
DECAY = 0.1  # how much the squares of weights count beside errors: 10 in scikit-learn's C
STEPS = 25
CONSTANT = 0.3  # an input that is the same for all texts
BLOCK = 4096  # texts at a time


class Lessons(NamedTuple):
    """Texts (n, d + 1), their wordings (n, d), and places of their labels among `labels`."""

    inputs: Floats
    wordings: Floats
    places: NDArray[np.intp]
    labels: int

    def without(self, left_out: NDArray[np.bool_]) -> Lessons:
        """All but some of them; the labels stay."""
        kept = ~left_out
        return self._replace(inputs=self.inputs[kept], wordings=self.wordings[kept], places=self.places[kept])


def leads(codes: Codes, wordings: Codes, own: Labels, said: Labels) -> NDArray[np.float64]:
    """By how much a student's log-odds of the label `said` of each text (t,) exceed those of any other label.

    `codes` (t, d); of texts that were asked, `wordings` (t, d) and today's labels `own` (t,); of others `own` is -1. A label
    that is unknown to the student has log-odds of 0. Up to MOST texts teach, by a hash of their vectors; 0 where these have less than two labels.
    """
    hashes = np.array([zlib.crc32(code.tobytes()) for code in codes], dtype=np.int64)
    asked = np.flatnonzero(own >= 0)
    asked = np.sort(asked[np.argsort(hashes[asked], kind="stable")[:MOST]])
    labels = np.unique(own[asked])
    if len(labels) < 2:
        return np.zeros(len(codes))
    centre, fold = units(codes[asked]).mean(axis=0), hashes % FOLDS
    lessons = Lessons(
        _inputs(codes[asked], centre),
        units(wordings[asked]) - units(wordings[asked]).mean(axis=0),
        np.searchsorted(labels, own[asked]),
        len(labels),
    )
    students = [_fitted(lessons.without(fold[asked] == one)) for one in range(FOLDS)]
    heard = np.full((len(codes), FOLDS), 1 / FOLDS, dtype=np.float32)  # how much each student counts
    heard[asked] = fold[asked, None] == np.arange(FOLDS)
    found = np.zeros(len(codes))
    for start in range(0, len(codes), BLOCK):
        part = slice(start, start + BLOCK)
        rows = _inputs(codes[part], centre)
        odds = sum(heard[part, one, None] * (rows @ weights) for one, weights in enumerate(students))
        found[part] = _lead(np.asarray(odds), labels, said[part])
    return found


def _inputs(codes: Codes, centre: Floats) -> Floats:
    rows = units(codes) - centre
    return np.hstack([rows, np.full((len(rows), 1), CONSTANT, dtype=np.float32)])


def _lead(odds: Floats, labels: Labels, said: Labels) -> Floats:
    places = np.minimum(np.searchsorted(labels, said), len(labels) - 1)
    known = np.flatnonzero(labels[places] == said)
    own = np.zeros(len(odds), dtype=np.float32)
    own[known] = odds[known, places[known]]
    odds[known, places[known]] = -np.inf
    return own - odds.max(axis=1)


def _fitted(lessons: Lessons) -> Floats:
    """Weights (d + 1, labels)."""
    rows = lessons.inputs
    named = np.zeros((lessons.labels, lessons.wordings.shape[1]), dtype=np.float32)
    np.add.at(named, lessons.places, lessons.wordings)
    first = np.vstack([NAMED * unit(named).T, np.zeros((1, lessons.labels), dtype=np.float32)])
    wanted = np.eye(lessons.labels, dtype=np.float32)[lessons.places]
    curvature = rows.T @ rows / 2 + DECAY * np.eye(rows.shape[1], dtype=np.float32)
    inverse = np.linalg.inv(curvature).astype(np.float32)
    weights = ahead = first
    pace = 1.0
    for _ in range(STEPS):
        chances = np.exp(np.clip(rows @ ahead, -60, 60))
        chances /= chances.sum(axis=1, keepdims=True)
        moved = ahead + inverse @ (rows.T @ (wanted - chances) - DECAY * (ahead - first))
        faster = (1 + np.sqrt(1 + 4 * pace * pace)) / 2
        ahead = moved + np.float32((pace - 1) / faster) * (moved - weights)
        weights, pace = moved, faster
    return weights
