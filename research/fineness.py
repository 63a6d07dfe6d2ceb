"""How many halvings, and how far below the best agreement, choose the number of groups best?

    python research/fineness.py      # prints the table of LOG.md, "Discover, faster"; about 2 minutes of processor time

On draws of classes of CLINC150's and Banking77's training parts, some with strays: the loss of ARI and of V-measure against
the best number on the grid, and the mean of log(found / true).
"""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from recordings import CACHE
from sklearn.metrics import adjusted_rand_score, v_measure_score

from linnaeus.discover.grouping import agglomerative, centred, finenesses
from linnaeus.discover.parts import Parts
from linnaeus.discover.stability import _agreement
from linnaeus.embed import open_embedder
from linnaeus.store import CachedVectors, Store
from linnaeus.texts import clean_text

SETS = Path(__file__).parents[2] / "shared" / "data" / "sets"
HALVINGS = 6
FEW = 330  # texts; sets of fewer are a table of their own
MARGINS: dict[str, Callable[[float, float, int], float]] = {
    "the best": lambda best, deviation, halvings: 0.0,
    "within 0.5%": lambda best, deviation, halvings: 0.005 * best,
    "within 1%": lambda best, deviation, halvings: 0.01 * best,
    "within 2%": lambda best, deviation, halvings: 0.02 * best,
    "within 1 standard deviation": lambda best, deviation, halvings: deviation,
    "within 1 standard error": lambda best, deviation, halvings: deviation / halvings**0.5,
    "within 1% or 1 standard error": lambda best, deviation, halvings: max(
        0.01 * best, deviation / halvings**0.5
    ),
}
SMALL = [
    *((3, 14, 0), (3, 30, 0), (5, 10, 0), (5, 16, 0), (5, 30, 0), (8, 10, 0), (8, 20, 0), (8, 36, 0)),
    *((12, 8, 0), (12, 12, 0), (12, 24, 0), (20, 8, 0), (20, 15, 0)),
]
DRAWS = {  # classes, texts a class on average (from half of that to half as many more), strays of other classes as a share
    "clinc150": [
        *(
            (5, 60, 0),
            (12, 50, 0),
            (30, 40, 0),
            (30, 90, 0),
            (75, 30, 0),
            (75, 12, 0),
            (110, 40, 0),
            (8, 30, 0),
        ),
        *(
            (20, 100, 0),
            (50, 20, 0),
            (90, 25, 0),
            (12, 50, 0.1),
            (30, 80, 0.1),
            (75, 30, 0.15),
            (110, 30, 0.1),
        ),
        *((20, 60, 0.15), (50, 20, 0.1), (100, 20, 0.1)),
        *SMALL,
    ],
    "banking77": [(8, 60, 0.1), (20, 50, 0), (40, 40, 0.1), (60, 25, 0.1), (70, 40, 0), *SMALL],
}


class Tried(NamedTuple):
    """A draw: how many texts and classes, numbers tried (t,), agreement (halvings, t), what each number is worth (t,)."""

    texts: int
    classes: int
    tried: list[int]
    agreed: NDArray[np.float64]
    ari: NDArray[np.float64]
    v: NDArray[np.float64]


def draws(name: str, vectors: CachedVectors) -> Iterator[Tried]:
    """Try all draws of a set."""
    with gzip.open(SETS / name / "texts.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["split"] == "train" and row["labels"]]
    texts, gold = [clean_text(row["text"]) for row in rows], np.array([row["labels"][0] for row in rows])
    made = vectors.embed(texts)
    for number, (classes, each, strays) in enumerate(DRAWS[name]):
        drawn = np.random.default_rng(number)
        kept = drawn.choice(np.unique(gold), classes, replace=False)
        places = [
            drawn.permutation(np.flatnonzero(gold == one))[: drawn.integers(each // 2, each * 3 // 2)]
            for one in kept
        ]
        others = drawn.permutation(np.flatnonzero(~np.isin(gold, kept)))
        places.append(others[: int(strays * sum(map(len, places)))])
        own = drawn.permutation(np.concatenate(places))
        yield tried_on(made[own], np.where(np.isin(gold[own], kept), gold[own], ""), classes)


def tried_on(vectors: NDArray[np.float32], gold: NDArray[np.str_], classes: int) -> Tried:
    """Every number of groups on some texts; those without gold are strays."""
    parts, inside = Parts(centred(vectors)), gold != ""
    tried = finenesses(len(parts))
    agreed = np.array([_agreement(parts, agglomerative, tried, seed) for seed in range(HALVINGS)])
    grouped = agglomerative(parts.leaned(np.arange(len(parts))))
    found = [grouped(number)[inside] for number in tried]
    ari, v = (
        np.array([score(gold[inside], own) for own in found])
        for score in (adjusted_rand_score, v_measure_score)
    )
    return Tried(len(parts), classes, tried, agreed, ari, v)


def losses(sets: list[Tried], halvings: int, margin: Callable[[float, float, int], float]) -> str:
    """The mean loss over sets and choices of so many halvings; `margin` of the best agreement and its deviation."""
    out = []
    for one in sets:
        for chosen in itertools.combinations(range(HALVINGS), halvings):
            agreed = one.agreed[list(chosen)]
            means, best = agreed.mean(axis=0), int(agreed.mean(axis=0).argmax())
            below = margin(float(means[best]), float(agreed[:, best].std(ddof=1)), halvings)
            place = int(np.flatnonzero(means >= means[best] - below)[-1])
            found = np.log(one.tried[place] / one.classes)
            out.append((one.ari.max() - one.ari[place], one.v.max() - one.v[place], found))
    ari, v, found = np.mean(out, axis=0)
    return f"{ari:.3f} ({v:.3f}), {found:+.2f}"


def main() -> None:
    """Print the tables."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with Store(str(CACHE / "fineness.db")) as store:
        vectors = CachedVectors(open_embedder(), store)
        sets = [one for name in DRAWS for one in draws(name, vectors)]
        store.commit()
    few = [one for one in sets if one.texts < FEW]
    for kind, own in (("fewer", few), ("more", [one for one in sets if one.texts >= FEW])):
        print(f"{len(own)} sets of {kind} than {FEW} texts")
        for name, margin in MARGINS.items():
            cells = [losses(own, halvings, margin) for halvings in range(2, HALVINGS + 1)]
            print(name, *cells, sep=" | ", flush=True)


if __name__ == "__main__":
    main()
