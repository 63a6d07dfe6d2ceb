"""Two halves of a set of texts, found from their vectors alone, and whether they are more than chance. Knows no labels.

2-means from the two sides of the first principal axis (Boley 1998, principal direction divisive partitioning), so that equal
input gives equal output. Any cloud can be cut in two; the test is whether this one falls apart better than shapeless ones do
with the same spread: SigClust (Liu et al. 2008, JASA 103), with Gaussian clouds that have the variances of the texts along
their principal axes. What it finds on texts of one class and of two: research/LOG.md, "Splitting a label".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.features import unit_rows
from linnaeus.types import Codes

CLOUDS = 99  # shapeless clouds that are cut in two for comparison
AXES = 20  # principal axes along which a cloud has the texts' own variances; the rest of the variance is left whole
MOST = 400  # texts that are compared with clouds
ENOUGH = 95  # of the clouds must fall apart worse
IN_DOUBT = 0.4  # margin below which a third of the texts are in the wrong half; research/split.py
ROUNDS = 50


@dataclass(frozen=True, slots=True)
class Halves:
    """The half (n,) of each text, False or True; how far it is from the middle; and what the cut is worth.

    A `margin` is 0 between the two centres and 1 at either. `near` and `far` (n,): the cosine of each text to the centre
    of its own half and of the other. `beaten`: how many of CLOUDS shapeless clouds fall apart worse.
    """

    side: NDArray[np.bool_]
    margin: NDArray[np.float64]
    near: NDArray[np.float64]
    far: NDArray[np.float64]
    beaten: int

    @property
    def in_doubt(self) -> NDArray[np.bool_]:
        """Which texts (n,) lie so near to the middle that their half is a guess."""
        return self.margin < IN_DOUBT

    @property
    def by_chance(self) -> bool:
        """Whether texts without any two groups in them would fall apart as well as these."""
        return self.beaten < ENOUGH

    def central(self, side: bool, most: int) -> list[int]:
        """The positions of the `most` texts of a half that are nearest to its centre; ties go to the earlier."""
        own = np.flatnonzero(self.side == side)
        return [int(place) for place in own[np.argsort(-self.near[own], kind="stable")][:most]]


def halve(codes: Codes) -> Halves | None:
    """Cut the vectors (n, d) of texts in two; None if they are all alike."""
    rows = unit_rows(codes)
    side = two_means(rows)
    if side is None:
        return None
    low, high = rows[~side].mean(axis=0), rows[side].mean(axis=0)
    centres = unit_rows(np.stack([low, high]))
    cosines = rows @ centres.T  # (n, 2)
    own = side.astype(int)
    return Halves(
        side=side,
        margin=np.abs(position(rows, low, high)),
        near=cosines[np.arange(len(rows)), own],
        far=cosines[np.arange(len(rows)), 1 - own],
        beaten=_beaten(rows),
    )


def two_means(rows: NDArray[np.float64]) -> NDArray[np.bool_] | None:
    """The half (n,) of each row (n, d); None if one is empty."""
    centred = rows - rows.mean(axis=0)
    side = centred @ _axis(centred) > 0
    for _ in range(ROUNDS):
        if side.all() or not side.any():
            return None
        again = position(rows, rows[~side].mean(axis=0), rows[side].mean(axis=0)) > 0
        if (again == side).all():
            break
        side = again
    return None if side.all() or not side.any() else side


def _axis(centred: NDArray[np.float64]) -> NDArray[np.float64]:
    """About the first principal axis (d,) of centred rows (n, d), by power iteration from the longest row."""
    axis = centred[(centred**2).sum(axis=1).argmax()]
    for _ in range(ROUNDS):
        axis = (centred @ axis) @ centred
        axis /= max(float(np.linalg.norm(axis)), 1e-12)
    return np.asarray(axis)


def position(
    rows: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Where rows (n, d) lie between two centres (d,): -1 at `low`, 0 in the middle, 1 at `high`."""
    along = high - low
    return np.asarray(2 * (rows @ along - (high + low) @ along / 2) / max(float(along @ along), 1e-12))


def _beaten(rows: NDArray[np.float64]) -> int:
    """How many shapeless clouds with the variances of `rows` fall apart worse than a sample of `rows`."""
    sample = rows[np.linspace(0, len(rows) - 1, min(MOST, len(rows))).astype(int)]
    centred = sample - sample.mean(axis=0)
    narrow = centred if len(sample) > centred.shape[1] else centred.T  # the same variances, but for zeros
    variances = np.linalg.eigvalsh(narrow.T @ narrow)[::-1].clip(0) / len(sample)  # the largest first
    spread, rest = np.sqrt(variances[:AXES]), float(variances[AXES:].sum())
    own = _left_over(sample, 0.0)
    random = np.random.default_rng(0)
    clouds = (random.standard_normal((len(sample), len(spread))) * spread for _ in range(CLOUDS))
    return sum(own < _left_over(cloud, rest) for cloud in clouds)


def _left_over(rows: NDArray[np.float64], rest: float) -> float:
    """The share of the variance that is left within two halves; `rest` is variance along axes that are not in `rows`."""
    side = two_means(rows)
    if side is None:
        return 1.0
    whole = ((rows - rows.mean(axis=0)) ** 2).sum()
    within = sum(((half - half.mean(axis=0)) ** 2).sum() for half in (rows[side], rows[~side]))
    return float((within + rest * len(rows)) / (whole + rest * len(rows)))
