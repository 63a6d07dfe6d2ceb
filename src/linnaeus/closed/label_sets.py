"""Which of a text's candidates to give, from their probabilities alone. Knows no text, no label and no model.

The set with the highest expected F1, as if labels were independent: by the probability ranking principle it is the first
k for some k (Lewis 1995; Dembczynski et al. 2011, "An exact algorithm for F-measure maximization"), and k is found exactly
from the two Poisson-binomial counts, of right labels among the first k and among the rest (Jansche 2007; Ye et al. 2012,
"Optimizing F-measures: a tale of two approaches"). Lipton et al. 2014 show the same set to be a threshold at half of the
highest F1, which is exact only for many texts at once: research/LOG-taxonomies.md has both.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linnaeus.errors import InputError
from linnaeus.metrics.cut import best_cut

Floats = NDArray[np.float64]
AT_ONCE = 512
"""Texts whose counts are held together: 512 x 50 x 51 numbers, 10 MB."""


def chosen(probabilities: NDArray[np.floating], none: NDArray[np.floating] | None = None) -> NDArray[np.intp]:
    """How many of the first labels (n,) to give: those with the highest expected F1; 0 is "none of these".

    `probabilities` (n, k): falling along a row, 0 past the last. `none` (n,): the chance that no label fits, which is what
    the empty set is worth (an F1 of 1 where nothing fits); without it, the chance if labels were independent. Ties go to
    fewer labels. 1,000 texts of 50 candidates: 0.06 s.
    """
    rows = _checked(probabilities)
    out = np.zeros(len(rows), np.intp)
    for start in range(0, len(rows), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        out[part] = expected_f1(rows[part], None if none is None else none[part]).argmax(axis=1)
    return out


def expected_f1(probabilities: NDArray[np.floating], none: NDArray[np.floating] | None = None) -> Floats:
    """The expected F1 (n, k + 1) of giving the first 0, 1, ..., k labels, each right by itself with its probability.

    `none`: as in `chosen`.
    """
    rows = _checked(probabilities)
    n, most = rows.shape
    after = _counts(rows[:, ::-1])  # of the last 0, 1, ..., most labels
    before = np.zeros((n, most + 1))  # how likely each number of the first `taken` is right
    before[:, 0] = 1.0
    found = np.empty((n, most + 1))
    found[:, 0] = after[most][:, 0] if none is None else none
    for taken in range(1, most + 1):
        _add(before, rows[:, taken - 1])
        right = np.arange(taken + 1)[:, None]
        missed = np.arange(most - taken + 1)[None, :]
        worth = 2 * right / (taken + right + missed)  # (right, missed)
        found[:, taken] = ((before[:, : taken + 1] @ worth) * after[most - taken]).sum(axis=1)
    return found


def margins(probabilities: NDArray[np.floating], none: NDArray[np.floating] | None = None) -> Floats:
    """By how much expected F1 (n,) the number of labels that is `chosen` is better than any other; arguments as there."""
    rows = _checked(probabilities)
    out = np.zeros(len(rows))
    for start in range(0, len(rows), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        worth = np.sort(expected_f1(rows[part], None if none is None else none[part]), axis=1)
        out[part] = worth[:, -1] - worth[:, -2] if worth.shape[1] > 1 else 1.0
    return out


def half_of_best(chances: NDArray[np.floating], right: NDArray[np.bool_], total: int) -> float:
    """Half of the highest micro-F1 that labels from some probability on give: from it on each further label raises that F1.

    Lipton et al. 2014, "Optimal thresholding of classifiers to maximize F1 measure", theorem 1. `chances`, `right` (n,): of
    labels that texts might get; `total`: how many these texts have. 0.5 where none is right.
    """
    return best_cut(chances, right, total).f1 / 2 if right.any() else 0.5


def top(probabilities: NDArray[np.floating], most: int) -> NDArray[np.intp]:
    """How many of the first labels (n,) to give: up to `most` of those that have a probability above 0."""
    if most < 1:
        raise InputError(f"{most} labels are asked for", hint="ask for 1 or more")
    held: NDArray[np.intp] = (_checked(probabilities) > 0).sum(axis=1)
    return np.minimum(held, most)


def _counts(rows: Floats) -> list[Floats]:
    """How likely each number (0 to m) of the first m columns is right, for m from 0 to k: (n, m + 1) each."""
    now = np.zeros((len(rows), rows.shape[1] + 1))
    now[:, 0] = 1.0
    out = [now[:, :1].copy()]
    for column in range(rows.shape[1]):
        _add(now, rows[:, column])
        out.append(now[:, : column + 2].copy())
    return out


def _add(counts: Floats, chance: Floats) -> None:
    """Take one more label with such a `chance` (n,) into `counts` (n, k + 1)."""
    risen = counts[:, :-1] * chance[:, None]
    counts *= (1 - chance)[:, None]
    counts[:, 1:] += risen


def _checked(probabilities: NDArray[np.floating]) -> Floats:
    rows = np.asarray(probabilities, np.float64)
    if rows.ndim != 2 or not (np.all(rows >= 0) and np.all(rows <= 1) and np.all(np.diff(rows, axis=1) <= 0)):
        raise InputError("not rows of probabilities", hint="(n, k) numbers from 0 to 1, each row falling")
    return rows
