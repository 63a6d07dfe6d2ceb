"""Strategies that rank the labels of a text: by names, neighbours, what `teach` learns. Knows no network and no model."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.dense import Dense
from linnaeus.closed.entries import Entries
from linnaeus.closed.few import Few, are_few, log_odds
from linnaeus.closed.label_sets import chosen
from linnaeus.closed.lexical import Lexical
from linnaeus.closed.shortlists import FromExamples
from linnaeus.closed.source import NOWHERE, Alone, Candidates, Scorer
from linnaeus.closed.teaching import fit
from linnaeus.closed.trusted import LOOKED_AT, Trusted
from linnaeus.closed.zero_shot import ZeroShot
from linnaeus.evaluate.strategies.sample import Sample
from linnaeus.evaluate.strategies.tried import Answer, Labels, Rows, Tried, tried, tried_once
from linnaeus.index.exact import cosines
from linnaeus.store import CachedVectors
from linnaeus.types import Codes

NEAREST = 10
NAMES = "names and descriptions"
FEW = "names and examples"  # what `teach` learns while examples are few
TAUGHT = "taught ranker"

Floats = NDArray[np.floating]


class Shortlists:
    """What is known of a sample before anything is learnt: vectors of texts (n, d), and the labels that names suggest."""

    def __init__(self, sample: Sample, vectors: CachedVectors) -> None:
        self.sample, self.vectors = sample, vectors
        self.codes: Codes = vectors.codes(sample.texts)
        taxonomy = sample.taxonomy
        self._entries = Entries.of(list(taxonomy.names), list(taxonomy.synonyms), list(taxonomy.descriptions))
        self._entry_codes = vectors.codes(self._entries.texts)
        names = ZeroShot.of(self._entries, self._entry_codes, taxonomy.parents, vectors.codes)
        self._trusted = Trusted(names)
        self._used = sorted({label for own in sample.labels for label in own})
        self._usual = max(1, round(float(np.mean([len(own) for own in sample.labels]))))

    def without_examples(self) -> Iterator[Tried]:
        """Try what needs none."""
        yield tried_once(NAMES, self._by_names, self.sample, runs="names")
        yield tried_once("vectors of descriptions", self._by_descriptions, self.sample)
        yield tried_once("BM25 over names", self._by_words, self.sample, embeds=False)

    def tries(self) -> Iterator[Tried]:
        """Try all of them, one after the other."""
        ms = 0.0
        for one in self.without_examples():
            ms += one.ms if one.name == NAMES else 0.0
            yield one
        yield tried("nearest neighbours", self._by_neighbours, self.sample)
        yield tried("class means", self._by_means, self.sample)
        few = are_few(self.sample.labels)
        if few or _can_train():
            one = tried(FEW if few else TAUGHT, self._by_teaching, self.sample, runs="teach")
            yield one._replace(ms=one.ms + ms) if few else one

    def _by_names(self, rows: Rows) -> Labels:
        self._named = self._trusted.candidates(self._texts(rows), self.codes[rows], LOOKED_AT)
        return self._best(self._named)

    def _by_descriptions(self, rows: Rows) -> Labels:
        return self._alone(Dense.of(self._entries, self._entry_codes, self.sample.taxonomy.parents), rows)

    def _by_words(self, rows: Rows) -> Labels:
        return self._alone(Lexical.of(self._entries), rows)

    def _alone(self, scorer: Scorer, rows: Rows) -> Labels:
        source = Alone(scorer)
        found = source.candidates(self._texts(rows), self.codes[rows], self._usual)
        return [tuple(place for place in own if place != NOWHERE) for own in found.places.tolist()]

    def _by_neighbours(self, known: Rows) -> Answer:
        table = self._table(known)

        def answer(rows: Rows) -> Labels:
            near = cosines(self.codes[rows], self.codes[known])
            least = np.sort(near, axis=1)[:, -NEAREST:][:, :1]
            return self._usual_of(np.where(near >= least, np.maximum(near, 0), 0) @ table)

        return answer

    def _by_means(self, known: Rows) -> Answer:
        sums = self._table(known).T @ self.vectors.embed(self._texts(known))
        means = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
        return lambda rows: self._usual_of(self.vectors.embed(self._texts(rows)) @ means.T)

    def _by_teaching(self, known: Rows) -> Answer:
        """What `teach` makes of these: four fifths of a sample may be few where all of it is not."""
        few = are_few([self.sample.labels[row] for row in known]) or not _can_train()
        return (self._by_few if few else self._by_ranker)(known)

    def _by_few(self, known: Rows) -> Answer:
        labels = [self.sample.labels[row] for row in known]
        odds = log_odds(self._named.scores)
        few = Few.of(self.codes[known], labels).moved(labels, self._named.places[known], odds[known])

        def answer(rows: Rows) -> Labels:
            places, likely = few.chances(self.codes[rows], self._named.places[rows], odds[rows])
            order = np.lexsort((places, -likely), axis=1)[:, :LOOKED_AT]
            scores = np.take_along_axis(likely, order, 1).astype(np.float32)
            found = Candidates(np.take_along_axis(places, order, 1), scores)
            return self._best(found, chosen(scores, few.trust.none(scores)))

        return answer

    def _by_ranker(self, known: Rows) -> Answer:
        labels = [sorted(self.sample.labels[row]) for row in known]
        taught = fit(self._texts(known), labels, self.sample.taxonomy, self.vectors)
        shortlist = FromExamples(taught, self.vectors)

        def answer(rows: Rows) -> Labels:
            found = shortlist.shortlist(self._texts(rows), LOOKED_AT).candidates
            return self._best(found, shortlist.counts(found.scores))

        return answer

    def _best(self, found: Candidates, counts: NDArray[np.intp] | None = None) -> Labels:
        """As `label` gives labels: the likeliest one, or where texts have several `counts`, by default by expected F1."""
        if not self.sample.several:
            counts = np.minimum((found.scores > 0).sum(axis=1), 1)
        elif counts is None:
            counts = chosen(found.scores, self._trusted.trust.none(found.scores))
        return [tuple(row[:count].tolist()) for row, count in zip(found.places, counts, strict=True)]

    def _usual_of(self, scores: Floats) -> Labels:
        """As many labels as texts have on average, of those in use (n, used) with a score above 0."""
        order = np.argsort(-scores, axis=1, kind="stable")[:, : self._usual]
        return [
            tuple(self._used[place] for place in best if own[place] > 0)
            for own, best in zip(scores, order.tolist(), strict=True)
        ]

    def _table(self, known: Rows) -> NDArray[np.float32]:
        """Which of the labels in use texts have, (known, used) of ones."""
        table = np.zeros((len(known), len(self._used)), np.float32)
        for at, row in enumerate(known.tolist()):
            table[at, np.searchsorted(self._used, self.sample.labels[row])] = 1
        return table

    def _texts(self, rows: Rows) -> list[str]:
        return [self.sample.texts[row] for row in rows]


def _can_train() -> bool:
    """Whether the extra `train` is installed."""
    return bool(find_spec("sklearn") and find_spec("scipy"))
