"""The learning curve: known power laws, and what it says of made-up topics."""

from __future__ import annotations

import numpy as np
import pytest

from linnaeus.distill.curve import Curve, curve_of, squared, wishes, words_of
from linnaeus.distill.distil import data_of
from tests.distill.made import examples_of


def test_an_error_that_halves_with_each_doubling() -> None:
    curve = Curve((100, 200), (0.2, 0.1), 1.0)
    assert curve.after(0.1, 200, 200) == pytest.approx(0.05)
    assert Curve((100, 200), (0.2, 0.2), 0.0).after(0.2, 200, 1e6) == pytest.approx(0.2)


def test_labels_that_gain_most_come_first() -> None:
    curve = Curve((100, 200), (0.2, 0.14), 0.5)
    wanted = wishes(curve, np.array([0.99, 0.8, 0.8]), np.array([40, 40, 10]))
    assert [wish.label for wish in wanted] == [1, 2]
    assert wanted[0].more == 40 and wanted[0].then == pytest.approx(1 - 0.2 / 2**0.5)
    words = list(words_of(curve, wanted, ["a", "refund", "c"]))
    assert words[1] == "about 40 more examples of `refund` would raise its F1 from 0.80 to 0.86"


def test_more_examples_err_less() -> None:
    examples = examples_of([[number % 12] for number in range(240)])
    examples.texts[:] = [""] * 240
    examples.vectors[:] += np.random.default_rng(0).normal(0, 0.3, examples.vectors.shape)
    curve = curve_of(data_of(examples)[0])
    assert curve.sizes == (96, 144, 192)
    assert curve.errors[0] > curve.errors[-1] > 0 and 0 < curve.power < 1


def test_rule_of_thumb() -> None:
    assert squared(77, 10_003).endswith("77 labels want 5,929 examples; there are 10,003")
