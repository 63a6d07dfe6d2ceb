"""Texts like one text, by meaning and words, by shared labels, or both, and unlike each other. Knows no store, no files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.words import terms
from linnaeus.consolidate.features import PRIOR
from linnaeus.consolidate.neighbours import unit
from linnaeus.index.bm25 import Bm25
from linnaeus.index.rows import Rows
from linnaeus.types import Vectors

By = Literal["content", "labels", "both"]
POOL = 5  # times as many candidates as are wanted, among which unlike ones are chosen
DIVERSITY = 0.2

Scores = NDArray[np.float64]


class Near(NamedTuple):
    """The place of a text like the one at hand, and how like it is, from 0 to 1."""

    place: int
    score: float


class Related:
    """Texts (n), their unit vectors (n, d) and their labels, to be asked for those that are like a text."""

    def __init__(self, texts: Sequence[str], vectors: Vectors, labels: Sequence[Sequence[Hashable]]) -> None:
        self._centre = vectors.sum(axis=0) / (len(vectors) + PRIOR)
        self._rows = unit(vectors - self._centre)
        self._terms = [terms(text) for text in texts]
        self._index = Bm25(Rows.of(self._terms))
        itself = [self._index.scores(np.unique(own))[place] for place, own in enumerate(self._terms)]
        self._norms = np.sqrt(np.maximum(itself, 1e-9))
        self._labels = [set(own) for own in labels]
        sizes = Counter(label for own in self._labels for label in own)
        self._rarity = {label: float(np.log(len(texts) / size)) for label, size in sizes.items()}
        self._with: dict[Hashable, list[int]] = {}
        for place, own in enumerate(self._labels):
            for label in own:
                self._with.setdefault(label, []).append(place)

    def to_text(self, text: str, vector: Vectors, most: int, *, diversity: float = DIVERSITY) -> list[Near]:
        """Up to `most` texts like one that need not be among them, best first; `vector` (d,) is its own."""
        row = unit((vector - self._centre)[None])[0]
        return self._chosen(self._content(row, text), most, diversity)

    def to_place(self, place: int, most: int, *, by: By = "both", diversity: float = DIVERSITY) -> list[Near]:
        """Up to `most` texts like the one at `place`, best first, without itself; where labels count, those it shares."""
        scores = self._shared(place) if by == "labels" else self._content(self._rows[place], place)
        if by == "both" and self._labels[place]:
            scores = (scores + self._shared(place)) / 2
        scores[place] = -1
        return self._chosen(scores, most, diversity)

    def _content(self, row: Vectors, text: str | int) -> Scores:
        """(n,): the mean of cosine and words in common, each as a share of the best there is."""
        query = terms(text) if isinstance(text, str) else self._terms[text]
        cosines = np.maximum(self._rows @ row, 0).astype(np.float64)
        common = self._index.scores(np.unique(query)) / self._norms
        if isinstance(text, int):
            cosines[text] = common[text] = 0
        return (_of_best(cosines) + _of_best(common)) / 2

    def _shared(self, place: int) -> Scores:
        """(n,): the rarity of the labels shared with the text at `place`, over that of all that the two have."""
        own = self._labels[place]
        scores = np.zeros(len(self._labels))
        for other in {other for label in own for other in self._with[label]}:
            both, either = own & self._labels[other], own | self._labels[other]
            scores[other] = sum(self._rarity[label] for label in both) / max(
                sum(self._rarity[label] for label in either), 1e-9
            )
        return scores

    def _chosen(self, scores: Scores, most: int, diversity: float) -> list[Near]:
        """The best by marginal relevance (Carbonell and Goldstein 1998): less `diversity` x likeness to those before."""
        pool = np.argsort(-scores.round(6), kind="stable")[: most * POOL]
        pool = pool[scores[pool] > 0]
        worth = scores[pool].copy()
        nearest = np.zeros(len(pool))
        chosen: list[Near] = []
        while len(chosen) < min(most, len(pool)):
            best = int((worth - diversity * nearest).argmax())
            chosen.append(Near(int(pool[best]), float(scores[pool[best]])))
            worth[best] = -np.inf
            nearest = np.maximum(nearest, self._rows[pool] @ self._rows[pool[best]])
        return chosen


def _of_best(scores: Scores) -> Scores:
    return scores / max(float(scores.max(initial=0)), 1e-9)
