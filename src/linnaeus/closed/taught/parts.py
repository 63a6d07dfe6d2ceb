"""Texts of more sentences than examples have, sentence by sentence: each may be about something else. Knows no label.

Where examples have several sentences themselves, a sentence is no text of its own: of Banking77's questions that have
several, 76.7% get the right label as a whole and 72.7% if their sentences are looked at (research/LOG-taxonomies.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from linnaeus.closed.source import NOWHERE, Candidates, empty, fill

FEW = 2  # sentences that examples have: where they usually have more, texts are documents and looked at as wholes
USUAL = 0.95  # share of the examples that have no more sentences than is usual
MOST = 20  # sentences of a text that are looked at
_END = re.compile(r"(?<=[.!?;])\s+|\n+")


def sentences(text: str) -> list[str]:
    """The stretches of a text between full stops and the like, of two words and more."""
    return [part for part in _END.split(text) if len(part.split()) > 1]


def usual(texts: Sequence[str]) -> int:
    """How many sentences texts such as these have at most, but for a few."""
    counts = [len(sentences(text)) for text in texts]
    return max(1, int(np.quantile(counts, USUAL, method="lower")))


class Parts(NamedTuple):
    """The sentences of some texts, and the place of the text of each."""

    texts: list[str]
    owners: list[int]

    @classmethod
    def of(cls, texts: Sequence[str], beyond: int) -> Parts:
        """Of those texts that have more than so many, where these are `FEW` at most."""
        found = [(part, place) for place, text in enumerate(texts) for part in _some(text, beyond)]
        return cls([part for part, _ in found], [place for _, place in found])

    def joined(self, whole: Candidates, parts: Candidates) -> Candidates:
        """A label of a text is as likely as by the text or by any of its sentences."""
        found = empty(*whole.places.shape)
        chances = [_chances(whole, row) for row in range(len(whole.places))]
        for row, owner in enumerate(self.owners):
            for place, chance in _chances(parts, row).items():
                chances[owner][place] = max(chance, chances[owner].get(place, 0.0))
        for row, own in enumerate(chances):
            best = sorted(own, key=lambda place: -own[place])[: whole.places.shape[1]]
            fill(found, row, np.array(best, np.intp), np.array([own[place] for place in best], np.float32))
        return found


def _some(text: str, beyond: int) -> list[str]:
    parts = sentences(text)
    return parts[:MOST] if beyond <= FEW and len(parts) > beyond else []


def _chances(found: Candidates, row: int) -> dict[int, float]:
    """The labels of a text, best first."""
    pairs = zip(found.places[row].tolist(), found.scores[row].tolist(), strict=True)
    return {place: score for place, score in pairs if place != NOWHERE}
