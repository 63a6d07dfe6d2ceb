"""The scikit-learn face: scikit-learn's own checks on rows of numbers, and our own on texts."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import parametrize_with_checks

from linnaeus.estimator import LinnaeusClassifier

TEXTS = [
    f"{what} {how}"
    for how in ("please", "now", "today", "again", "help")
    for what in ("lost card", "rate of euros")
]
LABELS = ["card", "rate"] * 5


@parametrize_with_checks([LinnaeusClassifier(network="linear")])  # type: ignore[untyped-decorator]
def test_scikit_learn_says_it_is_an_estimator(estimator: Any, check: Any) -> None:
    check(estimator)


def test_texts() -> None:
    made = LinnaeusClassifier().fit(np.array(TEXTS, dtype=object), LABELS)
    assert made.predict(["my card is lost", "which rate for euros?"]).tolist() == ["card", "rate"]
    likely = made.predict_proba(TEXTS)
    assert likely.shape == (10, 2) and np.allclose(likely.sum(axis=1), 1)
    assert np.array_equal(pickle.loads(pickle.dumps(made)).predict_proba(TEXTS), likely)
    again = clone(made).fit(TEXTS, LABELS)
    assert np.array_equal(again.predict_proba(TEXTS), likely), "the same for the same examples"


def test_in_a_pipeline_and_a_grid() -> None:
    line = make_pipeline(
        FunctionTransformer(lambda texts: [text.lower() for text in texts]),
        LinnaeusClassifier(),
    )
    grid = GridSearchCV(line, {"linnaeusclassifier__network": ["linear", "mlp"]}, cv=2).fit(TEXTS, LABELS)
    assert grid.score(["LOST CARD"], ["card"]) == 1.0


@pytest.mark.parametrize(
    ("texts", "labels", "why"),
    [
        ("one text", ["a"], "one text, not a sequence"),
        (["a", "b"], ["x"], "2 texts but 1 labels"),
        (["a", 1], ["x", "y"], "could not convert|Expected 2D"),
        ([], [], "Expected 2D"),
    ],
)
def test_what_cannot_be_learnt(texts: Any, labels: Any, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        LinnaeusClassifier().fit(texts, labels)


def test_texts_are_not_numbers() -> None:
    made = LinnaeusClassifier().fit(TEXTS, LABELS)
    with pytest.raises(ValueError, match="fitted to texts"):
        made.predict(np.zeros((2, 3)))


def test_one_label_and_equal_texts() -> None:
    assert LinnaeusClassifier().fit(["a", "b"], ["x", "x"]).predict(["c"]).tolist() == ["x"]
    equal = LinnaeusClassifier().fit(["a"] * 30, ["x", "y"] * 15)
    assert np.allclose(equal.predict_proba(["a"]), 0.5, atol=0.2)
