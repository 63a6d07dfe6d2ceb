"""Choose between networks by what they say of examples held out. Knows nothing of texts or students."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linnaeus.distill.calibrating import loss, slope_of
from linnaeus.distill.training import DEEP, LINEAR, Data, Settings
from linnaeus.distill.trial import Places, Said, parts_of, without
from linnaeus.student.words import Floats

BOTH = (LINEAR, DEEP)
CANDIDATES = ((0,), (1,), (0, 1))

Slopes = tuple[float, ...]


def choose(data: Data) -> tuple[tuple[Settings, ...], Slopes]:
    """The networks that predict a fifth of the examples best, and their slopes."""
    settings, slopes, _ = tried(data, parts_of(len(data))[0])
    return settings, slopes


def tried(data: Data, part: Places) -> tuple[tuple[Settings, ...], Slopes, Said]:
    """The networks that predict the examples of `part` best, their slopes, and what they say of them."""
    said = without(data, part, BOTH)
    best, slopes = _best(data, said)
    kept = tuple(said.logits[place] for place in best)
    return tuple(BOTH[place] for place in best), slopes, said._replace(logits=kept)


def summed(said: Said, slopes: Slopes) -> Floats:
    """The log-odds (m, labels) of a committee."""
    found = (logits * np.float32(slope) for logits, slope in zip(said.logits, slopes, strict=True))
    return np.asarray(sum(found), np.float32)


def labelled(data: Data, places: Places) -> NDArray[np.int64]:
    """Which of `places` count for chances: where a text has one label, those that have it."""
    kept = np.ones(len(places), np.bool_) if data.several else np.diff(data.labels.indptr)[places] > 0
    return np.flatnonzero(kept)


def _best(data: Data, said: Said) -> tuple[tuple[int, ...], Slopes]:
    """The candidate with the least loss, as places in BOTH, and the slope of each of its networks."""
    kept = labelled(data, said.places)
    labels = data.labels[said.places[kept]]
    slopes = [slope_of(logits[kept], labels, data.several) for logits in said.logits]
    found = []
    for candidate in CANDIDATES:
        shares = tuple(slopes[place] / len(candidate) for place in candidate)
        own = Said(said.places, tuple(said.logits[place] for place in candidate), said.centres)
        found.append((loss(summed(own, shares)[kept], labels, data.several), candidate, shares))
    _, best, shares = min(found)
    return best, shares
