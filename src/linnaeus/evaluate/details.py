"""What figures hide: labels one by one, the worst pairs with examples, steps, and how a stream went. Knows no files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from linnaeus.evaluate.figures import ByLabel, ByStep, Curve, Pair, Scored
from linnaeus.evaluate.meaning import Labelled
from linnaeus.evaluate.measure import best, right_labels, scored, sides, taken
from linnaeus.metrics import calibration, clusters, flat
from linnaeus.metrics.intervals import f1_interval, wilson
from linnaeus.metrics.rows import hits
from linnaeus.taxonomy import Links

PAIRS, EXAMPLES, POINTS = 30, 3, 100
ASKING = ("ask", "choose", "descend")
"""Steps that ask a model."""


def by_step(data: Labelled) -> list[ByStep]:
    """Each step that answered texts, the one with most texts first."""
    right, answered = right_labels(data), np.bincount(data.by, minlength=len(data.by_names))
    counted = data.known & (data.gold.sizes > 0) if data.open else data.known
    gold = np.bincount(data.by[counted], minlength=len(answered))
    hit = np.bincount(data.by[right], minlength=len(answered)).astype(np.float64)
    low, high = wilson(hit, gold.astype(np.float64))
    found = []
    for at in np.argsort(-answered, kind="stable").tolist():
        n, ends = int(gold[at]), (float(hit[at] / max(gold[at], 1)), float(low[at]), float(high[at]))
        right_, low_, high_ = ends if n else (None, None, None)
        score = _mean_score(data, data.by == at)
        found.append(ByStep(data.by_names[at], int(answered[at]), n, right_, low_, high_, score))
    return found


def by_label(data: Labelled) -> list[ByLabel]:
    """Every label that is on either side, the one that most texts should have first."""
    if data.open:
        data = as_matched(data)
    gold, found = taken(data.gold, data.known), taken(data.found, data.known)
    each = flat.per_label(gold, found)
    low, high = f1_interval(*each)
    columns = [_listed(part) for part in (each.precision, each.recall, each.f1, low, high)]
    order = np.argsort(-each.gold, kind="stable")
    order = order[(each.gold + each.found)[order] > 0]
    return [
        ByLabel(data.names[at], int(each.gold[at]), int(each.found[at]), *(column[at] for column in columns))
        for at in order.tolist()
    ]


def as_matched(data: Labelled) -> Labelled:
    """Labels that were found without a label set as the gold labels that they stand for; one that stands for none stays."""
    gold, found, both = sides(data)
    means = clusters.matching(gold, found)
    if means is None:
        means = clusters.majority(gold, found)
    golds = np.unique(best(data.gold)[both])  # the label of each number of `gold`, and of `found` below
    founds = np.unique(best(data.found)[both])
    to = np.arange(len(data.names), dtype=np.int32)
    matched = means >= 0
    to[founds[matched]] = golds[means[matched]]
    return replace(data, found=Links(data.found.starts, to[data.found.places]), open=False)


def worst_pairs(data: Labelled) -> list[Pair]:
    """Which labels are taken for which: one that is missing and one that is wrong in the same text; most texts first.

    A label that was found without a label set is wrong where most of its texts have another gold label.
    """
    names = data.names
    if data.open:
        gold, found, both = sides(data)
        mostly = clusters.majority(gold, found)
        golds, founds = np.unique(best(data.gold)[both]), np.unique(best(data.found)[both])
        names = list(names)
        for at, mean in zip(founds.tolist(), golds[mostly].tolist(), strict=True):
            names[at] = f"{names[at]} (mostly {data.names[mean]})"
        left = np.where(both, best(data.gold), -1)
        left[np.flatnonzero(both)[mostly[found] == gold]] = -1
        got = best(data.found)
    else:
        missing, wrong = ~hits(data.found, data.gold), ~hits(data.gold, data.found)
        missing &= data.known[data.gold.owners]
        left = _first_of(data.gold.owners[missing], data.gold.places[missing], len(data.texts))
        got = _first_of(data.found.owners[wrong], data.found.places[wrong], len(data.texts))
        left[(got < 0) & (data.found.sizes > 0)] = -1
    return _most_frequent(left, got, names, data.texts)


def _most_frequent(
    left: NDArray[np.int64], got: NDArray[np.int64], names: Sequence[str], texts: Sequence[str]
) -> list[Pair]:
    """The pairs that most texts (n,) have, -1 in `left` where there is none, with some of them."""
    width, wrong = len(names) + 1, np.flatnonzero(left >= 0)
    keys = left[wrong] * width + got[wrong] + 1
    order = np.argsort(keys, kind="stable")
    pairs, starts, counts = np.unique(keys[order], return_index=True, return_counts=True)
    found = []
    for at in np.argsort(-counts, kind="stable")[:PAIRS].tolist():
        some = wrong[order[starts[at] :][: min(int(counts[at]), EXAMPLES)]].tolist()
        gold, given = divmod(int(pairs[at]), width)
        name = names[given - 1] if given else ""
        found.append(Pair(names[gold], name, int(counts[at]), [texts[text] for text in some]))
    return found


def reliability(data: Labelled) -> list[Scored]:
    """Answers by rising score; none where scores are not about gold."""
    if data.open:
        return []
    scores, right, _ = scored(data)
    return [Scored(*one) for one in calibration.reliability(scores, right)]


def coverage(data: Labelled) -> Curve:
    """Share of texts answered, and of those the share that is right, from the surest answers on; the best label counts."""
    if data.open:
        return Curve([], [])
    first = data.found.starts[:-1][data.found.sizes > 0]
    texts = np.flatnonzero(data.found.sizes > 0)
    kept = data.known[texts] & ~np.isnan(data.scores[first])
    right = right_labels(data)[texts[kept]]
    return Curve(
        *(part.tolist() for part in flat.coverage(data.scores[first][kept], right, int(data.known.sum())))
    )


def growth(data: Labelled) -> Curve:
    """How many different labels there are after so many rows."""
    n = len(data.texts)
    _, first = np.unique(data.found.places, return_index=True)
    return _over_rows(np.bincount(data.found.owners[first], minlength=n), n)


def asked(data: Labelled) -> Curve:
    """How many of so many rows a model answered; nothing where no step asks one."""
    asking = np.array([name in ASKING for name in data.by_names])
    if not asking.any():
        return Curve([], [])
    return _over_rows(asking[data.by].astype(np.int64), len(data.texts))


def _over_rows(each: NDArray[np.int64], n: int) -> Curve:
    at = np.unique(np.linspace(1, n, min(POINTS, n)).astype(np.int64))
    return Curve(at.tolist(), np.cumsum(each)[at - 1].tolist())


def _mean_score(data: Labelled, which: NDArray[np.bool_]) -> float | None:
    first = data.found.starts[:-1][which & (data.found.sizes > 0)]
    scores = data.scores[first]
    scores = scores[~np.isnan(scores)]
    return float(scores.mean()) if len(scores) else None


def _first_of(owners: NDArray[np.int32], places: NDArray[np.int32], n: int) -> NDArray[np.int64]:
    """The first place that each text (n,) owns, -1 where it owns none; owners rise."""
    first = np.full(n, -1, np.int64)
    first[owners[::-1]] = places[::-1]
    return first


def _listed(values: NDArray[np.float64]) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values.tolist()]
