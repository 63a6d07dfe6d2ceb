"""The likeliest labels of texts in a project: from examples where there are any, else from what labels are called."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.entries import Entries
from linnaeus.closed.project import load
from linnaeus.closed.source import NOWHERE, Candidates, Source
from linnaeus.closed.teaching import Learnt, learnt
from linnaeus.closed.zero_shot import ZeroShot
from linnaeus.store import CachedVectors, Store
from linnaeus.taxonomy import Taxonomy

KIND = "zero-shot"


class FromExamples:
    """What was taught; labels that were removed since are left out."""

    def __init__(self, learnt: Learnt, vectors: CachedVectors, ids: NDArray[np.int64]) -> None:
        self._taught, self._vectors, self.ids = learnt.taught, vectors, learnt.ids
        self._gone = ~np.isin(learnt.ids, ids)

    def shortlist(self, texts: Sequence[str], most: int) -> Candidates:
        """Up to `most` places for each text, with probabilities."""
        vectors = self._vectors.embed(texts) if self._taught.with_vectors else None
        found = self._taught.candidates(texts, vectors, most)
        if not self._gone.any():
            return found
        gone = (found.places != NOWHERE) & self._gone[found.places]
        order = np.argsort(gone, axis=1, kind="stable")
        places = np.where(gone, NOWHERE, found.places)
        scores = np.where(gone, np.float32(0), found.scores)
        return Candidates(np.take_along_axis(places, order, 1), np.take_along_axis(scores, order, 1))


class FromNames:
    """What names, synonyms and descriptions say."""

    def __init__(self, trusted: Source, vectors: CachedVectors, ids: NDArray[np.int64]) -> None:
        self._trusted, self._vectors, self.ids = trusted, vectors, ids

    def shortlist(self, texts: Sequence[str], most: int) -> Candidates:
        """Up to `most` places for each text, with probabilities."""
        return self._trusted.candidates(texts, self._vectors.codes(texts), most)


class ProjectShortlist:
    """The best there is for the taxonomy of a project, opened when it is first asked; what is made for it is kept."""

    def __init__(self, store: Store, vectors: CachedVectors) -> None:
        self._store, self._vectors = store, vectors

    @cached_property
    def _best(self) -> FromExamples | FromNames:
        taxonomy, ids = load(self._store)
        known = learnt(self._store)
        if known is not None:
            return FromExamples(known, self._vectors, ids)
        from linnaeus.closed.trust import Trusted

        return FromNames(Trusted(_zero_shot(self._store, taxonomy, self._vectors)), self._vectors, ids)

    @property
    def ids(self) -> NDArray[np.int64]:
        """The label at each place that it speaks of."""
        return self._best.ids

    def shortlist(self, texts: Sequence[str], most: int) -> Candidates:
        """Up to `most` places for each text, with probabilities."""
        return self._best.shortlist(texts, most)

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
