"""Fit chances, thresholds and the promise of a student to what was said of texts not seen. Knows nothing of networks.

Slopes are temperatures (Guo et al. 2017); several labels get a shift too (Platt 1999).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.logistic import most_likely
from linnaeus.metrics.cut import best_cut
from linnaeus.student.calibration import Calibration
from linnaeus.student.network import chances
from linnaeus.student.words import Floats

Wide = NDArray[np.float64]

SLOPES = np.geomspace(0.05, 20, 61)
LOOKED_AT = 2_000_000  # log-odds that a slope is fitted to
NEW = 0.05  # share of later texts that are taken to be about something new: there is nothing to estimate it from
SURE = 1.64  # standard errors: 95% one-sided
LIKELY = (
    0.5  # score of an answer at least: where few err, texts about something new must not use up the promise
)
NEVER = 2.0  # a score that no answer has


class Answered(NamedTuple):
    """Texts not seen: what says whether the answer is right (n, 4), the share of its labels that are right (n,), weights."""

    signs: Wide
    right: Wide
    weights: Wide


def loss(logits: Floats, labels: Any, several: bool) -> float:
    """The mean log-loss of a text; `labels` (n, labels) is a CSR matrix of ones."""
    found = np.clip(chances(logits, several), 1e-7, 1 - 1e-7)
    right = labels.toarray() > 0
    if several:
        return float(-np.where(right, np.log(found), np.log1p(-found)).sum(axis=1).mean())
    return float(-np.log(found[right]).mean())


def slope_of(logits: Floats, labels: Any, several: bool) -> float:
    """The slope of log-odds with the least loss."""
    kept = slice(0, max(1, LOOKED_AT // max(logits.shape[1], 1)))
    losses = [loss(logits[kept] * np.float32(slope), labels[kept], several) for slope in SLOPES]
    return float(SLOPES[int(np.argmin(losses))])


def fitted(logits: Floats, labels: Any, several: bool) -> Calibration:
    """Chances that are right as often as they say, and for several labels the cut with the best micro-F1."""
    if not several:
        return Calibration(several, slope_of(logits, labels, several))
    kept = slice(0, max(1, LOOKED_AT // max(logits.shape[1], 1)))
    odds, right = logits[kept].ravel().astype(np.float64), labels[kept].toarray().ravel().astype(np.float64)
    features = np.stack([np.ones_like(odds), odds], axis=1)
    weak = np.diag([1e-3, 1e-3])
    (shift, slope), _ = most_likely(
        features, right, np.ones_like(odds), start=np.array([0.0, 1.0]), prior=weak
    )
    found = Calibration(several, float(slope), float(shift))
    likely = found.chances(logits[kept]).ravel()
    return replace(found, cut=best_cut(likely, right > 0, int(right.sum())).least)


def answered(signs: Wide, chosen: NDArray[np.bool_], labels: Any, weights: Floats) -> Answered:
    """What came of texts (n,) by their `signs`, chosen and right labels; those without a chosen label are left out."""
    counts = chosen.sum(axis=1)
    right = (chosen & (labels.toarray() > 0)).sum(axis=1) / np.maximum(counts, 1)
    kept = counts > 0
    return Answered(signs[kept], right[kept], weights[kept].astype(np.float64))


def new_topics(seen: Answered, new: Wide) -> Answered:
    """With answers to texts about something new by their signs (m, 4), all wrong, so that these are one in twenty."""
    if not len(new):
        return seen
    share = NEW / (1 - NEW) * seen.weights.sum() / len(new)
    return Answered(
        np.concatenate([seen.signs, new]),
        np.concatenate([seen.right, np.zeros(len(new))]),
        np.concatenate([seen.weights, np.full(len(new), share)]),
    )


def trusted(calibration: Calibration, texts: Answered, max_error: float) -> Calibration:
    """The same with scores that say how likely answers are right, and the least score that keeps the promise."""
    start = np.array([0.0, 1.0, 0.0, 0.0])
    weights, _ = most_likely(
        texts.signs, texts.right, texts.weights, start=start, prior=np.diag([0.01, 1.0, 0.1, 0.1])
    )
    found = replace(calibration, trust=tuple(map(float, weights)))
    return replace(found, least=least_score(found.scores(texts.signs), texts, max_error))


def least_score(scores: Wide, texts: Answered, max_error: float) -> float:
    """The score from which on answers err at most so often, at the upper end of a 95% interval (Wilson 1927).

    0 where all may err: every text is answered.
    """
    if max_error >= 1:
        return 0.0
    order = np.argsort(-scores, kind="stable")
    sums = np.cumsum(texts.weights[order])
    error = np.cumsum(texts.weights[order] * (1 - texts.right[order])) / sums
    kept = np.flatnonzero(upper(error, sums) <= max_error)
    return max(float(scores[order[kept[-1]]]), LIKELY) if len(kept) else NEVER


def upper(share: Wide, counts: Wide) -> Wide:
    """The upper end of the one-sided 95% Wilson interval of shares (n,) of so many."""
    wide = SURE**2 / counts
    spread = SURE * np.sqrt(share * (1 - share) / counts + wide / (4 * counts))
    return np.asarray((share + wide / 2 + spread) / (1 + wide))
