"""A linear support vector machine, as a network without a hidden layer. Knows nothing of how it is chosen.

L2-regularised squared hinge by dual coordinate descent (Fan et al. 2008, liblinear): one label against all others.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linnaeus.distill.training import Data, Settings
from linnaeus.student.network import Layers, Network
from linnaeus.student.words import Floats

MARGIN = Settings("linear SVM", 0, 0.0)
LONG = 2.0  # times as long are rows of words where texts have several labels: research/LOG.md, "Students"
CLOSE = 0.1  # to the optimum, at which liblinear stops


def fit_margin(data: Data) -> Network:
    """The machine of `data` with C = 1; a label without examples, or that all have, has no log-odds but its bias."""
    from scipy.sparse import csr_matrix, hstack

    wide, labels = data.vectors.shape[1], data.labels.shape[1]
    longer = np.float32(LONG if data.several else 1.0)
    rows = hstack([csr_matrix(data.vectors), data.words.matrix * longer]).tocsr().astype(np.float64)
    weights = np.zeros((rows.shape[1], labels), np.float32)
    bias, columns = np.zeros(labels, np.float32), data.labels.tocsc()
    for label in range(labels):
        right = np.zeros(len(data), np.bool_)
        right[columns.indices[columns.indptr[label] : columns.indptr[label + 1]]] = True
        bias[label] = 1.0 if right.all() else -1.0
        if 0 < right.sum() < len(right):
            weights[:, label], bias[label] = _against_others(rows, right, data.weights)
    weights[wide:] *= longer
    last = np.zeros((0, labels), np.float32)
    return Network(Layers(weights[:wide], weights[wide:], bias, last, np.zeros(labels, np.float32)))


def _against_others(rows: Any, right: Any, weights: Floats) -> tuple[Floats, float]:
    from sklearn.svm import LinearSVC

    machine = LinearSVC(tol=CLOSE, random_state=0).fit(rows, right, weights)
    return machine.coef_[0], float(machine.intercept_[0])
