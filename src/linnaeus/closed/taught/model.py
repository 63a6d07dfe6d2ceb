"""What examples teach about a taxonomy: sources of candidates, and their ranker. Knows nothing of files or storage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.entries import Entries
from linnaeus.closed.label_sets import half_of_best
from linnaeus.closed.source import MAY_FIT, Candidates, Shortlisted, empty, fill
from linnaeus.closed.taught.centroids import Centroids
from linnaeus.closed.taught.folds import count_at, counts_of, folds
from linnaeus.closed.taught.linear import Linear, out_of_fold
from linnaeus.closed.taught.meanings import Meanings
from linnaeus.closed.taught.names import Names
from linnaeus.closed.taught.neighbours import Neighbours
from linnaeus.closed.taught.nothing import Nothing
from linnaeus.closed.taught.parts import usual
from linnaeus.closed.taught.ranker import FEW, FITS, Ranker
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
from linnaeus.closed.taught.wording import Wording, as_new, read

RANKED = 12_000  # examples that the ranker is fitted to, at most


class Vectors(NamedTuple):
    """Unit vectors of texts (n, d) and of the names of labels (entries, d)."""

    texts: Floats
    names: Floats


class Ranked(NamedTuple):
    """Candidates (texts, labels) with their log-odds, by which they are ranked, and their probabilities, (pairs,) each."""

    pairs: Sparse
    odds: Floats
    chances: Floats


@dataclass(frozen=True, slots=True)
class Taught:
    """Everything that was learnt from examples.

    `sizes` (folds, labels) are how many each label has, `sentences` how many they have themselves, but for a few. A label is
    given from the probability `least` on.
    """

    wording: Wording
    sources: tuple[Source, ...]
    linear: Linear
    sizes: Floats
    ranker: Ranker
    nothing: Nothing
    sentences: int
    least: float

    @classmethod
    def fit(
        cls, texts: Sequence[str], labels: Sparse, entries: Entries, meanings: Vectors | None = None
    ) -> Taught:
        """Of texts, their labels (texts, labels) as ones, names and synonyms of labels, and the vectors of both, if any."""
        words = read(texts)
        wording, rows = Wording.fit(words)
        batch = Batch(words, as_new(rows), meanings.texts if meanings else None)
        sources: tuple[Source, ...] = (
            Neighbours.fit(rows, labels),
            Centroids.fit(rows, labels),
            Names.fit(entries, words, labels),
        )
        if meanings is not None:
            nearest = Meanings.fit(meanings.texts, labels, meanings.names, entries.owners)
            sources = (*sources, Neighbours.fit(meanings.texts, labels), nearest)
        looks = [source.look(batch, labels) for source in sources]
        # Where a label has one example, nothing is left of it but this: of few, they are pairs all the same
        pairs = union(*(look.candidates for look in looks), *([labels] if labels.nnz < FEW else []))
        sizes = counts_of(labels)
        asked = chosen(pairs, _sample(len(texts))[rows_of(pairs)])
        right = at_pairs(labels, asked)
        rows, asking = _with_vectors(batch._replace(rows=rows)), _with_vectors(batch)
        margins = out_of_fold(rows, pairs, labels, asked, asking)
        features = _features(looks, asked, margins, count_at(sizes, asked, own=True))
        linear = Linear.fit(rows, pairs, labels)
        labelled = np.diff(labels.indptr) > 0
        of_labelled = labelled[rows_of(asked)]
        known = {name: values[of_labelled] for name, values in features.items()}
        ranker = Ranker.fit(known, right[of_labelled], rows_of(asked)[of_labelled])
        chances = ranker.score(features, rows_of(asked))[1]
        nothing = Nothing.fit(rows, ~labelled, asked, features, chances)
        total = int(np.diff(labels.indptr)[np.diff(asked.indptr) > 0].sum())
        least = half_of_best(chances[of_labelled], right[of_labelled] > 0, total)
        return cls(wording, sources, linear, sizes, ranker, nothing, usual(texts), least)

    @property
    def with_vectors(self) -> bool:
        """Whether texts are looked at by their vectors too."""
        return any(isinstance(source, Meanings) for source in self.sources)

    def candidates(self, texts: Sequence[str], vectors: Floats | None, most: int) -> Candidates:
        """The `most` likely labels of texts, with their probabilities; `vectors` (n, d) are unit rows, if it has any."""
        return self.shortlist(texts, vectors, most).candidates

    def shortlist(self, texts: Sequence[str], vectors: Floats | None, most: int) -> Shortlisted:
        """The same, and as the floor of each text the highest cosine with it of a name of a label that may fit."""
        pairs, figures = self.figures(texts, vectors)
        odds, chances = self.ranker.score(figures, rows_of(pairs))
        of_names = figures.get("meaning_of_name", np.full(pairs.nnz, np.inf, np.float32))
        found, floors = empty(len(texts), most), np.full((len(texts), 1), np.inf, np.float32)
        for row in range(len(texts)):
            part = slice(pairs.indptr[row], pairs.indptr[row + 1])
            best = np.argsort(-odds[part], kind="stable")[:most]
            likely = chances[part][best]
            fill(found, row, pairs.indices[part][best], likely)
            if len(best):
                may_fit = best[: max(1, int((likely >= MAY_FIT).sum()))]
                floors[row] = of_names[part][may_fit].max()
        return Shortlisted(found, floors)

    def counts(self, scores: Floats) -> NDArray[np.intp]:
        """How many of the first labels (n,) to give texts with such probabilities (n, k), falling."""
        found: NDArray[np.intp] = (scores >= self.least).sum(axis=1)
        return found

    def none(self, scores: Floats) -> NDArray[np.float64]:
        """The chance (n,) that no label fits texts with such probabilities (n, k)."""
        return self.nothing.trust.none(scores)

    def rank(self, texts: Sequence[str], vectors: Floats | None = None) -> Ranked:
        """The candidates of texts, as likely as they are."""
        pairs, features = self.figures(texts, vectors)
        return Ranked(pairs, *self.ranker.score(features, rows_of(pairs)))

    def figures(
        self, texts: Sequence[str], vectors: Floats | None = None
    ) -> tuple[Sparse, dict[str, Floats]]:
        """The candidates of texts (texts, labels), and what all sources say of each: features by name, (pairs,) each."""
        words = read(texts)
        batch = Batch(words, self.wording.rows(words), vectors)
        looks = [source.look(batch) for source in self.sources]
        pairs = union(*(look.candidates for look in looks))
        rows = _with_vectors(batch)
        margins = self.linear.at(rows, pairs)
        features = _features(looks, pairs, margins, count_at(self.sizes, pairs, own=False))
        return pairs, features | {FITS: self.nothing.fits(rows, pairs, features)[rows_of(pairs)]}


def _with_vectors(batch: Batch) -> Sparse:
    """The rows that linear classifiers see: words, and vectors after them."""
    import scipy.sparse

    if batch.vectors is None:
        return batch.rows
    return scipy.sparse.hstack([batch.rows, scipy.sparse.csr_matrix(batch.vectors)], format="csr")


def _sample(count: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which of so many examples the ranker is fitted to: of as few folds as it takes, as each costs a fit of its own.

    Drawn from all of a fold: examples may come in an order that says what they are.
    """
    wanted = np.zeros(count, dtype=bool)
    drawn = np.random.default_rng(1).permutation(count)
    wanted[np.lexsort((drawn, folds(count)))[:RANKED]] = True
    return wanted


def _features(looks: Sequence[Look], pairs: Sparse, margins: Floats, sizes: Floats) -> dict[str, Floats]:
    """The features of pairs, (pairs,) each, always in one order; `sizes`: examples of each one's label."""
    columns = {name: values for look in looks for name, values in look.features(pairs).items()}
    return columns | {
        "margin": margins,
        "margin_place": places_in_row(margins, pairs),
        "margin_lead": margins - largest_of_rows(margins + 10, pairs)[rows_of(pairs)] + 10,
        "size": np.log1p(sizes),
    }
