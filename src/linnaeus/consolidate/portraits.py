"""What each label is like: the mean vectors of its wordings and of its texts. Knows nothing of how labels are found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.features import BLOCK, PRIOR, unit_rows
from linnaeus.consolidate.tidy import PERSON
from linnaeus.consolidate.wording import plain_key, readable, wording_key
from linnaeus.store import CachedVectors, LabelSummary, Store
from linnaeus.types import LabelId

Means = NDArray[np.float64]
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Portraits:
    """The labels of today, those with most texts first; row i of each array is about `labels[i]`.

    `words` (n, d) is zero where nobody gave words: the name of such a label is made from its texts.
    """

    labels: list[LabelSummary]
    words: Means
    texts: Means


def portraits(store: Store, vectors: CachedVectors) -> Portraits:
    """Read the labels of `store`; all texts count, whoever labelled them."""
    labels = store.labels()
    place = {label.id: number for number, label in enumerate(labels)}
    texts = _text_means(store, vectors.name, place)
    return Portraits(labels, _word_means(store, vectors, place, texts.shape[1]), texts)


def _text_means(store: Store, embedder: str, place: dict[LabelId, int]) -> Means:
    sums: Means | None = None
    counts = np.zeros(len(place))
    for part in _blocks(store.labelled(), BLOCK):
        codes = store.vectors([key for _, key in part], embedder)
        known = [(place[label], codes[key]) for label, key in part if label in place and key in codes]
        if known:
            at = [label for label, _ in known]
            if sums is None:
                sums = np.zeros((len(place), len(known[0][1])))
            np.add.at(sums, at, unit_rows(np.stack([code for _, code in known])))
            np.add.at(counts, at, 1)
    return np.zeros((len(place), 0)) if sums is None else sums / np.maximum(counts, 1)[:, None]


def _word_means(store: Store, vectors: CachedVectors, place: dict[LabelId, int], width: int) -> Means:
    """A name that a person gave counts as much as all other wordings of the label."""
    counts = store.surface_counts()
    said: list[tuple[int, str, float]] = []
    total: Counter[int] = Counter()
    for row in store.surfaces():
        if row.words is not None and row.label in place:
            weight = max(1, counts.get(row.id, 0))
            said.append((place[row.label], readable(plain_key(row.key)), weight))
            total[place[row.label]] += weight
    for label, (name, by) in store.names().items():
        if by == PERSON and label in place:
            said.append((place[label], readable(wording_key(name)), max(1, total[place[label]])))
    means = np.zeros((len(place), width))
    for part in _blocks(iter(said), BLOCK):
        units = unit_rows(vectors.codes([words for _, words, _ in part]))
        weights = np.array([weight for *_, weight in part])
        np.add.at(means, [label for label, *_ in part], units * weights[:, None])
    return unit_rows(means)


def centred(rows: Means) -> Means:
    """Rows (n, d) at length 1 with what all of them share taken off; zero rows stay zero."""
    units = unit_rows(rows)
    there = np.any(units != 0, axis=1)
    mean = units.sum(axis=0) / (there.sum() + PRIOR)  # shrunk towards the origin while they are few
    return np.where(there[:, None], unit_rows(units - mean), 0.0)


def _blocks(rows: Iterator[Row], size: int) -> Iterator[Sequence[Row]]:
    while part := list(islice(rows, size)):
        yield part
