"""The likeliest labels of texts in a project: from examples where there are any, else from what labels are called."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.entries import Entries
from linnaeus.closed.project import Ids
from linnaeus.closed.source import NOWHERE, Candidates
from linnaeus.closed.teaching import Learnt, learnt
from linnaeus.closed.trusted import Trusted
from linnaeus.closed.zero_shot import ZeroShot
from linnaeus.store import CachedVectors, Store
from linnaeus.taxonomy import Taxonomy

KIND = "zero-shot"
Floats = NDArray[np.float32]


class Reason(NamedTuple):
    """The place of a label, how likely it fits, and the figures that speak for it, by name."""

    place: int
    chance: float
    figures: dict[str, float]


class FromExamples:
    """What was taught; labels that were removed since are left out, and those added since are not known yet."""

    def __init__(self, learnt: Learnt, vectors: CachedVectors, ids: Ids) -> None:
        self._taught, self._vectors = learnt.taught, vectors
        places = np.minimum(np.searchsorted(ids, learnt.ids), len(ids) - 1)
        there = ids[places] == learnt.ids
        self._place = np.append(np.where(there, places, NOWHERE), NOWHERE).astype(
            np.int32
        )  # the last for NOWHERE

    def shortlist(self, texts: Sequence[str], most: int) -> Candidates:
        """Up to `most` places for each text, with probabilities."""
        vectors = self._vectors.embed(texts) if self._taught.with_vectors else None
        found = self._taught.candidates(texts, vectors, most)
        places = self._place[found.places]
        gone = places == NOWHERE
        order = np.argsort(gone, axis=1, kind="stable")
        scores = np.where(gone, np.float32(0), found.scores)
        return Candidates(np.take_along_axis(places, order, 1), np.take_along_axis(scores, order, 1))

    def nothing(self, scores: Floats) -> None:
        """Labels fit as if each by itself: they were fitted with texts that have none."""

    def reasons(self, text: str, most: int) -> list[Reason]:
        """The likeliest labels of a text and what each source says of them."""
        vectors = self._vectors.embed([text]) if self._taught.with_vectors else None
        pairs, figures = self._taught.figures([text], vectors)
        odds, chances = self._taught.ranker.score(figures)
        best = [one for one in np.argsort(-odds, kind="stable") if self._place[pairs.indices[one]] != NOWHERE]
        return [
            Reason(
                int(self._place[pairs.indices[one]]),
                float(chances[one]),
                {name: float(values[one]) for name, values in figures.items()},
            )
            for one in best[:most]
        ]


class FromNames:
    """What names, synonyms and descriptions say."""

    def __init__(self, trusted: Trusted, vectors: CachedVectors) -> None:
        self._trusted, self._vectors = trusted, vectors

    def shortlist(self, texts: Sequence[str], most: int) -> Candidates:
        """Up to `most` places for each text, with probabilities."""
        return self._trusted.candidates(texts, self._vectors.codes(texts), most)

    def nothing(self, scores: Floats) -> NDArray[np.float64]:
        """The chance (n,) that no label fits texts with such probabilities (n, k)."""
        return self._trusted.trust.none(scores)

    def reasons(self, text: str, most: int) -> list[Reason]:
        """The likeliest labels of a text; what speaks for each is its name alone."""
        found = self.shortlist([text], most)
        return [
            Reason(place, score, {})
            for place, score in zip(found.places[0].tolist(), found.scores[0].tolist(), strict=True)
            if place != NOWHERE
        ]


class ProjectShortlist:
    """The best there is for the taxonomy of a project, opened when it is first asked; what is made for it is kept."""

    def __init__(self, store: Store, vectors: CachedVectors, taxonomy: Taxonomy, ids: Ids) -> None:
        self._store, self._vectors, self._taxonomy, self._ids = store, vectors, taxonomy, ids

    @cached_property
    def _best(self) -> FromExamples | FromNames:
        known = learnt(self._store)
        if known is not None:
            return FromExamples(known, self._vectors, self._ids)
        return FromNames(Trusted(_zero_shot(self._store, self._taxonomy, self._vectors)), self._vectors)

    def shortlist(self, texts: Sequence[str], most: int) -> Candidates:
        """Up to `most` places for each text, with probabilities."""
        return self._best.shortlist(texts, most)

    def nothing(self, scores: Floats) -> NDArray[np.float64] | None:
        """The chance (n,) that no label fits texts with such probabilities (n, k)."""
        return self._best.nothing(scores)

    def reasons(self, text: str, most: int) -> list[Reason]:
        """The likeliest labels of a text, best first, and what every source says of them."""
        return self._best.reasons(text, most)

    def forget(self) -> None:
        """Look at the project anew when next asked: more was learnt."""
        self.__dict__.pop("_best", None)


def _zero_shot(store: Store, taxonomy: Taxonomy, vectors: CachedVectors) -> ZeroShot:
    """From the store, if it was made for this version of the taxonomy."""
    version = f"{store.generation()} {vectors.name}"
    if store.meta("zero_shot_of") == version:
        return ZeroShot.from_arrays(store.arrays(KIND), vectors.codes)
    entries = Entries.of(list(taxonomy.names), list(taxonomy.synonyms), list(taxonomy.descriptions))
    made = ZeroShot.of(entries, vectors.codes(entries.texts), taxonomy.parents, vectors.codes)
    with store.writing():
        store.set_arrays(KIND, made.to_arrays())
        store.set_meta("zero_shot_of", version)
    return made
