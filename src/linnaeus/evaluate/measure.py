"""All figures of a result with gold labels. Knows nothing of files or of how figures are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.paths import above
from linnaeus.evaluate.figures import Figure, Group
from linnaeus.evaluate.meaning import Labelled
from linnaeus.metrics import calibration, clusters, flat, hierarchy, ranking
from linnaeus.metrics.intervals import bootstrap
from linnaeus.metrics.rows import Measure, Weights, hits
from linnaeus.taxonomy import Links, Taxonomy, starts_of

KS = (1, 3, 5, 10)
NO_SCORES = "the result has no scores"
OPEN_SCORES = (
    "scores of labels that were found say how likely the model would agree, not how likely gold does"
)
NO_EXAMPLES = "needs how often each label is in the examples: --project of a project that was taught"
TOO_MANY = f"more than {clusters.LARGEST:,} labels on both sides"


def kind_of(data: Labelled) -> str:
    """Open: labels were found without the gold label set. Else multi where a text has several, on either side."""
    if data.open:
        return "open"
    most = max(int(rows.sizes[data.known].max(initial=0)) for rows in (data.gold, data.found))
    return "multi" if most > 1 else "single"


def taken(rows: Links, which: NDArray[np.bool_]) -> Links:
    """The rows for which `which` (n,) holds."""
    places = np.flatnonzero(which)
    return Links(starts_of(rows.sizes[places]), rows.of_all(places))


def best(rows: Links) -> NDArray[np.int64]:
    """The best label of each text (n,), -1 where there is none."""
    return np.asarray(rows.first, np.int64)


def different(rows: Links) -> int:
    """How many different labels there are."""
    return int(np.count_nonzero(np.bincount(rows.places)))


def right_labels(data: Labelled) -> NDArray[np.bool_]:
    """Whether the best label of each text (n,) is one of its gold labels; False where gold says nothing.

    Where there is no label on either side, that is right. Found without a label set, each label stands for the gold label
    that matches it best one to one, or, of very many labels, for the one that most of its texts have.
    """
    found = best(data.found)
    right = np.zeros(len(found), np.bool_)
    if not data.open:
        first = Links(starts_of((found >= 0).astype(np.int64)), found[found >= 0].astype(np.int32))
        right[first.owners[hits(data.gold, first)]] = True
        return np.asarray((right | ((found < 0) & (data.gold.sizes == 0))) & data.known)
    gold, found, both = sides(data)
    means = clusters.matching(gold, found)
    right[both] = (clusters.majority(gold, found) if means is None else means)[found] == gold
    return right


def sides(data: Labelled) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """For texts with a gold label and one found: the best of each as numbers from 0 on, and which texts (n,) these are."""
    gold, found = best(data.gold), best(data.found)
    both = data.known & (gold >= 0) & (found >= 0)
    return (
        np.unique(gold[both], return_inverse=True)[1],
        np.unique(found[both], return_inverse=True)[1],
        both,
    )


def groups(data: Labelled, examples: tuple[NDArray[np.float64], int] | None = None) -> list[Group]:
    """The figures that this kind of result has. `examples`: how many texts of each label were taught, and of all."""
    if kind_of(data) == "open":
        return [_clusters(data), Group("calibration", _none(("ECE", "Brier"), data, OPEN_SCORES))]
    gold, found = taken(data.gold, data.known), taken(data.found, data.known)
    n = int(data.known.sum())
    measure = flat.single(gold, found) if kind_of(data) == "single" else flat.labels(gold, found)
    made = [Group("flat", figures(measure, n, flat.UNDEFINED))]
    ks = _ks(found)
    if kind_of(data) == "multi":
        weight = ranking.rarity(*examples) if examples else None
        ranked = figures(ranking.ranking(gold, found, ks, weight), n, {}, "no text has a gold label")
        if weight is None:
            ranked += _none([f"PSP@{k}" for k in ks], data, NO_EXAMPLES)
        made.append(Group("ranking", ranked))
    if data.taxonomy is not None and len(data.taxonomy.parents.places):
        made.append(Group("hierarchy", _hierarchy(data.taxonomy, gold, found, len(data.names))))
    return [*made, Group("calibration", _calibration(data))]


def scored(data: Labelled) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.int64]]:
    """Scores of the labels of texts with gold, whether each is right, and the text: of labels that have a score (k,)."""
    there = ~np.isnan(data.scores) & data.known[data.found.owners]
    right = hits(data.gold, data.found)[there]
    return data.scores[there], right, data.found.owners[there].astype(np.int64)


def _clusters(data: Labelled) -> Group:
    gold, found, both = sides(data)
    n = len(gold)
    made = figures(
        clusters.clusters(gold, found),
        n,
        {},
        "one class only, or no two texts in one: there is nothing to tell apart",
    )
    means = clusters.matching(gold, found)
    if means is None:
        return Group("clusters", [*made, Figure("accuracy", n, None, why=TOO_MANY)])
    wanted = data.known & (data.gold.sizes > 0)
    shares = np.stack([right_labels(data)[wanted], both[wanted]]).astype(np.float64)

    def of(weights: Weights) -> dict[str, float]:
        return dict(zip(("accuracy", "answered"), (shares @ weights / weights.sum()).tolist(), strict=True))

    return Group("clusters", [*figures(of, int(wanted.sum()), {}), *made])


def _calibration(data: Labelled) -> list[Figure]:
    scores, right, owners = scored(data)
    if not len(scores):
        return _none(("ECE", "Brier"), data, NO_SCORES)
    texts, at = np.unique(owners, return_inverse=True)
    return figures(calibration.calibration(scores, right, at), len(texts), {})


def _hierarchy(taxonomy: Taxonomy, gold: Links, found: Links, labels: int) -> list[Figure]:
    """`labels`: of the taxonomy, and behind them those that are gone from it and have nothing above them."""
    lines = above(taxonomy.parents)
    extra = labels - len(taxonomy)
    own = np.arange(labels, dtype=np.int32)
    owners = np.concatenate([lines.owners, own])
    places = np.concatenate([lines.places, own])[np.argsort(owners, kind="stable")]
    whole = Links(starts_of(np.bincount(owners, minlength=labels)), places)
    n = len(gold)
    made = figures(hierarchy.by_ancestors(gold, found, whole), n, flat.UNDEFINED)
    paths = np.concatenate([_paths(taxonomy), np.full((extra, int(taxonomy.depth.max()) + 1), -1, np.int32)])
    paths[len(taxonomy) :, 0] = own[len(taxonomy) :]
    level, counted = hierarchy.first_errors(gold, found, paths)
    return made + figures(
        hierarchy.error_levels(level, counted),
        int(counted.sum()),
        {},
        "no text has labels on both sides",
        len(level),
    )


def _paths(taxonomy: Taxonomy) -> NDArray[np.int32]:
    """The places from a root to each label (labels, depth), by first parents, -1 past its end."""
    depth, first = taxonomy.depth, taxonomy.parents.first
    paths = np.full((len(taxonomy), int(depth.max()) + 1), -1, np.int32)
    at = np.arange(len(taxonomy), dtype=np.int32)
    own = at.copy()
    while len(own):
        paths[own, depth[at]] = at
        at = first[at]
        own, at = own[at >= 0], at[at >= 0]
    return paths


def _ks(found: Links) -> Sequence[int]:
    """Those places of a ranking that half of the texts have."""
    usual = int(np.median(found.sizes)) if len(found) else 1
    return [k for k in KS if k <= max(usual, 1)]


def figures(
    measure: Measure, n: int, whys: Mapping[str, str], why: str = "", drawn: int | None = None
) -> list[Figure]:
    """The figures of a measure of n texts (of `drawn`, where some do not count), with intervals."""
    return [
        Figure(
            name,
            n,
            *each,
            why="" if each.value is not None else whys.get(name) or why or "there is nothing to divide by",
        )
        for name, each in bootstrap(measure, n if drawn is None else drawn).items()
    ]


def _none(names: Sequence[str], data: Labelled, why: str) -> list[Figure]:
    return [Figure(name, int(data.known.sum()), None, why=why) for name in names]
