"""What could be learnt from gold labels: the curve, and where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from linnaeus.errors import InputError
from linnaeus.evaluate.evaluation import evaluated
from linnaeus.evaluate.learning import learning_curve
from linnaeus.evaluate.meaning import Labelled
from linnaeus.evaluate.page import page
from tests.closed.taught.made import NAMES, by_letters, fruit
from tests.metrics.made import rows

pytest.importorskip("scipy")


def data(each: int) -> Labelled:
    texts, gold = fruit(each)
    n = len(texts)
    known, scores, by = np.ones(n, np.bool_), np.full(n, 0.5), np.zeros(n, np.int64)
    return Labelled(texts, rows(gold), rows(gold), NAMES, known, scores, by, ["rank"], False, None, [])


def test_the_curve_stands_on_the_page() -> None:
    curve = learning_curve(data(20), by_letters)
    assert curve.x == sorted(curve.x) and curve.x[-1] == 64, "a fifth is held out"
    assert all(0 <= right <= 1 for right in curve.y) and curve.y[-1] > 0.5
    found = replace(evaluated("r.csv", data(20)), learning=curve)
    assert "learnt from gold" in page(found) and "these labels" in page(found)
    assert "learnt from gold" not in page(replace(found, learning=None))


def test_texts_without_gold_are_not_learnt_from() -> None:
    some = replace(data(20), known=np.arange(80) % 2 == 0)
    assert learning_curve(some, by_letters).x[-1] == 32
    with pytest.raises(InputError, match="texts have a label"):
        learning_curve(replace(some, known=np.arange(80) < 19), by_letters)
