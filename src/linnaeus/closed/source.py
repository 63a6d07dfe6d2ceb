"""What may find labels for texts: a source gives the best few, a scorer says of every label how much speaks for it.

Labels are places, 0 to their number less one; who they are is for the caller to know.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from linnaeus.index.best import best
from linnaeus.types import Codes

NOWHERE = -1
MAY_FIT = 0.07
"""The probability from which a label counts for what a text is given; what is less likely hardly moves an answer."""


class Candidates(NamedTuple):
    """`places` (n, most): labels for each of n texts, best first, ties to the earlier place; -1 past the last.

    `scores` (n, most) falls along a row; 0 where there is no label.
    """

    places: NDArray[np.int32]
    scores: NDArray[np.float32]


class Shortlisted(NamedTuple):
    """Candidates with probabilities, and `floors` (n, f): what another label has to reach to be one that may fit."""

    candidates: Candidates
    floors: NDArray[np.float32]


class Source(Protocol):
    """Finds labels for texts."""

    name: str

    def candidates(self, texts: Sequence[str], codes: Codes, most: int) -> Candidates:
        """Return up to `most` labels for each of `texts` (n); `codes` (n, d) are their quantised vectors."""
        ...


class Scorer(Protocol):
    """Says of every label how much speaks for it."""

    name: str

    def scores(self, texts: Sequence[str], codes: Codes) -> NDArray[np.float32]:
        """Return (n, labels). A row depends on its own text alone."""
        ...


class Shortlist(Protocol):
    """The labels worth showing a model for each text; `scores` are probabilities."""

    def shortlist(self, texts: Sequence[str], most: int) -> Candidates:
        """Return up to `most` labels for each of `texts` (n). A row depends on its own text alone."""
        ...


class Calibrated(Shortlist, Protocol):
    """A shortlist that knows how likely none of its labels fits, and how many of them to give."""

    def nothing(self, scores: NDArray[np.float32]) -> NDArray[np.floating[Any]] | None:
        """The chance (n,) that no label fits texts with such probabilities (n, k); None: as if labels were independent."""
        ...

    def counts(self, scores: NDArray[np.float32]) -> NDArray[np.intp]:
        """How many of the first labels (n,) to give texts with such probabilities (n, k)."""
        ...


class Alone:
    """One scorer as a source: the labels that it scores above 0."""

    def __init__(self, scorer: Scorer, *, texts_at_a_time: int = 64) -> None:
        self.name = scorer.name
        self._scorer, self._step = scorer, texts_at_a_time

    def candidates(self, texts: Sequence[str], codes: Codes, most: int) -> Candidates:
        """Return up to `most` labels for each of `texts`."""
        found = empty(len(texts), most)
        for start in range(0, len(texts), self._step):
            part = slice(start, start + self._step)
            for row, scores in enumerate(self._scorer.scores(texts[part], codes[part]), start):
                places = best(scores, most, above=0.0)
                fill(found, row, places, scores[places])
        return found


def empty(texts: int, most: int) -> Candidates:
    """No label for any text."""
    places = np.full((texts, most), NOWHERE, np.int32)
    return Candidates(places, np.zeros((texts, most), np.float32))


def fill(found: Candidates, row: int, places: NDArray[np.integer[Any]], scores: NDArray[np.float32]) -> None:
    """Write the labels of one text (k,), best first, and their scores (k,) into `found`."""
    found.places[row, : len(places)] = places
    found.scores[row, : len(places)] = scores
