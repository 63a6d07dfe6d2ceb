"""Do examples that others speak against do less harm when they count less? Banking77's labels, some of them made wrong.

    python research/noisy_labels.py [--seeds 3] [--cache DIR] [--networks all]

2,000 texts of the training part are learnt, 2,000 others of it asked, with labels as they were. Made wrong: a share of the
labels, at random, or each to the label whose texts are nearest to its own. Per row: examples in doubt, how many of these
are wrong, how many of the wrong are in doubt; accuracy where they count less (as `distil` does), where all count fully,
where those in doubt are left out, and where those that are wrong are. `--networks all` lets the student be chosen as
`distil` does (ten times as long), not between the two linear ones.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from linnaeus.distill import choosing
from linnaeus.distill.distil import data_of, distil
from linnaeus.distill.examples import examples
from linnaeus.distill.margin import MARGIN
from linnaeus.distill.training import LINEAR, with_labels
from linnaeus.distill.trial import network_of
from linnaeus.student.network import Committee
from linnaeus.types import LabelId

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))
from students import Texts, part_of, read

COUNT = 2000
KINDS = ((0.0, "random"), (0.1, "random"), (0.2, "random"), (0.1, "nearest"), (0.2, "nearest"))


def made_wrong(
    own: NDArray[np.intp], texts: Texts, share: float, kind: str, draw: np.random.Generator
) -> NDArray[np.intp]:
    """The labels (n,), a share of them another one."""
    centres = np.stack([texts.vectors[own == label].mean(axis=0) for label in range(own.max() + 1)])
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    near = centres @ centres.T
    np.fill_diagonal(near, -1)
    found = own.copy()
    for row in draw.permutation(len(own))[: round(share * len(own))]:
        step = int(draw.integers(len(centres) - 1))
        found[row] = near[own[row]].argmax() if kind == "nearest" else (own[row] + 1 + step) % len(centres)
    return found


def measure(train: Texts, share: float, kind: str, seed: int) -> None:
    """Print a row."""
    draw = np.random.default_rng(seed)
    order = draw.permutation(len(train.texts)).tolist()
    learnt, asked = train.take(order[:COUNT]), train.take(order[COUNT : 2 * COUNT])
    names, own = np.unique([labels[0] for labels in learnt.labels], return_inverse=True)
    said = made_wrong(own, learnt, share, kind, draw)
    wrong = said != own
    labels = [[LabelId(int(label))] for label in said]
    called = {LabelId(place): str(name) for place, name in enumerate(names)}
    taken = examples(learnt.texts, learnt.vectors, labels, called, np.ones(COUNT), np.zeros(COUNT, np.bool_))
    made = distil(taken, "research", "", 0.05)
    data, _ = data_of(taken)
    gold = np.array([labels[0] for labels in asked.labels])

    def right(weights: NDArray[np.float32] | None) -> float:
        student = made.student
        if weights is not None:
            known = with_labels(replace(data, weights=weights))
            networks = tuple(network_of(known, one) for one in made.settings)
            student = replace(student, network=Committee(networks, student.about.slopes))
        best = student.look(asked.texts, asked.vectors).chances.argmax(axis=1)
        return float((np.array(student.about.labels)[best] == gold).mean())

    doubted = np.zeros(COUNT, np.bool_)
    doubted[[doubt.place for doubt in made.doubts]] = True
    full = np.ones(COUNT, np.float32)
    figures = [right(None), right(full), right(full * ~doubted), right(full * ~wrong)]
    found = (
        f"{doubted.sum():4} {wrong[doubted].mean():5.2f} {doubted[wrong].mean() if wrong.any() else 0:5.2f}"
    )
    print(
        f"{share:4.0%} {kind:8} {seed} {found} ", " ".join(f"{figure:7.2%}" for figure in figures), flush=True
    )


def main() -> None:
    """Print a row for each share, kind and seed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--networks", choices=("linear", "all"), default="linear")
    given = parser.parse_args()
    if given.networks == "linear":
        choosing._suited = lambda data: [LINEAR, MARGIN]
        choosing.CANDIDATES = ((LINEAR,), (MARGIN,))
    every, parts = read("banking77", "minilm", given.cache)
    train = part_of(every, parts, "train")
    for seed in range(given.seeds):
        for share, kind in KINDS:
            measure(train, share, kind, seed)


if __name__ == "__main__":
    main()
