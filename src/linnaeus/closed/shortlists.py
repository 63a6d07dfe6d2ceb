"""The likeliest labels of texts in a project: from examples where there are any, else from what labels are called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.dense import Dense
from linnaeus.closed.few import Few, log_odds
from linnaeus.closed.label_sets import chosen, margins
from linnaeus.closed.named import before, trusted
from linnaeus.closed.project import Ids
from linnaeus.closed.source import MAY_FIT, NOWHERE, Candidates, Shortlisted
from linnaeus.closed.taught.model import Taught
from linnaeus.closed.taught.parts import Parts
from linnaeus.closed.taught.renewed import Named
from linnaeus.closed.taught.sparse import rows_of
from linnaeus.closed.teaching import few_learnt, learnt
from linnaeus.closed.trusted import Trusted
from linnaeus.store import CachedVectors, Look, Store, content_key
from linnaeus.taxonomy import Taxonomy

Floats = NDArray[np.float32]
Reaching: TypeAlias = Callable[[Sequence[str], Sequence[Floats]], NDArray[np.bool_]]
"""Texts (n) and the floors of each (f,) to whether one of certain labels may fit it (n,)."""


class Reason(NamedTuple):
    """The place of a label, how likely it fits, and the figures that speak for it, by name."""

    place: int
    chance: float
    figures: dict[str, float]


def reasons_of(found: Candidates) -> list[Reason]:
    """The candidates of one text, without figures."""
    return [
        Reason(place, score, {})
        for place, score in zip(found.places[0].tolist(), found.scores[0].tolist(), strict=True)
        if place != NOWHERE
    ]


class FromExamples:
    """What was taught."""

    def __init__(self, taught: Taught, vectors: CachedVectors) -> None:
        self._taught, self._vectors = taught, vectors

    def shortlist(self, texts: Sequence[str], most: int) -> Shortlisted:
        """Up to `most` places for each text, with probabilities; a text of unusually many sentences by each of them too."""
        found, floors = self._taught.shortlist(texts, self._embedded(texts), most)
        parts = Parts.of(texts, beyond=self._taught.sentences)
        if not parts.texts:
            return Shortlisted(found, floors)
        of_parts = self._taught.candidates(parts.texts, self._embedded(parts.texts), most)
        floors[parts.owners] = -1  # any label may fit one of its sentences
        return Shortlisted(parts.joined(found, of_parts), floors)

    def nothing(self, scores: Floats) -> NDArray[np.float64]:
        """The chance (n,) that no label fits texts with such probabilities (n, k)."""
        return self._taught.none(scores)

    def counts(self, scores: Floats) -> NDArray[np.intp]:
        """How many of the first labels (n,) to give: those from the probability on that examples say is best."""
        return self._taught.counts(scores)

    def reasons(self, text: str, most: int) -> list[Reason]:
        """The likeliest labels of a text and what each source says of them."""
        pairs, figures = self._taught.figures([text], self._embedded([text]))
        odds, chances = self._taught.ranker.score(figures, rows_of(pairs))
        return [
            Reason(
                int(pairs.indices[one]),
                float(chances[one]),
                {name: float(values[one]) for name, values in figures.items()},
            )
            for one in np.argsort(-odds, kind="stable")[:most]
        ]

    def reaching(self, places: NDArray[np.intp]) -> Reaching:
        """See `ProjectShortlist.reaching`: names that stand in a text as a whole, or are as near as what may fit it."""
        named = Named(self._taught, places)
        return lambda texts, floors: named.reach(texts, self._embedded(texts), floors)

    def _embedded(self, texts: Sequence[str]) -> Floats | None:
        return self._vectors.embed(texts) if self._taught.with_vectors else None


class FromNames:
    """What names, synonyms and descriptions say."""

    def __init__(self, trusted: Trusted, vectors: CachedVectors) -> None:
        self._trusted, self._vectors = trusted, vectors

    def shortlist(self, texts: Sequence[str], most: int) -> Shortlisted:
        """Up to `most` places for each text, with probabilities."""
        return self._trusted.shortlist(texts, self._vectors.codes(texts), most)

    def nothing(self, scores: Floats) -> NDArray[np.float64]:
        """The chance (n,) that no label fits texts with such probabilities (n, k)."""
        return self._trusted.trust.none(scores)

    def counts(self, scores: Floats) -> NDArray[np.intp]:
        """How many of the first labels (n,) to give: the set with the highest expected F1."""
        return chosen(scores, self.nothing(scores))

    def reasons(self, text: str, most: int) -> list[Reason]:
        """The likeliest labels of a text; what speaks for each is its name alone."""
        return reasons_of(self.shortlist([text], most).candidates)

    def reaching(self, places: NDArray[np.intp]) -> Reaching:
        """See `ProjectShortlist.reaching`."""
        only = self._trusted.only(places)
        return lambda texts, floors: only.reach(texts, self._vectors.codes(texts), floors)

    def shaken(self, places: NDArray[np.intp], before: Dense, least: float) -> Reaching:
        """See `ProjectShortlist.shaken`."""
        only = self._trusted.only(places)
        return lambda texts, floors: only.shaken(texts, self._vectors.codes(texts), floors, before, least)


class FromFew:
    """What names say, and a few examples."""

    def __init__(self, few: Few, names: FromNames, vectors: CachedVectors) -> None:
        self._few, self._names, self._vectors = few, names, vectors

    def shortlist(self, texts: Sequence[str], most: int) -> Shortlisted:
        """Up to `most` places for each text, with probabilities."""
        named, floors = self._names.shortlist(texts, most)
        places, chances = self._few.chances(self._vectors.codes(texts), named.places, log_odds(named.scores))
        scores = chances.astype(np.float32)
        order = np.lexsort((places, -scores), axis=1)[:, :most]
        found = Candidates(np.take_along_axis(places, order, 1), np.take_along_axis(scores, order, 1))
        floors[:, -1] = margins(found.scores, self.nothing(found.scores))
        return Shortlisted(found, floors)

    def nothing(self, scores: Floats) -> NDArray[np.float64]:
        """The chance (n,) that no label fits texts with such probabilities (n, k)."""
        return self._few.trust.none(scores)

    def counts(self, scores: Floats) -> NDArray[np.intp]:
        """How many of the first labels (n,) to give: the set with the highest expected F1."""
        return chosen(scores, self.nothing(scores))

    def reasons(self, text: str, most: int) -> list[Reason]:
        """The likeliest labels of a text; what speaks for each are its name and its nearest example."""
        codes = self._vectors.codes([text])
        return [
            Reason(reason.place, reason.chance, self._few.nearest(codes, reason.place))
            for reason in reasons_of(self.shortlist([text], most).candidates)
        ]

    def reaching(self, places: NDArray[np.intp]) -> Reaching:
        """See `ProjectShortlist.reaching`."""
        return self._names.reaching(places)

    def shaken(self, places: NDArray[np.intp], before: Dense, least: float) -> Reaching:
        """See `ProjectShortlist.shaken`."""
        return self._names.shaken(places, before, least)


class ProjectShortlist:
    """The best there is for the taxonomy of a project, opened when it is first asked; what is made for it is kept."""

    def __init__(self, store: Store, vectors: CachedVectors, taxonomy: Taxonomy, ids: Ids) -> None:
        self._store, self._vectors, self._taxonomy, self._ids = store, vectors, taxonomy, ids

    @cached_property
    def _best(self) -> FromExamples | FromNames | FromFew:
        taught = learnt(self._store, self._vectors, self._taxonomy, self._ids)
        if taught is not None:
            return FromExamples(taught, self._vectors)
        named = trusted(self._store, self._taxonomy, self._ids, self._vectors)
        names = FromNames(named, self._vectors)
        few = few_learnt(self._store, self._ids)
        return names if few is None else FromFew(few, names, self._vectors)

    def shortlist(self, texts: Sequence[str], most: int) -> Candidates:
        """Up to `most` places for each text, with probabilities. What these hang on is kept (`touched.py`)."""
        found, floors = self._best.shortlist(texts, most)
        looks = [
            (content_key(text), Look(self._ids[_may_fit(*row)], own))
            for text, row, own in zip(texts, zip(*found, strict=True), floors, strict=True)
        ]
        self._store.keep_looks(looks)
        return found

    def nothing(self, scores: Floats) -> NDArray[np.float64] | None:
        """The chance (n,) that no label fits texts with such probabilities (n, k)."""
        return self._best.nothing(scores)

    def counts(self, scores: Floats) -> NDArray[np.intp]:
        """How many of the first labels (n,) to give texts with such probabilities (n, k)."""
        return self._best.counts(scores)

    def reasons(self, text: str, most: int) -> list[Reason]:
        """The likeliest labels of a text, best first, and what every source says of them."""
        return self._best.reasons(text, most)

    def reaching(self, places: NDArray[np.intp]) -> Reaching:
        """What says of texts and their floors which of them any label at `places` may fit."""
        return self._best.reaching(places)

    def shaken(self, places: NDArray[np.intp], least: float) -> Reaching:
        """What says of texts and their floors which may get other labels, as the labels at `places` have other paths now.

        `least`: by how much all scores have changed.
        """
        best = self._best  # opening it keeps what was before
        if isinstance(best, FromExamples):  # paths play no part
            return lambda texts, floors: np.zeros(len(texts), np.bool_)
        was = before(self._store)
        if was is None:
            return best.reaching(places)
        _, now, then = np.intersect1d(self._ids[places], was.ids, assume_unique=True, return_indices=True)
        return best.shaken(places[now], was.dense.only(then), least)


def _may_fit(places: NDArray[np.int32], scores: Floats) -> NDArray[np.int32]:
    """The places that may fit a text, at least the likeliest if there is any."""
    wanted = (scores >= MAY_FIT) & (places != NOWHERE)
    wanted[:1] |= places[:1] != NOWHERE
    found: NDArray[np.int32] = places[wanted]
    return found
