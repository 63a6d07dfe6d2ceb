"""Strategies that need no example, on texts without gold labels: how far they agree, and where not. Knows no file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from linnaeus.evaluate.measure import figures
from linnaeus.evaluate.strategies.models import Models
from linnaeus.evaluate.strategies.sample import Sample
from linnaeus.evaluate.strategies.shortlists import Shortlists
from linnaeus.evaluate.strategies.tried import Tried
from linnaeus.metrics.agreement import agreement
from linnaeus.store import CachedVectors, Store
from linnaeus.types import Embedder, Model

SHOWN = 20  # texts on which strategies differ


@dataclass(frozen=True, slots=True)
class Agreeing:
    """Two strategies on n `texts`: the share with the same best label, with its 95% interval, and Cohen's kappa."""

    one: str
    other: str
    texts: int
    same: float | None
    low: float | None
    high: float | None
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Differing:
    """A text and the name of its best label by strategy, "" for none."""

    text: str
    labels: dict[str, str]


@dataclass(frozen=True, slots=True)
class Agreed:
    """All pairs of strategies, those that agree least first; texts on which most strategies differ; `notes`."""

    texts: int
    pairs: list[Agreeing]
    differing: list[Differing]
    notes: list[str]


def agreed(
    sample: Sample, embedder: Embedder, hear: Callable[[str], None], model: Model | None = None
) -> Agreed:
    """Try what needs no example, with a `model` also those that ask it; `hear` is told each that is done."""
    notes, tries = list(sample.notes), {}
    with Store() as store:
        vectors = CachedVectors(embedder, store)
        for one in _tries(sample, vectors, model, notes):
            tries[one.name] = one
            hear(one.name)
    best = {name: _best(one, len(sample)) for name, one in tries.items()}
    pairs = [_agreeing(one, other, best) for one, other in combinations(best, 2)]
    pairs.sort(key=lambda pair: (pair.same is None, pair.same))
    return Agreed(len(sample), pairs, list(_differing(sample, best)), notes)


def _tries(sample: Sample, vectors: CachedVectors, model: Model | None, notes: list[str]) -> Iterator[Tried]:
    yield from Shortlists(sample, vectors).without_examples()
    if model is not None:
        yield from Models(sample, vectors, model, notes).tries()


def _best(one: Tried, count: int) -> NDArray[np.int64]:
    """The best label of each text (n,), -1 for none, -2 for a text that it was not tried on."""
    best = np.array([own[0] if own else -1 for own in one.found], np.int64)
    if one.rows is not None:
        best[np.setdiff1d(np.arange(count), one.rows)] = -2
    return best


def _agreeing(one: str, other: str, best: dict[str, NDArray[np.int64]]) -> Agreeing:
    both = (best[one] > -2) & (best[other] > -2)
    measure = agreement(best[one][both] + 1, best[other][both] + 1)
    found = {figure.name: figure for figure in figures(measure, int(both.sum()), {})}
    same = found["same label"]
    return Agreeing(one, other, same.n, same.value, same.low, same.high, found["kappa"].value)


def _differing(sample: Sample, best: dict[str, NDArray[np.int64]]) -> Iterator[Differing]:
    """The texts with most different labels, then the first."""
    rows = np.stack(list(best.values()))  # (strategies, n)
    kinds = [len(set(own) - {-2}) for own in rows.T.tolist()]
    names: Sequence[str] = sample.taxonomy.names
    for row in sorted(range(len(kinds)), key=lambda row: -kinds[row])[:SHOWN]:
        if kinds[row] > 1:
            said = {name: int(own[row]) for name, own in best.items() if own[row] > -2}
            labels = {name: names[place] if place >= 0 else "" for name, place in said.items()}
            yield Differing(sample.texts[row], labels)
