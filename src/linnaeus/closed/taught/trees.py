"""Gradient-boosted trees as plain arrays: fitted by scikit-learn, told apart by numpy alone, never pickled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.taught.sparse import Floats

ROUNDS = 120
RATE = 0.12
LEAVES = 24
DEPTH = 6
ALONE = 200_000  # rows, below which one thread does it
AT_ONCE = 20_000  # rows that go down the trees together


@dataclass(frozen=True, slots=True)
class Trees:
    """Nodes of all trees, one after the other; `roots` (trees,) are where each begins, a leaf is its own child."""

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
        found = np.full(len(features), self.base, dtype=np.float32)
        children = np.stack([self.left, self.right], axis=1).ravel().astype(np.intp)
        for start in range(0, len(features), AT_ONCE):
            rows = features[start : start + AT_ONCE]
            columns, within = rows.T.ravel(), np.arange(len(rows))
            column = self.feature.astype(np.intp) * len(rows)
            for root in self.roots:
                node = np.full(len(rows), root, dtype=np.intp)
                for _ in range(DEPTH):
                    right = columns.take(column.take(node) + within) > self.cut.take(node)
                    node = children.take(2 * node + right)
                found[start : start + len(rows)] += self.value.take(node)
        return found

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
