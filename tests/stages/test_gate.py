"""The gate's level is fitted, its promise is kept where the model of the odds holds, and its audit's bound is valid."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import pytest

from linnaeus.stages.gate import AUDITED, Gate, Level, fit_level, is_audited, least_odds, upper_bound
from linnaeus.types import Guess, LabelId, SurfaceId

RIGHT, WRONG = SurfaceId(1), SurfaceId(2)


def stream(gate: Gate, seed: int, count: int, shift: float) -> None:
    """Let `gate` see texts whose log-odds of a right answer are `shift` above what memory thinks."""
    random = np.random.default_rng(seed)
    for odds in random.normal(1.5, 1.5, size=count):
        right = random.random() < 1 / (1 + math.exp(-odds - shift))
        own = (RIGHT if right else WRONG) if odds < gate.least or random.random() < AUDITED else None
        gate.note(Guess(RIGHT, float(odds), own is not None and odds >= gate.least), own)


def label_of(surface: SurfaceId) -> LabelId:
    return LabelId(surface)


@pytest.mark.parametrize("shift", [-1.0, 0.0, 1.0])
def test_the_level_is_that_of_the_project(shift: float) -> None:
    random = np.random.default_rng(1)
    odds = random.normal(1.0, 1.5, size=4000)
    right = random.random(4000) < 1 / (1 + np.exp(-odds - shift))
    level = fit_level(odds, right, np.ones(4000))
    assert abs(level.shift - shift) < 0.15 and abs(level.slope - 1) < 0.12


@pytest.mark.parametrize("max_error", [0.02, 0.05, 0.1])
def test_the_promise_is_kept_whatever_the_level(max_error: float) -> None:
    """Of 40 streams whose level differs as projects do, most keep the promise, and their mean does."""
    errors = []
    for seed in range(40):
        shift = float(np.random.default_rng(1000 + seed).normal(-0.4, 0.5))
        gate = Gate(max_error)
        stream(gate, seed, 400, shift)
        gate.fit(label_of)
        odds = np.random.default_rng(seed + 5000).normal(1.5, 1.5, size=20_000)
        answered = odds[odds >= gate.least]
        error = float((1 / (1 + np.exp(answered + shift))).mean()) if len(answered) else 0.0
        errors.append(error)
    assert np.mean(errors) <= max_error
    assert sum(error <= 1.2 * max_error for error in errors) >= 30


def test_nothing_is_good_enough() -> None:
    assert least_odds(Level(shift=-20.0, covariance=(0.0, 0.0, 0.0)), np.zeros(100), 0.01) == math.inf


def test_a_stream_that_drifts_is_noticed_and_more_is_asked() -> None:
    gate = Gate(0.05)
    stream(gate, 1, 1500, 0.0)
    gate.fit(label_of)
    before = gate.least
    assert not gate.drifted
    stream(gate, 2, 1500, -3.0)
    gate.fit(label_of)
    assert gate.drifted and gate.least > before + 1


def test_the_bound_of_the_audit_holds_at_every_moment() -> None:
    """Of 400 audits looked at after every text, at most 5% ever have the true error above the bound."""
    random = np.random.default_rng(3)
    error, broken = 0.08, 0
    for _ in range(400):
        wrong = np.cumsum(random.random(300) < error)
        broken += any(upper_bound(int(count), number) < error for number, count in enumerate(wrong, 1))
    assert broken <= 20
    assert upper_bound(0, 0) == 1.0
    assert upper_bound(0, 300) < 0.03 < upper_bound(0, 30)


def test_audited_texts_are_a_share_and_always_the_same() -> None:
    keys = [hashlib.blake2b(str(number).encode(), digest_size=16).digest() for number in range(20_000)]
    share = sum(map(is_audited, keys)) / len(keys)
    assert abs(share - AUDITED) < 0.004
