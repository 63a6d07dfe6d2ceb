"""Sets of text vectors compared with each other, now and before. Pure functions; knows nothing of labels or storage.

Means of few vectors are far apart by chance alone. The likeness of two sets is therefore the cosine of their means with the
share of chance taken off: about 1 for two samples of one thing, however small (research/drift.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.halves import position, two_means

ROUNDS = 999  # shuffles of what is recent and what is not
MORE_ROUNDS = 9_999  # where few are not enough to tell
FEWEST = 3  # texts of a half
ALIKE = 1.0  # likeness of halves that cannot be told apart

Rows = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Change:
    """A likeness `before` and `now`, and the chance of a change as large if time meant nothing."""

    before: float
    now: float
    chance: float


def likeness(a: Rows, b: Rows) -> float:
    """The cosine of the means that two sets of rows (m, d) and (n, d) are samples of; 0 if either has none, at most 1."""
    left, right = _square(a), _square(b)
    if min(left, right) <= 0:
        return 0.0
    return float(np.clip(a.mean(axis=0) @ b.mean(axis=0) / np.sqrt(left * right), -1.0, 1.0))


def _square(rows: Rows) -> float:
    """The squared length of the mean that `rows` are a sample of, without bias; nothing is known from one."""
    n = len(rows)
    if n < 2:
        return 0.0
    mean = rows.mean(axis=0)
    return float((n * (mean @ mean) - (rows**2).sum() / n) / (n - 1))


def shift(rows: Rows, recent: Mask) -> Change:
    """How far the mean of the recent rows has moved: `before` is 1, `now` its likeness to the others.

    The chance is that of a distance of means as large when what is recent is shuffled.
    """
    now = likeness(rows[recent], rows[~recent])
    chance = _shift_chance(rows, recent, ROUNDS)
    if chance <= 0.01:
        chance = _shift_chance(rows, recent, MORE_ROUNDS)
    return Change(1.0, now, chance)


def _shift_chance(rows: Rows, recent: Mask, rounds: int) -> float:
    small, total, size = rows.astype(np.float32), rows.sum(axis=0).astype(np.float32), int(recent.sum())

    def distances(masks: NDArray[np.float32]) -> NDArray[np.float32]:
        """Squared distance (r,) of the means for masks (r, n) of equal size."""
        apart = (masks @ small) * (1 / size + 1 / (len(rows) - size)) - total / (len(rows) - size)
        return np.asarray((apart**2).sum(axis=1))

    seen = distances(recent[None].astype(np.float32))[0]
    shuffled = np.random.default_rng(0).permuted(np.tile(recent, (rounds, 1)), axis=1)
    beaten = (distances(shuffled.astype(np.float32)) >= seen * (1 - 1e-6)).sum()
    return float((beaten + 1) / (rounds + 1))


def approach(a: Rows, a_recent: Mask, b: Rows, b_recent: Mask) -> Change:
    """How alike two sets were before and are now, and the chance of growing as much alike."""

    def both(left: Mask, right: Mask) -> tuple[float, float]:
        return likeness(a[~left], b[~right]), likeness(a[left], b[right])

    before, now = both(a_recent, b_recent)
    random = np.random.default_rng(0)
    beaten = 0
    for _ in range(ROUNDS):
        was, is_now = both(random.permutation(a_recent), random.permutation(b_recent))
        beaten += is_now - was >= now - before
    return Change(before, now, (beaten + 1) / (ROUNDS + 1))


def falling(rows: Rows, recent: Mask, *, rounds: int = 199) -> Change:
    """How alike the two halves of a set were before and are now, and the chance of falling apart as much."""

    def both(mask: Mask) -> tuple[float, float]:
        return halves_likeness(rows[~mask]), halves_likeness(rows[mask])

    before, now = both(recent)
    random = np.random.default_rng(0)
    beaten = 0
    for _ in range(rounds):
        was, is_now = both(random.permutation(recent))
        beaten += was - is_now >= before - now
    return Change(before, now, (beaten + 1) / (rounds + 1))


def halves_likeness(rows: Rows) -> float:
    """How alike the two halves of some rows (n, d) are, where the cut is made by the others; the mean of both ways.

    Any cloud can be cut; what is measured on other rows than the cut was made from is not the cut's own doing.
    """
    order = np.random.default_rng(0).permutation(len(rows))
    left, right = rows[order[::2]], rows[order[1::2]]
    return (_other_halves(left, right) + _other_halves(right, left)) / 2


def _other_halves(cut: Rows, others: Rows) -> float:
    side = two_means(cut)
    if side is None:
        return ALIKE
    there = position(others, cut[~side].mean(axis=0), cut[side].mean(axis=0)) > 0
    if min(there.sum(), (~there).sum()) < FEWEST:
        return ALIKE
    return likeness(others[there], others[~there])
