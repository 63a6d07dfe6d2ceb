"""How fine groups may be, and which of them come back, when only some of the rows are seen. Knows no method of grouping.

The right fineness is the one at which two halves of the rows, grouped without each other, say the same (Lange, Roth,
Braun and Buhmann 2004, "Stability-based validation of clustering solutions"): each half's rows are filed under the groups of
the other by the nearest centre. Agreement is mutual information, adjusted for chance (Vinh, Epps and Bailey 2010), so that
numbers of groups compare. Of equally good ones, within a hundredth, the finest is taken (LOG.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.features import Rows
from linnaeus.discover.grouping import Groups, Method, centres
from linnaeus.discover.parts import Parts
from linnaeus.metrics.clusters import adjusted_information

SPLITS = 3
MANY = 1_000  # rows; of fewer one split says less and costs little, so there are twice as many
PROMISING = 0.95  # of the best agreement in a split; no set came near to another choice for it
MANY_GROUPS = 30  # from which on halves that agree less than that never agreed so well again at a finer one
AS_GOOD = 0.99  # of the best agreement; research/LOG.md, "Discover, faster"
SEED = 0
DISSOLVED = 0.5  # mean Jaccard below which a group dissolves (Hennig 2007, section 3)


def stable_fineness(parts: Parts, method: Method, tried: Sequence[int]) -> int:
    """The finest of `tried` (rising) that is as stable as any, for rows in an order that means nothing.

    Of many rows the first split says which are promising, and the others look at these.
    """
    first = _agreement(parts, method, tried, 0)
    splits = 2 * SPLITS
    if len(parts) >= MANY:
        splits, promising = SPLITS, _as_good(first, PROMISING)
        tried, first = [tried[place] for place in promising], first[promising]
    others = [_agreement(parts, method, tried, seed) for seed in range(1, splits)]
    return tried[int(_as_good(np.mean([first, *others], axis=0), AS_GOOD)[-1])]


def _as_good(agreed: NDArray[np.float64], share: float) -> NDArray[np.intp]:
    """Places (m,) of what is at least so large a share of the best, which is one of them."""
    best = float(agreed.max())
    return np.flatnonzero(agreed >= min(share * best, best))


def _agreement(parts: Parts, method: Method, tried: Sequence[int], seed: int) -> NDArray[np.float64]:
    """(t,): how well two random halves agree, each at every fineness; 0 for those finer than any that could be chosen."""
    order = np.random.default_rng([SEED, seed]).permutation(len(parts))
    halves = [parts.leaned(np.sort(places)) for places in np.array_split(order, 2)]
    made = [method(half) for half in halves]
    out: list[float] = []
    for fineness in tried:
        fine = [agreed for number, agreed in zip(tried, out, strict=False) if number > MANY_GROUPS]
        if fine and fine[-1] < PROMISING * max(fine):
            out.append(0.0)
            continue
        groups = [grouping(fineness) for grouping in made]
        if min(own.max() for own in groups) < 1:
            out.append(0.0)  # one group or none: nothing to agree on
            continue
        both = [
            adjusted_information(groups[other] + 1, _filed(halves[other], halves[one], groups[one]))
            for one, other in ((0, 1), (1, 0))
        ]
        out.append(float(np.nan_to_num(both).mean()))
    return np.array(out)


def _filed(rows: Rows, others: Rows, groups: Groups) -> Groups:
    """(n,): the group among those of `others` whose centre is nearest to each row."""
    found: Groups = (rows @ centres(others, groups).T).argmax(axis=1)
    return found


def comebacks(
    parts: Parts, method: Method, fineness: int, groups: Groups, resamples: int
) -> NDArray[np.float64]:
    """(g,): how well each group comes back on bootstrap resamples of the rows.

    Rows that a resample drew twice count once.
    """
    runs = ((drawn, method(parts.leaned(drawn))(fineness)) for drawn in resampled(len(parts), resamples))
    return mean_best(groups, int(groups.max()) + 1, runs)


def resampled(count: int, resamples: int) -> Iterator[NDArray[np.intp]]:
    """For each bootstrap resample of so many things the places (m,) of those that are in it, rising."""
    for seed in range(resamples):
        yield np.unique(np.random.default_rng([SEED + 1, seed]).integers(count, size=count))


def mean_best(
    groups: Groups, count: int, runs: Iterable[tuple[NDArray[np.intp], Groups]]
) -> NDArray[np.float64]:
    """(count,): of each of the groups, the mean over `runs` of its best Jaccard likeness to any group of the run.

    A run: the places (m,) that it saw, and their groups there. Hennig 2007, "Cluster-wise assessment of cluster stability".
    """
    total, seen = np.zeros(count), np.zeros(count)
    for places, again in runs:
        found = jaccards(groups[places], again, count).max(axis=1, initial=0)
        seen += ~np.isnan(found)
        total += np.nan_to_num(found)
    return np.asarray(total / np.maximum(seen, 1))


def jaccards(groups: Groups, again: Groups, count: int) -> NDArray[np.float64]:
    """(g, h): shared over all rows of each group and each of `again`; nan for a group none of whose rows was drawn."""
    shared = np.zeros((count, int(again.max(initial=-1)) + 2))
    inside = groups >= 0
    np.add.at(shared, (groups[inside], again[inside]), 1)  # the last column: in none
    sizes = shared.sum(axis=1)
    theirs = np.bincount(again[again >= 0], minlength=shared.shape[1])[: shared.shape[1] - 1]
    union = sizes[:, None] + theirs[None, :] - shared[:, :-1]
    found = shared[:, :-1] / np.maximum(union, 1)
    return np.where(sizes[:, None] > 0, found, np.nan)
