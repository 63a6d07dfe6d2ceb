"""The scikit-learn face of students: `LinnaeusClassifier`, for texts or for rows of numbers. Knows nothing of projects.

This module is the one door to scikit-learn's base classes, so it is imported by those alone who want them (extra `train`).
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix  # noqa: TID253
from sklearn.base import BaseEstimator, ClassifierMixin  # noqa: TID253
from sklearn.utils.multiclass import check_classification_targets  # noqa: TID253
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data  # noqa: TID253

from linnaeus.distill.choosing import choose
from linnaeus.distill.training import DEEP, LINEAR, Data, Settings, Sparse
from linnaeus.distill.trial import network_of
from linnaeus.embed import open_embedder
from linnaeus.student.network import Committee, chances
from linnaeus.student.words import Floats, Words
from linnaeus.types import Embedder

NETWORKS = {"linear": LINEAR, "mlp": DEEP}
MOST_WORDS = 16_384
FEW = 20  # examples, below which no network is chosen and no chance calibrated


class _Inputs(NamedTuple):
    """What a network reads: rows (n, d), and words, which rows of numbers have none of."""

    vectors: Floats
    words: Sparse


class LinnaeusClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """A student as an estimator: one label of `classes_` a row; `predict_proba` is calibrated on rows held out.

    X is a sequence of texts, which `embedder` (a spec) and their words make numbers of, or an array (n, d)
    of numbers. `network`: "linear", "mlp", or "auto" for what predicts rows held out best.

        LinnaeusClassifier().fit(["my card is lost", "what is the rate?"], ["card", "rate"])
    """

    def __init__(self, *, embedder: str = "minilm", network: str = "auto") -> None:
        self.embedder = embedder
        self.network = network

    def fit(self, X: Any, y: Any) -> LinnaeusClassifier:
        """Learn rows and their labels (n,); raises ValueError for what no classifier can learn from."""
        if self.network not in ("auto", *NETWORKS):
            raise ValueError(f"network is {self.network!r}, not auto, linear or mlp")
        self.reads_texts_ = _is_texts(X)
        X, y = (list(X), column_or_1d(y, warn=True)) if self.reads_texts_ else validate_data(self, X, y)
        check_classification_targets(y)
        if len(X) != len(y):
            raise ValueError(f"{len(X)} texts but {len(y)} labels")
        self.classes_, columns = np.unique(y, return_inverse=True)
        self._learn(X)
        read = self._read(X)
        ones = np.ones(len(columns), np.float32)
        table = csr_matrix(
            (ones, columns, np.arange(len(columns) + 1)), shape=(len(columns), len(self.classes_))
        )
        data = Data(read.vectors, read.words, table, ones, several=False)
        settings, slopes = self._chosen(data)
        self.committee_ = Committee(tuple(network_of(data, one) for one in settings), slopes)
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """How likely each of `classes_` is, (n, classes)."""
        check_is_fitted(self)
        if self.reads_texts_ != _is_texts(X):
            raise ValueError(f"it was fitted to {'texts' if self.reads_texts_ else 'rows of numbers'}")
        read = self._read(list(X) if self.reads_texts_ else validate_data(self, X, reset=False))
        found = chances(self.committee_.logits(read.vectors, read.words), several=False).astype(np.float64)
        return np.asarray(found / found.sum(axis=1, keepdims=True))

    def predict(self, X: Any) -> NDArray[Any]:
        """The likeliest class of each row (n,)."""
        likely = self.predict_proba(X)
        return np.asarray(self.classes_[likely.argmax(axis=1)])

    def _chosen(self, data: Data) -> tuple[tuple[Settings, ...], tuple[float, ...]]:
        if self.network != "auto":
            return (NETWORKS[self.network],), (1.0,)
        if len(data) < FEW or len(self.classes_) < 2:
            return (LINEAR,), (1.0,)
        return choose(data)

    def _learn(self, rows: Any) -> None:
        if self.reads_texts_:
            self.words_ = Words.fit(rows, MOST_WORDS)
            return
        self.mean_, self.spread_ = rows.mean(axis=0), rows.std(axis=0)
        self.spread_[self.spread_ == 0] = 1.0

    def _read(self, rows: Any) -> _Inputs:
        if self.reads_texts_:
            return _Inputs(
                _opened(self.embedder).embed(rows), Sparse.of(self.words_.rows(rows), len(self.words_.hashes))
            )
        scaled = ((rows - self.mean_) / self.spread_).astype(np.float32)
        return _Inputs(scaled, Sparse(csr_matrix((len(rows), 0), dtype=np.float32)))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        return tags


@cache
def _opened(spec: str) -> Embedder:
    """The embedder of `spec`; no part of an estimator, which is copied and pickled by scikit-learn."""
    return open_embedder(spec)


def _is_texts(rows: Any) -> bool:
    """Whether these are texts: a sequence that holds str alone."""
    if isinstance(rows, str):
        raise ValueError("X is one text, not a sequence of texts: write [text]")
    if getattr(rows, "ndim", 1) != 1 or not hasattr(rows, "__len__"):
        return False
    return len(rows) > 0 and all(isinstance(row, str) for row in rows)
