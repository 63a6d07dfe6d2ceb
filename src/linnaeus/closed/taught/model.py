"""What examples teach about a taxonomy: sources of candidates, and their ranker. Knows nothing of files or storage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from linnaeus.closed.taught.centroids import Centroids
from linnaeus.closed.taught.linear import Linear, folds, out_of_fold
from linnaeus.closed.taught.names import Entries, Names
from linnaeus.closed.taught.neighbours import Neighbours
from linnaeus.closed.taught.ranker import Ranker
from linnaeus.closed.taught.sources import Batch, Look, Source
from linnaeus.closed.taught.sparse import (
    Floats,
    Sparse,
    at_pairs,
    chosen,
    largest_of_rows,
    places_in_row,
    rows_of,
    union,
)
from linnaeus.closed.taught.wording import Wording, read

RANKED = 12_000  # examples that the ranker is fitted to, at most


class Ranked(NamedTuple):
    """Candidates (texts, labels) with their log-odds, by which they are ranked, and their probabilities, (pairs,) each."""

    pairs: Sparse
    odds: Floats
    chances: Floats


@dataclass(frozen=True, slots=True)
class Taught:
    """Everything that was learnt from examples; `sizes` (labels,) are how many each label has."""

    wording: Wording
    sources: tuple[Source, ...]
    linear: Linear
    sizes: Floats
    ranker: Ranker

    @classmethod
    def fit(
        cls, texts: Sequence[str], labels: Sparse, entries: Entries, vectors: Floats | None = None
    ) -> Taught:
        """Of texts, their labels (texts, labels) as ones, and the names of all labels."""
        words = read(texts)
        wording, rows = Wording.fit(words)
        batch = Batch(words, rows, vectors)
        sources: tuple[Source, ...] = (
            Neighbours.fit(rows, labels),
            Centroids.fit(rows, labels),
            Names.fit(entries, words, labels),
        )
        looks = [source.look(batch, labels) for source in sources]
        pairs = union(*(look.candidates for look in looks))
        sizes = np.bincount(labels.indices, minlength=labels.shape[1]).astype(np.float32)
        asked = chosen(pairs, _sample(len(texts))[rows_of(pairs)])
        right = at_pairs(labels, asked)
        margins = out_of_fold(rows, pairs, labels, asked)
        features = _features(looks, asked, margins, sizes[asked.indices] - right)
        linear = Linear.fit(rows, pairs, labels)
        return cls(wording, sources, linear, sizes, Ranker.fit(features, right, rows_of(asked)))

    def rank(self, texts: Sequence[str], vectors: Floats | None = None) -> Ranked:
        """The candidates of texts, as likely as they are."""
        words = read(texts)
        batch = Batch(words, self.wording.rows(words), vectors)
        looks = [source.look(batch) for source in self.sources]
        pairs = union(*(look.candidates for look in looks))
        features = _features(looks, pairs, self.linear.at(batch.rows, pairs), self.sizes[pairs.indices])
        return Ranked(pairs, *self.ranker.score(features))


def _sample(count: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which of so many examples the ranker is fitted to: of as few folds as it takes, as each costs a fit of its own."""
    wanted = np.zeros(count, dtype=bool)
    wanted[np.argsort(folds(count), kind="stable")[:RANKED]] = True
    return wanted


def _features(looks: Sequence[Look], pairs: Sparse, margins: Floats, sizes: Floats) -> Floats:
    """The features of pairs (pairs, f), always in one order; `sizes`: examples of each one's label."""
    columns = {name: values for look in looks for name, values in look.features(pairs).items()}
    columns |= {
        "margin": margins,
        "margin_place": places_in_row(margins, pairs),
        "margin_lead": margins - largest_of_rows(margins + 10, pairs)[rows_of(pairs)] + 10,
        "size": np.log1p(sizes),
    }
    return np.stack([values.astype(np.float32) for values in columns.values()], axis=1)
