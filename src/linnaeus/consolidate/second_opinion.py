"""A student of the asked texts: how surely a linear model tells labels apart. Knows nothing of neighbours or storage.

Multinomial logistic regression of texts' vectors that starts from what labels are called: an embedder puts a text near words
for what it is about, so the weights of a label are shrunk towards the mean direction of its wordings, not towards nothing.
It is fitted with a fixed curvature (Boehning 1992, "Multinomial logistic regression algorithm") and Nesterov's momentum,
always in as many steps. No text is judged by a student that knows what was said of it. Figures: research/LOG.md, "A
student of the asked texts".
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.book import Book
from linnaeus.consolidate.features import hashes
from linnaeus.consolidate.neighbours import unit
from linnaeus.index.exact import units
from linnaeus.types import Codes

Floats = NDArray[np.float32]
Labels = NDArray[np.integer]

FOLDS = 3
MOST = 2048  # texts that are learnt from
NAMED = 16.0  # log-odds between a text that points where the wordings of a label do and one at a right angle to them
DECAY = 0.1  # how much the squares of weights count beside errors: 10 in scikit-learn's C
STEPS = 25
CONSTANT = 0.3  # an input that is the same for all texts
LARGEST = 8.0  # lead
BLOCK = 4096  # texts at a time


class Linear(NamedTuple):
    """For texts less their `centre` (d,) weights (d + 1, k), and which column of these each label has (labels,)."""

    centre: Floats
    weights: Floats
    columns: NDArray[np.intp]

    def odds(self, codes: Codes) -> Floats:
        """The log-odds (n, labels) of each label for texts (n, d), but for what all of a text's share."""
        return np.asarray((_inputs(codes, self.centre) @ self.weights)[:, self.columns], dtype=np.float32)


class Lessons(NamedTuple):
    """Texts (n, d + 1), their wordings (n, e), the columns of their labels, and for how many labels each column stands."""

    texts: Floats
    wordings: Floats
    places: NDArray[np.intp]
    alike: Floats

    def without(self, fold: NDArray[np.bool_]) -> Lessons:
        """All but some of them; the labels stay."""
        return Lessons(self.texts[~fold], self.wordings[~fold], self.places[~fold], self.alike)


def learnt(codes: Codes, wordings: Floats, places: NDArray[np.intp], among: int) -> Linear:
    """A student of texts (n, d), their wordings (n, e) and the places (n,) of their labels, of which there are `among`.

    Of many texts a part teaches, by a hash of their vectors. Labels that none of these has share a column: nothing tells
    them apart.
    """
    some = np.argsort(hashes(codes), kind="stable")[:MOST]
    centre = units(codes[some]).mean(axis=0)
    seen, own = np.unique(places[some], return_inverse=True)
    columns = np.full(among, len(seen))
    columns[seen] = np.arange(len(seen))
    lessons = Lessons(
        _inputs(codes[some], centre), wordings[some], own, np.bincount(columns).astype(np.float32)
    )
    return Linear(centre, _fitted(lessons), columns)


def leads(book: Book, labels: Labels) -> NDArray[np.float64]:
    """By how much a student's log-odds of each of some `labels` (t, k) of each text exceed those of any other, -8 to 8.

    A label that it does not know has log-odds of 0. Of many asked texts a part teaches, by a hash of their vectors. All
    are 0 where these have less than two labels, or no wordings.
    """
    first = np.array([places[0] if places else -1 for places in book.texts], dtype=np.intp)
    mixed = hashes(book.codes)
    asked = np.flatnonzero(first >= 0)
    asked = asked[np.argsort(mixed[asked], kind="stable")[:MOST]]  # not in the order of the stream
    own = np.array([book.rows[place].label for place in first[asked].tolist()])
    known = np.unique(own)
    found = np.zeros(labels.shape)
    if len(known) < 2 or not book.wordings.shape[1]:
        return found
    centre = units(book.codes[asked]).mean(axis=0)
    lessons = Lessons(
        _inputs(book.codes[asked], centre),
        units(book.wordings[first[asked]]),
        np.searchsorted(known, own),
        np.ones(len(known), dtype=np.float32),
    )
    fold = mixed[asked] % FOLDS
    students = [_fitted(lessons.without(fold == one)) for one in range(FOLDS)]
    together = np.asarray(sum(students) / FOLDS, dtype=np.float32)
    for start in range(0, len(found), BLOCK):
        part = slice(start, start + BLOCK)
        found[part] = _lead(_inputs(book.codes[part], centre) @ together, known, labels[part])
    for one, student in enumerate(students):
        texts = asked[fold == one]
        found[texts] = _lead(_inputs(book.codes[texts], centre) @ student, known, labels[texts])
    return np.clip(found, -LARGEST, LARGEST).round(3)


def _inputs(codes: Codes, centre: Floats) -> Floats:
    rows = units(codes) - centre
    return np.hstack([rows, np.full((len(rows), 1), CONSTANT, dtype=np.float32)])


def _lead(odds: Floats, known: Labels, labels: Labels) -> Floats:
    """(b, k): `odds` (b, labels) of each of `labels` (b, k), less the best of the others."""
    places = np.minimum(np.searchsorted(known, labels), len(known) - 1)
    learnt = known[places] == labels
    own = np.where(learnt, np.take_along_axis(odds, places, axis=1), 0)
    second, first = np.partition(odds, -2, axis=1)[:, -2:].T
    ahead = learnt & (places == odds.argmax(axis=1)[:, None])
    return np.asarray(own - np.where(ahead, second[:, None], first[:, None]))


def _fitted(lessons: Lessons) -> Floats:
    """Weights (d + 1, columns)."""
    texts, among = lessons.texts, len(lessons.alike)
    named = np.zeros((among, lessons.wordings.shape[1]), dtype=np.float32)
    count = max(1, len(texts))  # of few texts all may be in the fold that is left out
    shared = lessons.wordings.sum(axis=0) / count
    np.add.at(named, lessons.places, lessons.wordings - shared)
    start = np.vstack([NAMED * unit(named).T, np.zeros((1, among), dtype=np.float32)])
    right = np.zeros((len(texts), among), dtype=np.float32)
    right[np.arange(len(texts)), lessons.places] = 1
    curvature = texts.T @ texts / 2 + DECAY * np.eye(texts.shape[1], dtype=np.float32)
    inverse = np.linalg.inv(curvature).astype(np.float32)
    weights, ahead, pace = start, start, 1.0
    for _ in range(STEPS):
        odds = texts @ ahead
        chances = np.exp(odds - odds.max(axis=1, keepdims=True))
        chances /= (chances * lessons.alike).sum(axis=1, keepdims=True)
        moved = ahead + inverse @ (texts.T @ (right - chances) - DECAY * (ahead - start))
        faster = (1 + np.sqrt(1 + 4 * pace * pace)) / 2
        ahead = np.asarray(moved + (pace - 1) / faster * (moved - weights), dtype=np.float32)
        weights, pace = moved, faster
    return weights
