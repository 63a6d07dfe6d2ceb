"""A few examples beside what labels are called: how likely a label fits, whether or not it has an example of its own.

A logistic model of what names say and of how near examples are, fitted on other sets by research/few.py. How much examples
count against names hangs on how many of the labels that texts have are among theirs. Knows no text and no storage.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.source import NOWHERE
from linnaeus.closed.trust import SHIPPED, Trust
from linnaeus.index.exact import cosines, units
from linnaeus.logistic import most_likely, sigmoid
from linnaeus.types import Codes

Floats = NDArray[np.float64]
Labels = Sequence[Sequence[int]]
"""The labels of each example; none where nothing fits it."""

PAIRS = 2000  # examples x labels, from which there is enough to learn what each label looks like
UNSEEN = 0.02  # share of labels that are still unknown, above which examples are few
FOLDS = 10
SPREADS = (1.0, 0.3, 0.3)
"""How far projects differ from WEIGHTS: standard deviations of what the constant, names and examples count for."""
NEAREST = 10
"""Labels that are candidates by their examples alone: those with the nearest ones."""
SIGNS = (
    "one",  # 1: the constant
    "named",  # log-odds by what labels are called, 0 where names do not suggest the label
    "unnamed",  # 1 where they do not
    "known",  # 1 for a label with examples; the others have 0 in all that follows up to "mean"
    "count",  # log of how many examples this one has
    "nearest",  # cosine with the nearest of them
    "nearer",  # the same less the mean over all examples; this and what follows: times the share of labels seen
    "lead",  # of the nearest over that of the best other label
    "mean",  # cosine with the mean of them, less the mean over all examples
    "others",  # for a label without examples: the nearest example of any label, less the mean over all
    "other",  # the cosine with it
)
WEIGHTS = (-0.23, 0.95, -4.28, 0.47, 0.66, 1.76, -2.7, 10.86, 2.49, 0.39, -1.49)
"""Fitted on 11 open sets: research/LOG-taxonomies.md, "A few examples"."""


def unseen(labels: Labels) -> float:
    """How likely the label of another text has no example yet: the share of labels seen once (Good 1953, equation 9)."""
    counts = Counter(label for own in labels for label in own)
    return (sum(count == 1 for count in counts.values()) + 0.5) / (sum(counts.values()) + 1)


def are_few(labels: Labels) -> bool:
    """Whether there are too few examples to learn from them alone."""
    return sum(map(len, labels)) < PAIRS and unseen(labels) > UNSEEN


def log_odds(chances: NDArray[np.floating[Any]]) -> Floats:
    """The log-odds of probabilities, kept finite."""
    clipped = np.clip(chances.astype(np.float64), 1e-9, 1 - 1e-6)
    return np.asarray(np.log(clipped / (1 - clipped)))


class Pairs(NamedTuple):
    """Labels that may fit texts, by place (n, k), -1 for none; and their signs (n, k, d), in the order of SIGNS."""

    places: NDArray[np.int32]
    signs: Floats


class _Look(NamedTuple):
    """Some examples, by others: their rows (m,), `_parts` (m, k, 3), and which places are held and right (m, k)."""

    rows: NDArray[np.intp]
    parts: Floats
    held: NDArray[np.bool_]
    right: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Few:
    """Examples (n, d), and by label those that have it: `members[starts[i]:starts[i + 1]]` of `labels[i]`, rising.

    `sizes` (labels,) are the lengths of the sums of their unit vectors, `seen` the share of labels that are known. `line` is
    what the constant, names and examples count for here; `trust` says how likely no label fits.
    """

    codes: Codes
    labels: NDArray[np.int32]
    starts: NDArray[np.intp]
    members: NDArray[np.intp]
    sizes: Floats
    seen: float
    line: tuple[float, float, float] = (1.0, 1.0, 1.0)
    trust: Trust = SHIPPED

    @classmethod
    def of(cls, codes: Codes, labels: Labels) -> Few:
        """Of quantised vectors of examples (n, d) and the places of the labels of each."""
        held = sorted({(label, row) for row, own in enumerate(labels) for label in own})
        pairs = np.array(held, np.intp).reshape(-1, 2)
        known, starts = np.unique(pairs[:, 0], return_index=True)
        members = np.split(pairs[:, 1], starts[1:]) if held else []
        rows = units(codes)
        sizes = np.array([max(float(np.linalg.norm(rows[own].sum(axis=0))), 1e-9) for own in members])
        ends = np.append(starts, len(pairs))
        return cls(codes, known.astype(np.int32), ends, pairs[:, 1], sizes, 1 - unseen(labels))

    def chances(
        self, codes: Codes, places: NDArray[np.int32], named: Floats
    ) -> tuple[NDArray[np.int32], Floats]:
        """Labels that may fit texts with these vectors (n, d), (n, k) with k more than before, and how likely each does.

        `places` (n, j) are those that names suggest, with log-odds `named`. A row depends on its own text alone.
        """
        pairs = self.signs(codes, places, named)
        shares = np.array(self.line) * _parts(pairs.signs)  # (n, k, 3)
        odds: Floats = shares[..., 0] + shares[..., 1] + shares[..., 2]
        return pairs.places, np.where(pairs.places == NOWHERE, 0.0, sigmoid(odds))

    def moved(self, labels: Labels, places: NDArray[np.int32], named: Floats) -> Few:
        """The same, as these examples say of each other how far names and how far examples are to be trusted.

        `labels` are their own; `places` and `named` (n, j) what names suggest. Each tenth is looked at by the others.
        """
        looks = list(self._by_others(labels, places, named))
        signs = np.concatenate([look.parts[look.held] for look in looks])
        right = np.concatenate([look.right[look.held] for look in looks]).astype(np.float64)
        prior = np.diag(1 / np.square(SPREADS))
        line, _ = most_likely(signs, right, np.ones(len(right)), start=np.ones(3), prior=prior)
        chances = np.zeros((len(labels), max(look.held.shape[1] for look in looks)))
        for look in looks:
            chances[look.rows, : look.held.shape[1]] = np.where(look.held, sigmoid(look.parts @ line), 0.0)
        none = np.array([not own for own in labels], np.bool_)
        trust = self.trust.refit_none(chances, none)
        return replace(self, line=(float(line[0]), float(line[1]), float(line[2])), trust=trust)

    def _by_others(self, labels: Labels, places: NDArray[np.int32], named: Floats) -> Iterator[_Look]:
        fold = np.arange(len(labels)) % min(FOLDS, len(labels))
        for one in range(int(fold.max()) + 1):
            own, others = np.flatnonzero(fold == one), np.flatnonzero(fold != one)
            few = Few.of(self.codes[others], [labels[row] for row in others.tolist()])
            pairs = few.signs(self.codes[own], places[own], named[own])
            fits = [
                np.isin(row, labels[place]) for row, place in zip(pairs.places, own.tolist(), strict=True)
            ]
            right = np.array(fits, np.bool_).reshape(pairs.places.shape)
            yield _Look(own, _parts(pairs.signs), pairs.places != NOWHERE, right)

    def signs(self, codes: Codes, places: NDArray[np.int32], named: Floats) -> Pairs:
        """See `chances`."""
        found = cosines(codes, self.codes)  # (n, examples)
        mean = found.mean(axis=1, keepdims=True) if found.shape[1] else np.zeros((len(codes), 1))
        nearest, central = self._near(found)  # (n, labels)
        best = nearest.max(axis=1, keepdims=True, initial=-1)
        suggested = np.full(nearest.shape, np.nan)
        at = np.minimum(np.searchsorted(self.labels, places), max(len(self.labels) - 1, 0))
        known = np.isin(places, self.labels)
        rows, columns = np.nonzero(known)
        suggested[rows, at[rows, columns]] = named[rows, columns]
        counts = np.log(np.diff(self.starts))
        own = (1.0, np.nan_to_num(suggested), np.isnan(suggested), 1.0, counts, nearest)
        own_seen = (nearest - mean, _lead(nearest), central - mean)
        other = (best - mean) * self.seen, best * self.seen
        with_examples = (*own, *(self.seen * one for one in own_seen), 0.0, 0.0)
        without = (1.0, named, *(0.0,) * 7, *other)
        signs = [_stacked(with_examples, nearest.shape), _stacked(without, places.shape)]
        near = nearest >= np.sort(nearest, axis=1)[:, -NEAREST:][:, :1]
        all_places = [
            np.where(near | ~np.isnan(suggested), self.labels, NOWHERE),
            np.where(known, NOWHERE, places),
        ]
        return Pairs(np.concatenate(all_places, axis=1), np.concatenate(signs, axis=1))

    def nearest(self, codes: Codes, label: int) -> dict[str, float]:
        """The cosine of one text (1, d) with the nearest example of a label, and how many it has; empty without any."""
        own = np.flatnonzero(self.labels == label)
        if not len(own):
            return {}
        members = self.members[self.starts[own[0]] : self.starts[own[0] + 1]]
        return {"nearest": float(cosines(codes, self.codes[members]).max()), "examples": float(len(members))}

    def _near(self, found: Floats) -> tuple[Floats, Floats]:
        """The cosine of texts with the nearest example of each label, and with the mean of its examples (n, labels)."""
        if not len(self.labels):
            return found[:, :0], found[:, :0]
        by_label = found[:, self.members]
        nearest = np.maximum.reduceat(by_label, self.starts[:-1], axis=1)
        return nearest, np.add.reduceat(by_label, self.starts[:-1], axis=1) / self.sizes


def _parts(signs: Floats) -> Floats:
    """What the constant, the sign "named" and all others come to by WEIGHTS, (n, k, 3)."""
    parts: Floats = np.zeros((*signs.shape[:-1], 3))
    for place, weight in enumerate(WEIGHTS):  # in this order, so that a row is the same in any batch
        parts[..., min(place, 2)] += weight * signs[..., place]
    return parts


def _lead(nearest: Floats) -> Floats:
    """By how much each of (n, k) is over the best other one; 0 if there is no other."""
    if nearest.shape[1] < 2:
        return np.zeros(nearest.shape)
    order = np.sort(nearest, axis=1)
    first = np.arange(nearest.shape[1]) == nearest.argmax(axis=1)[:, None]
    return nearest - np.where(first, order[:, -2:-1], order[:, -1:])


def _stacked(columns: Sequence[Floats | float], shape: tuple[int, ...]) -> Floats:
    return np.stack([np.broadcast_to(np.asarray(column, np.float64), shape) for column in columns], axis=-1)
