"""Texts that speak of two things from different branches: how often are both found (needs ../shared/data).

    python benchmarks/branches.py [--each 20] [--vectors FOLDER]

The texts are made: 300 pairs of test texts of clinc150 whose intents are in different domains, joined with a full stop,
drawn with seed 0. What is taught is up to `--each` training texts an intent, one intent each, and the out-of-scope ones.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import scoring
from numpy.typing import NDArray
from sets import MOST, Given, Set, table

from linnaeus.closed.source import Candidates
from linnaeus.closed.taught.model import Taught, Vectors
from linnaeus.closed.taught.parts import Parts

PAIRS = 300


def joined(data: Set, domains: list[str]) -> Given:
    """The made texts and their two labels."""
    random = np.random.default_rng(0)
    single = np.flatnonzero(np.diff(data.test.labels.indptr) == 1)
    texts: list[str] = []
    labels: list[list[int]] = []
    while len(texts) < PAIRS:
        one, two = random.choice(single, 2, replace=False)
        places = [int(data.test.labels[row].indices[0]) for row in (one, two)]
        if domains[places[0]] != domains[places[1]]:
            texts.append(f"{data.test.texts[one]}. {data.test.texts[two]}")
            labels.append(places)
    return Given(texts, table(labels, data.test.labels.shape[1]))


def some_of(data: Set, each: int) -> NDArray[np.intp]:
    """Up to so many training texts of each label, and those without one."""
    random, columns = np.random.default_rng(0), data.train.labels.tocsc()
    picked = [np.flatnonzero(np.diff(data.train.labels.indptr) == 0)]
    for label in range(columns.shape[1]):
        rows = columns.indices[columns.indptr[label] : columns.indptr[label + 1]]
        picked.append(random.permutation(rows)[:each])
    return np.unique(np.concatenate(picked)).astype(np.intp)


def show(name: str, made: Given, found: Candidates, counts: NDArray[np.intp]) -> None:
    """Print how often both labels are given, and among how many of the best."""
    right = scoring.marked(found.places, made.labels)
    given = (right & (np.arange(right.shape[1]) < counts[:, None])).sum(axis=1) == 2
    best = {k: (right[:, :k].sum(axis=1) == 2).astype(float) for k in (2, 3, 5)}
    print(
        f"{name}: both given {scoring.interval(given.astype(float))}, {counts.mean():.2f} labels a text;",
        end=" ",
    )
    print(
        "; ".join(f"both among the best {k}: {scoring.interval(values)}" for k, values in best.items()),
        flush=True,
    )


def main() -> None:
    """Print the shares."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--each", type=int, default=20)
    parser.add_argument("--vectors", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        data = Set("clinc150", None, args.vectors or Path(name))
        made = joined(data, data.parents)
        rows = some_of(data, args.each)
        texts = [data.train.texts[row] for row in rows]
        vectors = Vectors(data.vectors(data.train.texts)[rows], data.vectors(data.entries.texts))
        taught = Taught.fit(texts, data.train.labels[rows], data.entries, vectors)
        whole = taught.candidates(made.texts, data.vectors(made.texts), MOST)
        parts = Parts.of(made.texts, beyond=taught.sentences)
        found = parts.joined(whole, taught.candidates(parts.texts, data.vectors(parts.texts), MOST))
        show(f"clinc150, {len(texts):,} examples", made, found, taught.counts(found.scores))


if __name__ == "__main__":
    main()
