"""One linear classifier a label: L2-regularised squared-hinge SVMs (liblinear) on negatives that look alike.

A label is learnt against those texts alone for which it was a candidate: the same that it must be told from later (the
"matched negatives" of Prabhu et al. 2018, Parabel, with sources of candidates in place of a tree). Small weights are cut
(Babbar and Schoelkopf 2017, DiSMEC). Knows nothing of where candidates come from.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.taught.folds import FOLDS, folds
from linnaeus.closed.taught.sparse import Floats, Products, Sparse, chosen, from_parts, rows_of

COST = 1.0
SMALLEST = 0.05  # weight that is kept
FEW = 2000  # examples, up to which there are as many folds as this, as each is then missed where it is left out:
MANY = 10
UNKNOWN = -2.0  # the margin of a label without an example


@dataclass(frozen=True)  # no slots: what is made of it is kept
class Linear:
    """Weights (labels, d) and the constant of each label."""

    weights: Sparse
    constants: Floats

    @classmethod
    def fit(cls, rows: Sparse, pairs: Sparse, labels: Sparse) -> Linear:
        """Of unit rows (n, d), the candidates of each (n, labels) and the right ones."""
        marked = (pairs + labels * 2).tocsc()  # 1: a candidate that is wrong; 2 or 3: right
        rows = rows.astype(np.float64)
        constants = np.full(labels.shape[1], UNKNOWN, dtype=np.float32)
        values, columns, counts = [], [], np.zeros(labels.shape[1], dtype=np.int64)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Liblinear failed to converge")
            for label in np.flatnonzero(np.bincount(labels.indices, minlength=labels.shape[1])):
                part = slice(marked.indptr[label], marked.indptr[label + 1])
                weights, constants[label] = _one(rows[marked.indices[part]], marked.data[part] >= 2)
                kept = np.flatnonzero(np.abs(weights) > SMALLEST)
                values.append(weights[kept])
                columns.append(kept)
                counts[label] = len(kept)
        starts = np.concatenate([[0], np.cumsum(counts)])
        if not values:
            return cls(from_parts(np.zeros(0), np.zeros(0), starts, rows.shape[1]), constants)
        return cls(
            from_parts(np.concatenate(values), np.concatenate(columns), starts, rows.shape[1]), constants
        )

    def at(self, rows: Sparse, pairs: Sparse) -> Floats:
        """The margin of each pair: above 0 where the label fits."""
        constants: Floats = self.constants[pairs.indices]
        return self._products.at(rows, pairs) + constants

    @cached_property
    def _products(self) -> Products:
        return Products(self.weights)


def out_of_fold(
    rows: Sparse, pairs: Sparse, labels: Sparse, asked: Sparse, asking: Sparse | None = None
) -> Floats:
    """The margins of the `asked` of all pairs, as classifiers say that have not seen their texts.

    `asking`: the rows (n, d) as they would be if the texts were new.
    """
    fold = folds(rows.shape[0], MANY if rows.shape[0] <= FEW else FOLDS)
    of_asked = fold[rows_of(asked)]
    found = np.zeros(asked.nnz, dtype=np.float32)
    for one in np.unique(of_asked):
        others = np.flatnonzero(fold != one)
        fitted = Linear.fit(rows[others], pairs[others], labels[others])
        found[of_asked == one] = fitted.at(rows if asking is None else asking, chosen(asked, of_asked == one))
    return found


def _one(rows: Sparse, right: NDArray[np.bool_]) -> tuple[Floats, float]:
    """The weights (d,) and the constant that tell the right rows from the wrong ones."""
    from sklearn import config_context
    from sklearn.svm import LinearSVC

    if right.all():  # nothing to tell them from: how alike they are
        return np.asarray(rows.mean(axis=0), dtype=np.float32).ravel(), -0.5
    with config_context(assume_finite=True, skip_parameter_validation=True):  # thousands of small fits
        svm = LinearSVC(C=COST, tol=0.05, max_iter=30, dual=True, random_state=0).fit(rows, right)
    return svm.coef_.ravel().astype(np.float32), float(svm.intercept_[0])
