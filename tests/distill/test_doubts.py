"""Doubts where a text may have several labels: wrong ones and missing ones are found, right ones are left alone."""

from __future__ import annotations

import numpy as np

from linnaeus.distill.doubts import NONE, doubted
from tests.distill.made import examples_of

LABELS = [[number % 5, 5] if number % 2 else [number % 5] for number in range(100)]


def _likely() -> np.ndarray:
    """What a student would say that is nearly sure of what the texts are about, and differs a little from text to text."""
    likely = np.full((100, 6), 0.03, np.float32)
    for row, own in enumerate(LABELS):
        likely[row, own] = 0.9
    return likely + np.linspace(-0.02, 0.02, 100, dtype=np.float32)[:, None]


def test_wrong_and_missing_labels_of_several_are_found() -> None:
    said = [list(own) for own in LABELS]
    said[10] = [0, 3]  # 3 is wrong
    said[91] = [1]  # 5 is missing
    found = doubted(examples_of(said), np.arange(100), _likely())
    assert {(one.place, one.own, one.other) for one in found if one.chance > 0.9} >= {(91, NONE, 5)}
    assert (10, 3, NONE) in {(one.place, one.own, one.other) for one in found}
    assert {one.place for one in found} == {10, 91}
    assert all(0 < one.left < 0.2 for one in found)


def test_places_are_those_of_the_examples() -> None:
    said = [list(own) for own in LABELS]
    said[91] = [1]
    order = np.random.default_rng(0).permutation(100)
    (one,) = doubted(examples_of(said), order, _likely()[order])
    assert (one.place, one.own, one.other) == (91, NONE, 5)
