"""Gradient-boosted trees as plain arrays: fitted by scikit-learn, told apart by numpy alone, never pickled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.taught.sparse import Floats

ROUNDS = 120
RATE = 0.12
LEAVES = 24  # up to 32: one bit each
DEPTH = 6
ALONE = 200_000  # rows, below which one thread does it
AT_ONCE = 512  # rows that are looked at together
ALL = np.uint32(0xFFFFFFFF)


@dataclass(frozen=True)  # no slots: what is made of it is kept
class Trees:
    """Nodes of all trees, one after the other; `roots` (trees,) are where each begins, a leaf is its own child.

    A node comes before what is left of it, and that before what is right of it.
    """

    feature: NDArray[np.int16]
    cut: Floats
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: Floats
    roots: NDArray[np.int32]
    base: float

    @classmethod
    def fit(cls, features: Floats, right: Floats, signs: Sequence[int]) -> Trees:
        """Of rows (n, f) without NaN, and which of them are right (n,).

        `signs` (f,): 1 for a feature of which more can only speak for a pair, -1 against it, 0 for either.
        """
        from sklearn.ensemble import HistGradientBoostingClassifier
        from threadpoolctl import threadpool_limits

        if right.min() == right.max():  # nothing to tell apart
            return cls.none(base=15.0 if right[0] else -15.0)

        trees = HistGradientBoostingClassifier(
            learning_rate=RATE,
            max_iter=ROUNDS,
            max_leaf_nodes=LEAVES,
            max_depth=DEPTH,
            min_samples_leaf=40,
            early_stopping=False,
            monotonic_cst=list(signs),
            random_state=0,
        )
        # On a busy machine threads that wait for each other cost ten times what few rows do
        with threadpool_limits(1 if len(right) < ALONE else None, user_api="openmp"):
            fitted = trees.fit(features, right)
        nodes = [one[0].nodes for one in fitted._predictors]
        sizes = np.array([len(one) for one in nodes])
        roots = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int32)
        every = np.concatenate(nodes)
        itself = np.arange(len(every), dtype=np.int32)
        offset = np.repeat(roots, sizes)
        leaf = every["is_leaf"].astype(bool)
        return cls(
            feature=np.where(leaf, 0, every["feature_idx"]).astype(np.int16),
            cut=_rounded_down(every["num_threshold"]),
            left=np.where(leaf, itself, every["left"] + offset).astype(np.int32),
            right=np.where(leaf, itself, every["right"] + offset).astype(np.int32),
            value=every["value"].astype(np.float32),
            roots=roots,
            base=float(np.ravel(fitted._baseline_prediction)[0]),
        )

    @classmethod
    def none(cls, base: float = 0.0) -> Trees:
        """No tree: all rows are as likely."""
        nothing = np.zeros(0, dtype=np.int32)
        few = (nothing.astype(np.int16), np.zeros(0, np.float32), nothing, nothing, np.zeros(0, np.float32))
        return cls(*few, nothing, base)

    def log_odds(self, features: Floats) -> Floats:
        """The log-odds of each row (n, f) that it is right."""
        found = np.empty(len(features), dtype=np.float32)
        steps, values = self._steps, self._values
        offsets = np.arange(len(values), dtype=np.int32) * LEAVES - 127  # the exponent of 1.0
        for start in range(0, len(features), AT_ONCE):
            rows = features[start : start + AT_ONCE]
            left = np.full((len(rows), len(values)), ALL)
            for feature, cuts, masks in steps:
                left &= masks.take(np.searchsorted(cuts, rows[:, feature]), axis=0)
            lowest = (left & (~left + np.uint32(1))).astype(np.float32).view(np.int32) >> 23
            found[start : start + len(rows)] = values.take(lowest + offsets).sum(axis=1)
        return found + np.float32(self.base)

    @cached_property
    def _places(self) -> NDArray[np.int64]:
        """How many leaves of its tree come before each node (nodes,)."""
        leaf = self.left == np.arange(len(self.left))
        before: NDArray[np.int64] = np.cumsum(leaf) - leaf
        return np.asarray(before - np.repeat(before[self.roots], np.diff(self.roots, append=len(before))))

    @cached_property
    def _values(self) -> Floats:
        """The values of the leaves of each tree (trees, LEAVES), from left to right."""
        leaves = np.flatnonzero(self.left == np.arange(len(self.left)))
        found = np.zeros((len(self.roots), LEAVES), dtype=np.float32)
        tree = np.searchsorted(self.roots, leaves, side="right") - 1
        found[tree, self._places[leaves]] = self.value[leaves]
        return found

    @cached_property
    def _steps(self) -> list[tuple[int, Floats, NDArray[np.uint32]]]:
        """For each feature its cuts, rising, and which leaves of each tree are left above so many of them, as bits.

        A row that is above the cut of a node is in none of the leaves on its left; of all that are left after every
        feature it is in the first (Lucchese et al. 2015, QuickScorer).
        """
        inner = np.flatnonzero(self.left != np.arange(len(self.left)))
        tree = np.searchsorted(self.roots, inner, side="right") - 1
        places, one = self._places, np.uint64(1)
        bits = [one << places[ends[inner]].astype(np.uint64) for ends in (self.left, self.right)]
        kept = ALL ^ (bits[1] - bits[0]).astype(np.uint32)
        steps = []
        for feature in np.unique(self.feature[inner]):
            some = np.flatnonzero(self.feature[inner] == feature)
            some = some[np.argsort(self.cut[inner[some]], kind="stable")]
            masks = np.full((len(some) + 1, len(self.roots)), ALL)
            masks[np.arange(1, len(some) + 1), tree[some]] = kept[some]
            steps.append((int(feature), self.cut[inner[some]], np.bitwise_and.accumulate(masks, axis=0)))
        return steps

    def to_arrays(self) -> dict[str, Any]:
        """What `from_arrays` makes the same from."""
        names = ("feature", "cut", "left", "right", "value", "roots")
        return {name: getattr(self, name) for name in names} | {"base": np.array([self.base])}

    @classmethod
    def from_arrays(cls, arrays: dict[str, Any]) -> Trees:
        """See `to_arrays`."""
        return cls(**{**arrays, "base": float(arrays["base"][0])})


def _rounded_down(cuts: NDArray[np.float64]) -> Floats:
    """The largest float32 up to each cut: float32 features are above the one where they are above the other."""
    near = cuts.astype(np.float32)
    return np.where(near > cuts, np.nextafter(near, np.float32(-np.inf)), near)
