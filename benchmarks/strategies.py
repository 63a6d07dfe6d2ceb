"""Is what `compare FILE` recommends on one half of some texts also best on the other half?

python benchmarks/strategies.py SETS [NAME ...] [--texts 300]

SETS: a folder of data sets, each with texts.jsonl.gz and labels.csv. From each, two samples without a text in common are
drawn (labels as frequent as in all). On the first one strategy is recommended; on the second all are measured, by
cross-validation again. Printed, tab-separated: the recommended one, its quality there, the best one there and its quality,
the difference in points.
"""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path

import numpy as np

from linnaeus.embed import open_embedder
from linnaeus.evaluate.strategies.sample import Sample
from linnaeus.evaluate.strategies.table import Strategies, strategies
from linnaeus.taxonomy import Taxonomy, read_taxonomy
from linnaeus.types import Embedder


def main() -> None:
    """Print a line a data set."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("sets", type=Path)
    options.add_argument("names", nargs="*")
    options.add_argument("--texts", type=int, default=300, help="of each half")
    given = options.parse_args()
    embedder = open_embedder()
    print("set\trecommended\tquality\tbest\tquality\tpoints", flush=True)
    for name in given.names:
        print(name, *compared(given.sets / name, given.texts, embedder), sep="\t", flush=True)


def compared(folder: Path, texts: int, embedder: Embedder) -> tuple[object, ...]:
    """The recommended strategy by the first half and its quality on the second, and the best one there."""
    taxonomy = read_taxonomy(str(next(folder.glob("labels.csv*"))))
    first, second = halves(folder / "texts.jsonl.gz", taxonomy, texts)
    wanted = tried(first, embedder).recommended.strategy
    rows = {row.strategy: row.quality or 0.0 for row in tried(second, embedder).rows}
    best = max(rows, key=lambda name: rows[name])
    return (
        wanted,
        f"{rows[wanted]:.3f}",
        best,
        f"{rows[best]:.3f}",
        f"{100 * (rows[best] - rows[wanted]):.1f}",
    )


def tried(sample: Sample, embedder: Embedder) -> Strategies:
    """All strategies on one sample."""
    return strategies(sample, embedder, lambda name: None)


def halves(file: Path, taxonomy: Taxonomy, texts: int) -> tuple[Sample, Sample]:
    """Two samples of so many texts with labels."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = {row["text"]: row["labels"] for row in map(json.loads, lines) if row["labels"]}
    labels = [tuple(map(taxonomy.place, own)) for own in rows.values()]
    order = np.random.default_rng(0).permutation(len(rows))
    order = order[np.argsort([labels[row][0] for row in order], kind="stable")]
    drawn = order[np.linspace(0, len(order) - 1, min(2 * texts, len(order))).astype(np.intp)]
    every = list(rows)
    first, second = (
        Sample([every[row] for row in half], [labels[row] for row in half], taxonomy, "labels", [])
        for half in (drawn[::2].tolist(), drawn[1::2].tolist())
    )
    return first, second


if __name__ == "__main__":
    main()
