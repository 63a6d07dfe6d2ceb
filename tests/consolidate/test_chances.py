"""How likely two surfaces are one label: what recordings say, and what a project's own verdicts make of it."""

from __future__ import annotations

import numpy as np

from linnaeus.consolidate.chances import ENOUGH, WITH_WORDS, Chances


def pairs(count: int, shift: float) -> tuple[np.ndarray, np.ndarray]:
    """Pairs that are the same as often as the shipped weights say once `shift` is added to the log-odds."""
    draw = np.random.default_rng(4)
    features = np.stack(
        [draw.uniform(0, 1, count), draw.uniform(0, 1, count), draw.integers(0, 5, count)], axis=1
    )
    weights = (WITH_WORDS[0] + shift, *WITH_WORDS[1:])
    return features, draw.uniform(size=count) < Chances(weights).of(features)


def test_chances_rise_with_likeness_and_fall_with_size() -> None:
    low, high, large = (
        Chances(WITH_WORDS).of(np.array([[0.2, 0.2, 0.0], [0.9, 0.9, 0.0], [0.9, 0.9, 6.0]])).tolist()
    )
    assert low < 0.05 and high > 0.9 and low < large < high


def test_few_verdicts_change_nothing() -> None:
    shipped = Chances(WITH_WORDS)
    assert shipped.refit(*pairs(ENOUGH - 1, 2.0)) == shipped


def test_verdicts_of_the_project_move_the_level() -> None:
    """Calibration on new pairs of a project where twice as much is the same as elsewhere."""
    features, same = pairs(4000, 2.0)
    shipped = Chances(WITH_WORDS)
    own = shipped.refit(features[:300], same[:300])

    def off(chances: Chances) -> float:
        return abs(float(chances.of(features[300:]).mean() - same[300:].mean()))

    assert off(shipped) > 0.15 and off(own) < 0.04
