"""How near the texts of a stream are to each other, from their vectors alone. Knows nothing of labels or models."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linnaeus.index import cosines, units
from linnaeus.types import Codes

SAMPLE = 4096  # texts that stand for all of a longer stream
BLOCK = 2048
FEW = 10


@dataclass(frozen=True, slots=True)
class Nearness:
    """`nearest` (n,): the cosine of each text, or of a sample, to the nearest other one; 0 where there is none.

    `sorted`: how much more alike neighbours in the stream are than texts at random (difference of mean cosines): about 0
    for a shuffled stream, more where texts of a kind stand together.
    """

    nearest: NDArray[np.float64]
    sorted: float


def nearness(texts: Codes, memory: Codes) -> Nearness:
    """What a stream of `texts` (n, d) looks like beside what was asked before, `memory` (m, d)."""
    places = np.unique(np.linspace(0, len(texts) - 1, min(len(texts), SAMPLE)).astype(np.intp))
    nearest = np.zeros(len(places))
    for first in range(0, len(places), BLOCK):
        some = slice(first, first + BLOCK)
        for start in range(0, len(texts), BLOCK):
            near = cosines(texts[places[some]], texts[start : start + BLOCK])
            own = places[some] - start
            inside = np.flatnonzero((own >= 0) & (own < near.shape[1]))
            near[inside, own[inside]] = 0.0
            nearest[some] = np.maximum(nearest[some], near.max(axis=1))
        for start in range(0, len(memory), BLOCK):
            near = cosines(texts[places[some]], memory[start : start + BLOCK])
            nearest[some] = np.maximum(nearest[some], near.max(axis=1))
    return Nearness(nearest, _sorted(texts, places))


def _sorted(texts: Codes, places: NDArray[np.intp]) -> float:
    """The mean cosine of neighbours less that of texts a third of the stream apart and more; 0 for few texts."""
    if len(texts) < FEW:
        return 0.0
    here = units(texts[places])

    def alike(step: int) -> float:
        there = units(texts[(places + step) % len(texts)])
        return float(np.einsum("ij,ij->i", here, there).mean())

    return alike(1) - (alike(len(texts) // 2) + alike(len(texts) // 3)) / 2
