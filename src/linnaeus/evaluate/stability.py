"""How far labels stay the same when they are made again of the same texts. Knows not how they are made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.discover.stability import DISSOLVED, jaccards
from linnaeus.metrics import clusters

LEAST_TEXTS = 3  # of a label, below which there is nothing that could stay together

Numbers = NDArray[np.int64]
"""The label of each text (n,), from 0 on; -1 for none, or where the text was left out."""


class Run(NamedTuple):
    """Labels made again. `kind`: what was other this time: "order", "sample" (of the texts) or "examples"."""

    kind: str
    labels: Numbers


class Made(NamedTuple):
    """The labels of n texts, which are called `names`, and what came of making them again.

    `given`: labels are those of a taxonomy, so that numbers mean the same in every run; else labels are found, and those
    that share most of their texts are the same. `notes`: what this says less than it seems to.
    """

    names: list[str]
    labels: Numbers
    runs: list[Run]
    given: bool
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of runs of one kind: a figure of each against the first, as mean, least and most; None where it is undefined."""

    kind: str
    figure: str
    runs: int
    mean: float | None
    least: float | None
    most: float | None


@dataclass(frozen=True, slots=True)
class LabelAgain:
    """A label: its texts; by kind of run how well it comes back (mean Jaccard likeness); what it gets mixed up with."""

    label: str
    texts: int
    comes_back: dict[str, float]
    mixed_up_with: str

    @property
    def least(self) -> float:
        """How well it comes back where it does so worst."""
        return min(self.comes_back.values())


@dataclass(frozen=True, slots=True)
class Stability:
    """All of it; `labels` by how well they come back, the worst first; `small`: labels with too few texts to tell."""

    texts: int
    agreement: list[Agreement]
    labels: list[LabelAgain]
    small: int
    notes: list[str]

    @property
    def wobbling(self) -> list[LabelAgain]:
        """Labels that do not come back (Hennig 2007: a mean Jaccard likeness below 0.5)."""
        return [one for one in self.labels if one.least < DISSOLVED]


def stability(made: Made) -> Stability:
    """Compare each run with the first labels."""
    kinds = list(dict.fromkeys(run.kind for run in made.runs))
    agreement = [
        one for kind in kinds for one in _agreement(made, [run for run in made.runs if run.kind == kind])
    ]
    sizes = np.bincount(made.labels[made.labels >= 0], minlength=len(made.names))
    mixed = np.zeros((len(made.names), len(made.names)))
    back = {kind: _comes_back(made, kind, mixed) for kind in kinds}
    found = [
        LabelAgain(
            made.names[label],
            int(sizes[label]),
            {kind: round(float(of[label]), 4) for kind, of in back.items() if not np.isnan(of[label])},
            made.names[int(mixed[label].argmax())] if mixed[label].max() > 0 else "",
        )
        for label in np.flatnonzero(sizes >= LEAST_TEXTS).tolist()
    ]
    told = sorted((one for one in found if one.comes_back), key=lambda one: (one.least, -one.texts))
    small = int((sizes > 0).sum()) - len(told)
    return Stability(int((made.labels >= 0).sum()), agreement, told, small, made.notes)


def _agreement(made: Made, runs: Sequence[Run]) -> Iterable[Agreement]:
    """Of the runs of one kind: adjusted Rand index, and where labels are given the share of texts that keep theirs."""
    adjusted = [_adjusted_rand(made.labels, run.labels) for run in runs]
    yield _summed(runs[0].kind, "ARI", adjusted)
    if made.given:
        yield _summed(runs[0].kind, "same label", [float(np.mean(made.labels == run.labels)) for run in runs])


def _summed(kind: str, figure: str, values: Sequence[float]) -> Agreement:
    known = [value for value in values if not np.isnan(value)]
    ends = (float(np.mean(known)), min(known), max(known)) if known else (None, None, None)
    return Agreement(kind, figure, len(values), *ends)


def _adjusted_rand(labels: Numbers, again: Numbers) -> float:
    both = (labels >= 0) & (again >= 0)
    one, other = (np.unique(side[both], return_inverse=True)[1] for side in (labels, again))
    return clusters.clusters(one, other)(np.ones(len(one)))["ARI"]


def _comes_back(made: Made, kind: str, mixed: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean likeness (labels,) of each label to what it became; what shares that with it is added to `mixed`."""
    of_runs = []
    for run in made.runs:
        if run.kind != kind:
            continue
        seen = run.labels >= 0 if not made.given else np.ones(len(run.labels), np.bool_)
        alike = jaccards(made.labels[seen], run.labels[seen], len(made.names))  # (labels, labels of the run)
        alike = np.pad(alike, ((0, 0), (0, max(0, len(made.names) - alike.shape[1]))))
        drawn = ~np.isnan(alike[:, 0])
        known = np.nan_to_num(alike)
        became = np.arange(len(known)) if made.given else known.argmax(axis=1)
        shared = known[:, became].T  # (label, other): how far the other is in what the label became
        np.fill_diagonal(shared, 0)
        mixed += np.where(drawn[:, None] & drawn, shared + shared.T, 0)
        of_runs.append(np.where(drawn, known[np.arange(len(known)), became], np.nan))
    counts = np.sum(~np.isnan(of_runs), axis=0)
    return np.where(counts > 0, np.nansum(of_runs, axis=0) / np.maximum(counts, 1), np.nan)


def numbered(labels: Iterable[str | None], known: dict[str, int]) -> Numbers:
    """Labels as numbers, -1 for None; `known` says which, and takes up new ones."""
    return np.array(
        [-1 if label is None else known.setdefault(label, len(known)) for label in labels], np.int64
    )
