"""The states of labels follow from counts: what is flagged is a change, and where nothing changes next to nothing is."""

from __future__ import annotations

from math import comb, exp, factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linnaeus.consolidate.life import ACTIVE, DORMANT, EMERGING, FADING, life, windows
from linnaeus.consolidate.tails import above, discoveries

DAY = 86_400.0


@given(st.integers(1, 40), st.floats(0.01, 60), st.floats(0.05, 5))
def test_the_tail_is_the_sum_of_the_negative_binomial(count: int, mean: float, varies: float) -> None:
    size, share, total = 1 / varies, mean / (mean + 1 / varies), 0.0
    term = (1 - share) ** size
    for number in range(count):
        total += term
        term *= share * (size + number) / (number + 1)
    assert above(count, mean, varies) == pytest.approx(1 - total, abs=1e-9)


def test_known_tails() -> None:
    assert above(0, 3.0, 0.1) == 1.0
    poisson = 1 - sum(exp(-3) * 3**k / factorial(k) for k in range(5))
    assert above(5, 3.0, 1e-9) == pytest.approx(poisson, rel=1e-5)
    # 7 texts of which 6 are in the newest of 5 equal windows: at least 6 of 7 at a chance of 1/5 (one text granted)
    binomial = sum(comb(7, k) * 0.2**k * 0.8 ** (7 - k) for k in (6, 7))
    assert above(6, 2 * 0.25, 1 / 2) == pytest.approx(binomial, rel=1e-9)


def test_discoveries_are_those_of_benjamini_and_hochberg() -> None:
    """The example of their paper: 4 of 15."""
    chances = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
        0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
    ]  # fmt: skip
    assert discoveries(np.array(chances[::-1]), 0.05).tolist() == [False] * 11 + [True] * 4
    assert discoveries(np.array([]), 0.05).tolist() == []


def states(rows: list[list[int]], exposure: list[int]) -> list[str]:
    return life(np.array(rows), np.array(exposure)).state


STEADY = [[20 + shift, 20 - shift, 20, 19, 21] for shift in range(-3, 4)]


def test_the_four_states() -> None:
    rows = [
        [20, 20, 20, 20, 20],
        [15, 0, 0, 0, 0],
        [60, 10, 12, 9, 11],
        [4, 20, 21, 19, 20],
        [0, 12, 11, 12, 13],
    ]
    assert states(rows + STEADY, [300] * 5)[:5] == [ACTIVE, EMERGING, EMERGING, FADING, DORMANT]


def test_too_few_texts_say_nothing() -> None:
    rows = [[1, 0, 0, 0, 0], [2, 0, 0, 0, 0], [0, 1, 1, 0, 0], [0, 1, 1, 1, 2]]
    assert states(rows + STEADY, [300] * 5)[:4] == [ACTIVE] * 4


def test_a_hole_in_the_data_makes_no_label_dormant() -> None:
    """What counts is the number of texts there were, in the newest window and in those before."""
    rows = [[0, 20, 20, 20, 20], [0, 12, 11, 12, 13]]
    assert states(rows + [[0, *row[1:]] for row in STEADY], [0, 300, 300, 300, 300]) == [ACTIVE] * 9
    assert states(rows + [[0, *row[1:]] for row in STEADY], [3, 300, 300, 300, 300]) == [ACTIVE] * 9
    before = [[20, 0, 0, 20, 20], [20, 0, 0, 19, 21]]
    assert states(before, [100, 0, 0, 100, 100]) == [ACTIVE, ACTIVE]


def test_a_change_must_be_twofold_however_certain() -> None:
    rows = [[3_000, 2_000, 2_000, 2_000, 2_000], *([10_000] * 5 for _ in range(5))]
    assert states(rows, [60_000] * 5)[0] == ACTIVE
    rows[0][0] = 4_100
    assert states(rows, [60_000] * 5)[0] == EMERGING


def test_bursts_are_told_from_changes() -> None:
    """A label that always came in bursts has another one: that is no change, though its like is one for a steady label."""
    bursts = [
        [40, 2, 45, 3, 1, 50, 2, 38, 4],
        [38, 45, 1, 2, 44, 3, 2, 47, 1],
        [41, 3, 2, 46, 2, 1, 39, 2, 50],
    ]
    steady = [[40, 17, 19, 18, 16, 20, 18, 17, 19], *([18] * 9 for _ in range(8))]
    assert states(bursts, [400] * 9) == [ACTIVE] * 3
    assert states(steady, [400] * 9)[0] == EMERGING


def test_false_alarms_are_rare() -> None:
    """60 streams in which nothing changes: any flag at all in at most a tenth of them (5% are promised)."""
    random = np.random.default_rng(0)
    alarms = 0
    for _ in range(60):
        rates = random.dirichlet(np.full(150, 0.3))
        exposure = random.integers(200, 900, 9)
        counts = np.stack([random.multinomial(texts, rates) for texts in exposure], axis=1)
        alarms += set(life(counts, exposure).state) != {ACTIVE}
    assert alarms <= 6


def test_windows_lie_back_from_the_newest_text() -> None:
    times = np.array([day * DAY for day in range(100)])
    laid = windows(times, 89 * DAY)
    assert (laid.since, laid.width) == (89 * DAY, 10 * DAY)
    assert laid.place[[99, 89, 88, 79, 78, 0]].tolist() == [0, 0, 1, 1, 2, 9]
    wide = windows(times, 49 * DAY)
    assert wide.width == 49 * DAY / 4, "at least four before the newest"
    assert windows(times, None).since == 69 * DAY, "a twelfth of 99 days, and the next round width: 30 days"
    assert windows(np.array([5.0]), None).place.tolist() == [0]
