"""Two results of the same texts: how far they agree, which label of one is which of the other. Knows not which is right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linnaeus.evaluate.details import worst_pairs
from linnaeus.evaluate.figures import Figure, Pair
from linnaeus.evaluate.meaning import Labelled
from linnaeus.evaluate.measure import best, figures
from linnaeus.metrics import agreement, clusters

ONE_LABEL = "one label only: there is nothing that chance could not do"


@dataclass(frozen=True, slots=True)
class Overlap:
    """A label of the first result and the one of the second that most of its texts have.

    `one`, `other`: how many texts have each; `both`: both of them.
    """

    label: str
    is_mostly: str
    one: int
    other: int
    both: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """All of it. `differences`: as pairs of the second result's label (`gold`) and the first's (`found`, "" for none)."""

    texts: int
    by_name: bool
    figures: list[Figure]
    labels: list[Overlap]
    differences: list[Pair]
    notes: list[str]


def compared(data: Labelled) -> Comparison:
    """Compare the best label of each text that has one in the second result; "no label" in the first is a label of its own.

    Labels that are called otherwise in the two results are the same where they match best, one to one.
    """
    known = data.known
    one, other = best(data.found)[known], best(data.gold)[known]
    both = (one >= 0) & (other >= 0)
    first = np.unique(one, return_inverse=True)[1]
    seconds, second = np.unique(other, return_inverse=True)
    found = figures(clusters.clusters(second[both], first[both]), int(both.sum()), {}, ONE_LABEL)
    n = int(known.sum())
    if not data.open:
        at = np.unique(np.concatenate([one, other]), return_inverse=True)[1]
        same = figures(agreement.agreement(at[:n], at[n:]), n, {}, ONE_LABEL)
    else:
        means = clusters.matching(second, first)
        if means is None:
            same = [Figure("kappa", n, None, why=f"more than {clusters.LARGEST:,} labels on both sides")]
        else:
            matched = np.where(means[first] >= 0, means[first], len(seconds) + first)
            same = figures(agreement.agreement(matched, second), n, {}, ONE_LABEL)
    shown = [one_ for one_ in found if one_.name in ("V-measure", "ARI", "AMI")]
    return Comparison(n, not data.open, [*same, *shown], _overlaps(data), worst_pairs(data), data.notes)


def _overlaps(data: Labelled) -> list[Overlap]:
    """For each label of the first result the second's that fits best, the label with most texts first."""
    one, other = best(data.found)[data.known], best(data.gold)[data.known]
    both = (one >= 0) & (other >= 0)
    firsts, first = np.unique(one[both], return_inverse=True)
    seconds, second = np.unique(other[both], return_inverse=True)
    cells = clusters.Cells.of_labellings(second, first)
    counts, theirs, mine = cells.sizes(np.ones(len(first)))
    order = np.lexsort((-cells.gold, counts))
    last = np.zeros(len(firsts), np.int64)
    last[cells.found[order]] = order
    return [
        Overlap(
            data.names[firsts[at]],
            data.names[seconds[cells.gold[last[at]]]],
            int(mine[at]),
            int(theirs[cells.gold[last[at]]]),
            int(counts[last[at]]),
        )
        for at in np.argsort(-mine, kind="stable").tolist()
    ]
