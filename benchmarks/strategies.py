"""Is what `compare FILE` recommends also best on texts that it has not seen?

python benchmarks/strategies.py SETS [NAME ...] [--texts 1000] [--tested 2000] [--seed 0] [--vectors FILE]

SETS: a folder of data sets, each with texts.jsonl.gz and labels.csv. The texts with labels of each are parted in two halves
at random: were labels as frequent in both, each rare label would have an example for the texts to come. `compare` sees a
part of the first half; each strategy learns from that same part and labels a part of the second. Printed, tab-separated: of
each strategy its quality by `compare` (single networks, which no command runs, are not tried there) and on the second half.
Then the recommended strategy, the best on the second half, and by how many points that is better, with the 95% interval of
the difference (both label the same texts, drawn together).
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.distill.calibrating import fitted
from linnaeus.distill.distil import data_of
from linnaeus.distill.examples import Examples
from linnaeus.distill.training import Settings, Sparse, fit, with_labels
from linnaeus.distill.trial import parts_of, without
from linnaeus.embed import open_embedder
from linnaeus.evaluate.strategies.networks import HEADS, Networks, examples_of
from linnaeus.evaluate.strategies.sample import Sample, links_of
from linnaeus.evaluate.strategies.shortlists import FEW, TAUGHT, Shortlists
from linnaeus.evaluate.strategies.table import recommended, row_of
from linnaeus.evaluate.strategies.tried import Labels, Rows
from linnaeus.metrics import flat
from linnaeus.metrics.intervals import bootstrap
from linnaeus.store import MEMORY, CachedVectors, Store
from linnaeus.student import Student
from linnaeus.student.calibration import Calibration
from linnaeus.student.words import Floats
from linnaeus.taxonomy import read_taxonomy

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Halves(Sample):
    """A sample, of which the texts from `seen` on are answered by what the first ones teach."""

    seen: int = 0

    def parts(self) -> list[Rows]:
        """See `Sample`."""
        return [np.arange(self.seen, len(self))]

    @property
    def first(self) -> Sample:
        """The part that `compare` sees."""
        return Sample(self.texts[: self.seen], self.labels[: self.seen], self.taxonomy, self.column, [])


class Best(NamedTuple):
    """The recommended and the best strategy, and by how much the best is better on the second half."""

    wanted: str
    best: str
    points: float
    low: float
    high: float


def main() -> None:
    """Print the strategies of each set, and then what was recommended."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("sets", type=Path)
    options.add_argument("names", nargs="*")
    options.add_argument("--texts", type=int, default=1000, help="that compare sees")
    options.add_argument("--tested", type=int, default=2000, help="of the other half")
    options.add_argument("--seed", type=int, default=0, help="of the order in which texts are parted")
    options.add_argument("--vectors", default=MEMORY, help="a project file that keeps vectors")
    given = options.parse_args()
    with Store(given.vectors) as store:
        vectors = CachedVectors(open_embedder(), store)
        for name in given.names:
            halves = read_halves(given.sets / name, given.texts, given.tested, given.seed)
            found = compared(name, halves, vectors)
            print(
                f"{name}: recommended {found.wanted}, best {found.best}, {found.points:.1f} points better"
                f" ({found.low:.1f} to {found.high:.1f}); {halves.seen} texts seen, {len(halves) - halves.seen} tested",
                flush=True,
            )


def compared(name: str, halves: Halves, vectors: CachedVectors) -> Best:
    """What is recommended by the first half, and what is best on the second."""
    first = halves.first
    networks = Networks(first, vectors)
    rows = [row_of(one, first, 0.0) for one in (*Shortlists(first, vectors).tries(), *networks.students())]
    by_compare = {_same(row.strategy): row.quality or 0.0 for row in rows}
    said = {_same(strategy): labels for strategy, labels in answers(halves, vectors, networks.made.student)}
    measures = {strategy: _measure(halves, labels) for strategy, labels in said.items()}
    every = np.ones(len(halves) - halves.seen)
    quality = {strategy: measure(every) for strategy, measure in measures.items()}
    for strategy in sorted(quality, key=lambda one: -quality[one]):
        seen = f"{by_compare[strategy]:.3f}" if strategy in by_compare else ""
        print(name, strategy, seen, f"{quality[strategy]:.3f}", sep="\t", flush=True)
    wanted, best = _same(recommended(rows).strategy), max(quality, key=lambda one: quality[one])

    def better(weights: NDArray[np.float64]) -> dict[str, float]:
        return {"share": measures[best](weights) - measures[wanted](weights)}

    share, low, high = bootstrap(better, len(every))["share"]
    return Best(wanted, best, *(100 * (value or 0.0) for value in (share, low, high)))


def answers(halves: Halves, vectors: CachedVectors, student: Student) -> Iterator[tuple[str, Labels]]:
    """What each strategy that was taught by the first half says of the second."""
    for one in Shortlists(halves, vectors).tries():
        yield one.name, one.found[halves.seen :]
    known = examples_of(halves.first, vectors)
    texts = halves.texts[halves.seen :]
    asked = vectors.embed(texts)
    for head, settings in HEADS.items():
        yield head, _labels(known, *_head(known, settings, texts, asked))
    looked = student.look(texts, asked)
    yield "student", _labels(known, looked.chances, looked.chosen)


def _head(known: Examples, settings: Settings, texts: Sequence[str], asked: Floats) -> tuple[Floats, Flags]:
    """How likely one network thinks each label (n, labels), and which it gives."""
    data, words = data_of(known)
    logits = fit(with_labels(data), settings).logits(asked, Sparse.of(words.rows(texts), len(words.hashes)))
    calibration = Calibration(False)
    if known.several:
        said = [without(data, part, [settings]) for part in parts_of(data)]
        places = np.concatenate([one.places for one in said])
        calibration = fitted(np.concatenate([one.logits[0] for one in said]), data.labels[places], True)
    chances = calibration.chances(logits)
    return chances, calibration.chosen(chances)


def _labels(known: Examples, chances: Floats, chosen: Flags) -> Labels:
    """The places of the chosen labels of each text, best first."""
    order = np.argsort(-chances, axis=1, kind="stable").tolist()
    return [
        tuple(known.label_ids[column] for column in best if own[column])
        for own, best in zip(chosen, order, strict=True)
    ]


def _measure(halves: Halves, said: Labels) -> Callable[[NDArray[np.float64]], float]:
    """The quality of what is said of the second half, by how much each text counts."""
    gold, found = links_of(halves.labels[halves.seen :]), links_of(said)
    measure = (flat.labels if halves.several else flat.single)(gold, found)
    figure = "f1" if halves.several else "accuracy"
    return lambda weights: measure(weights)[figure]


def _same(strategy: str) -> str:
    """`teach` is one strategy, whatever it makes of so many examples."""
    return "teach" if strategy in (FEW, TAUGHT) else strategy


def read_halves(folder: Path, texts: int, tested: int, seed: int) -> Halves:
    """So many texts of each half at most."""
    taxonomy = read_taxonomy(str(next(folder.glob("labels.csv*"))))
    with gzip.open(folder / "texts.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = {row["text"]: row["labels"] for row in map(json.loads, lines) if row["labels"]}
    every, labels = list(rows), [tuple(map(taxonomy.place, own)) for own in rows.values()]
    order = np.random.default_rng(seed).permutation(len(rows))
    first, second = order[::2][:texts], order[1::2][:tested]
    kept = np.concatenate([first, second]).tolist()
    texts_, own = [every[row] for row in kept], [labels[row] for row in kept]
    return Halves(texts_, own, taxonomy, "labels", [], len(first))


if __name__ == "__main__":
    main()
