"""How well labels that were found without a label set go with gold classes. Knows nothing of what labels are called.

V-measure, ARI and AMI (arithmetic mean) agree with scikit-learn but for what it sets to 1 where there is nothing to tell
apart: that is NaN. B-cubed: Bagga and Baldwin 1998; purity: Zhao and Karypis 2001.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from linnaeus.metrics.rows import Floats, Measure, Weights, Whole, ratio, sums

LARGEST = 2_000  # labels on the smaller side, up to which the best matching is looked for
TERMS = 1 << 20  # of the expected information held at a time
CHANCE = 30.0  # minus the logarithm of the chance of what is left out of it


class Cells(NamedTuple):
    """Texts by pairs of a gold class and a label found.

    `of` (n,): the cell of each text; `gold`, `found` (m,): of each cell.
    """

    of: Whole
    gold: Whole
    found: Whole

    @classmethod
    def of_labellings(cls, gold: Whole, found: Whole) -> Cells:
        """The cells of two labellings (n,), numbers from 0 on."""
        width = int(found.max(initial=0)) + 1
        there, of = np.unique(gold * width + found, return_inverse=True)
        return cls(of, there // width, there % width)

    def sizes(self, weights: Floats) -> tuple[Floats, Floats, Floats]:
        """The sums of weights by cell (m,), by gold class and by label found."""
        cells = sums(self.of, weights, len(self.gold))
        return cells, sums(self.gold, cells, 0), sums(self.found, cells, 0)


def clusters(gold: Whole, found: Whole) -> Measure:
    """Figures of two labellings (n,). In draws, pairs are of different texts, and the chance part of AMI stays as it is."""
    cells = Cells.of_labellings(gold, found)
    chance = _expected_information(*(cells.sizes(np.ones(len(gold)))[1:]))

    def of(weights: Weights) -> dict[str, float]:
        n, (both, wanted, given) = weights.sum(), cells.sizes(weights)
        h_gold, h_found, h_both = (_entropy(part, n) for part in (wanted, given, both))
        shared = h_gold + h_found - h_both
        precision = float(both @ _over(both, given[cells.found]))
        recall = float(both @ _over(both, wanted[cells.gold]))
        return {
            "V-measure": ratio(2 * shared, h_gold + h_found),
            "homogeneity": ratio(shared, h_gold),
            "completeness": ratio(shared, h_found),
            "ARI": _rand(cells, weights),
            "AMI": _adjusted(shared, chance, (h_gold + h_found) / 2),
            "purity": ratio(_largest(both, cells.found), n),
            "B-cubed precision": ratio(precision, n),
            "B-cubed recall": ratio(recall, n),
            "B-cubed f1": ratio(2 * precision * recall, n * (precision + recall)),
        }

    return of


def adjusted_information(gold: Whole, found: Whole) -> float:
    """AMI of two labellings (n,), numbers from 0 on; NaN where there is nothing to tell apart."""
    both = np.unique(gold * (int(found.max(initial=0)) + 1) + found, return_counts=True)[1].astype(np.float64)
    wanted, given = (np.bincount(side).astype(np.float64) for side in (gold, found))
    h_gold, h_found, h_both = (_entropy(part, len(gold)) for part in (wanted, given, both))
    return _adjusted(h_gold + h_found - h_both, _expected_information(wanted, given), (h_gold + h_found) / 2)


def matching(gold: Whole, found: Whole) -> Whole | None:
    """The gold class that each label found (labels,) stands for, -1 for none, so that most texts are right, one to one.

    None where both sides have more than 2,000 labels.
    """
    cells = Cells.of_labellings(gold, found)
    counts, wanted, given = cells.sizes(np.ones(len(gold)))
    if min(len(wanted), len(given)) > LARGEST:
        return None
    table = np.zeros((len(wanted), len(given)))
    table[cells.gold, cells.found] = counts
    means = np.full(len(given), -1, np.int64)
    if len(wanted) <= len(given):
        means[_assign(-table)] = np.arange(len(wanted))
    else:
        means[:] = _assign(-table.T)
    return means


def majority(gold: Whole, found: Whole) -> Whole:
    """The gold class that most texts of each label found (labels,) have, the lower of equals; -1 where there is no text."""
    cells = Cells.of_labellings(gold, found)
    counts, _, given = cells.sizes(np.ones(len(gold)))
    order = np.lexsort((-cells.gold, counts))  # the last one of each label stays
    means = np.full(len(given), -1, np.int64)
    means[cells.found[order]] = cells.gold[order]
    return means


def _assign(cost: Floats) -> Whole:
    """The column of each row (r,), r <= c, with the least sum: shortest augmenting paths (Jonker and Volgenant 1987)."""
    rows, columns = cost.shape
    u, v = np.zeros(rows + 1), np.zeros(columns + 1)
    row_of = np.zeros(columns + 1, np.int64)  # rows and columns from 1 on; column 0 is where a path starts
    for row in range(1, rows + 1):
        row_of[0], at = row, 0
        least, before = np.full(columns + 1, np.inf), np.zeros(columns + 1, np.int64)
        done = np.zeros(columns + 1, np.bool_)
        while row_of[at]:
            done[at] = True
            reduced = cost[row_of[at] - 1] - u[row_of[at]] - v[1:]
            better = np.flatnonzero(~done[1:] & (reduced < least[1:])) + 1
            least[better], before[better] = reduced[better - 1], at
            step = np.where(done, np.inf, least)
            step[0] = np.inf
            following = int(step.argmin())
            delta = step[following]
            u[row_of[done]] += delta
            v[done] -= delta
            least[~done] -= delta
            at = following
        while at:
            row_of[at] = row_of[before[at]]
            at = int(before[at])
    found = np.zeros(rows, np.int64)
    taken = np.flatnonzero(row_of[1:])
    found[row_of[1:][taken] - 1] = taken
    return found


def _rand(cells: Cells, weights: Weights) -> float:
    """Adjusted Rand index (Hubert and Arabie 1985), over pairs of different texts."""
    pairs = [float((sizes**2).sum() - (weights**2).sum()) for sizes in cells.sizes(weights)]
    total = weights.sum() ** 2 - (weights**2).sum()
    if total <= 0:
        return float("nan")
    chance = pairs[1] * pairs[2] / total
    return _adjusted(pairs[0], chance, (pairs[1] + pairs[2]) / 2)


def _adjusted(value: float, chance: float, most: float) -> float:
    return float((value - chance) / (most - chance)) if most - chance > 1e-12 else float("nan")


def _entropy(sizes: Floats, n: float) -> float:
    share = sizes[sizes > 0] / n
    return max(float(-(share @ np.log(share))), 0.0)


def _largest(both: Floats, found: Whole) -> float:
    best = np.zeros(int(found.max(initial=0)) + 1)
    np.maximum.at(best, found, both)
    return float(best.sum())


def _over(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)


def _expected_information(wanted: Floats, given: Floats) -> float:
    """The mutual information that labellings of these sizes have by chance (Vinh, Epps and Bailey 2010, eq. 24).

    Labels of one size count together, and of how many texts two of them share only what is not beyond all chance.
    """
    n = int(wanted.sum())
    a, times_a = np.unique(wanted[wanted > 0].astype(np.int64), return_counts=True)
    b, times_b = np.unique(given[given > 0].astype(np.int64), return_counts=True)
    times = np.outer(times_a, times_b).ravel().astype(np.float64)
    a, b = np.repeat(a, len(b)), np.tile(b, len(a))  # all pairs of sizes
    mean = a * b / n
    beyond = CHANCE / 3 + np.sqrt(CHANCE**2 / 9 + 2 * CHANCE * mean)  # Bernstein's inequality
    least = np.maximum(np.maximum(a + b - n, 1), np.floor(mean - beyond)).astype(np.int64)
    counts = np.minimum(np.minimum(a, b), np.ceil(mean + beyond)).astype(np.int64) - least + 1
    log = np.log(np.maximum(np.arange(n + 1), 1))
    factorial = np.cumsum(log)
    pairs = factorial[a] + factorial[b] + factorial[n - a] + factorial[n - b] - factorial[n]
    told = log[n] - log[a] - log[b]
    total = 0.0
    for part in np.array_split(np.arange(len(a)), max(1, int(counts.sum()) // TERMS)):
        own = np.repeat(part, counts[part])  # the pair of each term
        k = np.arange(len(own)) + np.repeat(
            least[part] - np.cumsum(counts[part]) + counts[part], counts[part]
        )
        left, right = a[own] - k, b[own] - k
        chance = (
            pairs[own] - factorial[k] - factorial[left] - factorial[right] - factorial[n - a[own] - right]
        )
        terms = k / n * (told[own] + log[k]) * np.exp(chance)
        total += float(terms @ times[own])
    return total
