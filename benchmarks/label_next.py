"""Which texts to label next: learning curves of a linear student, by what it asks for and by chance.

    python benchmarks/label_next.py [--embedder static] [--only clinc150] [--repeats 3] [--cache DIR]

Texts of the training part alone: 4,500 to choose from, 1,500 to measure accuracy on. It starts with 300 at random; then 300
more at a time are labelled (with gold), those that `distil --next` would name, those most in doubt whatever they are like,
or any. Accuracy at each size, mean and standard deviation of the repeats, each of another start; then their mean.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from students import as_examples, part_of, read

from linnaeus.distill.distil import data_of
from linnaeus.distill.telling import doubt, telling
from linnaeus.distill.training import LINEAR, Data, fit, with_labels
from linnaeus.student.network import chances
from linnaeus.student.words import Floats

ALL, ASKED, STEP, MOST = 6_000, 1_500, 300, 1_500

Places = NDArray[np.int64]
Pick = Callable[[Floats, Floats, np.random.Generator], Places]

PICKS: dict[str, Pick] = {
    "by chance": lambda likely, rows, draw: draw.permutation(len(rows))[:STEP],
    "most in doubt": lambda likely, rows, draw: np.argsort(-doubt(likely, several=False), kind="stable")[
        :STEP
    ],
    "distil --next": lambda likely, rows, draw: telling(likely, rows, STEP, several=False),
}


def curve(data: Data, pick: Pick, seed: int) -> list[float]:
    """The accuracy at each size, in %."""
    draw = np.random.default_rng(seed)
    free, asked = np.arange(ALL - ASKED), data.take(np.arange(ALL - ASKED, ALL))
    known = draw.choice(free, STEP, replace=False)
    found = []
    while True:
        network = fit(with_labels(data.take(known)), LINEAR)
        best = network.logits(asked.vectors, asked.words).argmax(axis=1)
        found.append(100 * float(np.asarray(asked.labels[np.arange(ASKED), best]).mean()))
        if len(known) >= MOST:
            return found
        left = data.take(places := np.setdiff1d(free, known))
        likely = chances(network.logits(left.vectors, left.words), several=False)
        known = np.concatenate([known, places[pick(likely, left.vectors, draw)]])


def main() -> None:
    """Run both sets, or the one that is named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--embedder", default="minilm")
    parser.add_argument("--only")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--cache", type=Path)
    given = parser.parse_args()
    for name in ("banking77", "clinc150"):
        if given.only not in (None, name):
            continue
        every, parts = read(name, given.embedder, given.cache)
        train = part_of(every, parts, "train")
        train = train.take([place for place, own in enumerate(train.labels) if own])
        train = train.take(np.random.default_rng(0).permutation(len(train.texts))[:ALL].tolist())
        data, _ = data_of(as_examples(train))
        for what, pick in PICKS.items():
            found = np.array([curve(data, pick, seed) for seed in range(given.repeats)])
            shown = "  ".join(f"{a:.1f} ({b:.1f})" for a, b in zip(found.mean(0), found.std(0), strict=True))
            print(f"{name:10} {what:14} {shown}  mean {found.mean():.2f}", flush=True)


if __name__ == "__main__":
    main()
