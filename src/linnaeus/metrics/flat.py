"""Precision, recall and F1 of labels without a hierarchy, one or several a text. Knows nothing of intervals.

Definitions agree with scikit-learn (`precision_recall_fscore_support`, `accuracy_score`), but what it calls 0 with a warning
is NaN, and is left out of macro averages (its `zero_division=nan`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from linnaeus.metrics.rows import Flags, Floats, Measure, Rows, Weights, hits, per_text, ratio, sums, width_of

UNDEFINED = {
    "precision": "no text was given a label",
    "recall": "no text has a gold label",
    "f1": "there are labels on neither side",
    "macro precision": "no text was given a label",
    "macro recall": "no text has a gold label",
    "macro f1": "there are labels on neither side",
    "precision of answered": "no text was given a label",
}


class PerLabel(NamedTuple):
    """For each label (width,): how many texts have it right, were given it, and should have it."""

    right: Floats
    found: Floats
    gold: Floats

    @property
    def precision(self) -> Floats:
        """NaN where the label was never given."""
        return _share(self.right, self.found)

    @property
    def recall(self) -> Floats:
        """NaN where no text should have the label."""
        return _share(self.right, self.gold)

    @property
    def f1(self) -> Floats:
        """NaN where the label is on neither side."""
        return _share(2 * self.right, self.found + self.gold)


def labels(gold: Rows, found: Rows) -> Measure:
    """Micro: over all pairs of a text and a label. Macro: mean over labels. Subset accuracy: none wrong, none missing.

    `f1 a text`: mean over texts, 1 where there is no label on either side (scikit-learn's "samples", `zero_division=1`).
    """
    right = hits(gold, found)
    hit, given, wanted = per_text(found, right), found.sizes, gold.sizes
    exact = (hit == given) & (hit == wanted)
    f1_text = np.where(exact, 1.0, _share(2 * hit, np.asarray(given + wanted, np.float64)))
    table = np.stack([hit, given, wanted, exact, f1_text])  # (5, n)
    count = _counter(gold, found, right)

    def of(weights: Weights) -> dict[str, float]:
        n, (right_, given_, wanted_, same, f1) = weights.sum(), table @ weights
        return {
            "precision": ratio(right_, given_),
            "recall": ratio(right_, wanted_),
            "f1": ratio(2 * right_, given_ + wanted_),
            **_macro(count(weights)),
            "subset accuracy": ratio(same, n),
            "f1 a text": ratio(f1, n),
        }

    return of


def single(gold: Rows, found: Rows) -> Measure:
    """Where a text has one label on each side, or none: accuracy, over all texts and over those that were given one."""
    right = hits(gold, found)
    hit = per_text(found, right)
    answered = (found.sizes > 0).astype(np.float64)
    none = ((found.sizes == 0) & (gold.sizes == 0)).astype(np.float64)
    table = np.stack([hit, answered, none])
    count = _counter(gold, found, right)

    def of(weights: Weights) -> dict[str, float]:
        n, (hits_, given, none_right) = weights.sum(), table @ weights
        return {
            "accuracy": ratio(hits_ + none_right, n),
            "answered": ratio(given, n),
            "precision of answered": ratio(hits_, given),
            **_macro(count(weights)),
        }

    return of


def per_label(gold: Rows, found: Rows) -> PerLabel:
    """The counts of every label."""
    counts = _counter(gold, found, hits(gold, found))
    return counts(np.ones(len(gold.starts) - 1))


def coverage(scores: Floats, right: Flags, texts: int, points: int = 50) -> tuple[Floats, Floats]:
    """Share of texts answered, and precision of those answers, where only answers of at least some score are taken.

    `scores`, `right` (k,): of the texts that were answered, of `texts` in all. Returns two (p,), p at most `points`, one for
    a score each, the highest first; answers of one score are taken together.
    """
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.diff(scores[order], append=-np.inf))  # last answer of each score
    if len(ends) > points:
        ends = ends[np.unique(np.searchsorted(ends, np.linspace(ends[0], ends[-1], points)))]
    taken = ends + 1
    return taken / max(texts, 1), np.cumsum(right[order])[ends] / taken


def _counter(gold: Rows, found: Rows, right: Flags) -> Callable[[Weights], PerLabel]:
    width = width_of(gold, found)
    found_owners, gold_owners = found.owners, gold.owners
    right_owners, right_places = found_owners[right], found.places[right]

    def counts(weights: Weights) -> PerLabel:
        return PerLabel(
            sums(right_places, weights[right_owners], width),
            sums(found.places, weights[found_owners], width),
            sums(gold.places, weights[gold_owners], width),
        )

    return counts


def _macro(each: PerLabel) -> dict[str, float]:
    parts = {"macro precision": each.precision, "macro recall": each.recall, "macro f1": each.f1}
    return {name: _mean(values[~np.isnan(values)]) for name, values in parts.items()}


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _share(part: Floats, whole: Floats) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0))
