"""Choose between networks by what they say of examples held out. Knows nothing of texts or students."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linnaeus.distill.calibrating import loss, slope_of
from linnaeus.distill.margin import MARGIN
from linnaeus.distill.training import DEEP, LINEAR, Data, Settings
from linnaeus.distill.trial import MANY, Fit, Places, Said, network_of, parts_of, without
from linnaeus.metrics.cut import best_cut
from linnaeus.student.words import Floats

CANDIDATES = ((LINEAR,), (DEEP,), (LINEAR, DEEP), (MARGIN,), (DEEP, MARGIN))
MOST_MARGINS = 2_000_000  # texts times labels, from which on a machine takes longer than a network

Slopes = tuple[float, ...]


def choose(data: Data) -> tuple[tuple[Settings, ...], Slopes]:
    """The networks that predict a fifth of the examples best, and their slopes."""
    settings, slopes, _ = tried(data, parts_of(data)[0])
    return settings, slopes


def tried(data: Data, part: Places, fitting: Fit = network_of) -> tuple[tuple[Settings, ...], Slopes, Said]:
    """The networks that predict the examples of `part` best, their slopes, and what they say of them."""
    settings = _suited(data)
    said = without(data, part, settings, fitting)
    best, slopes = _best(data, said, settings)
    kept = tuple(said.logits[settings.index(one)] for one in best)
    return best, slopes, said._replace(logits=kept)


def _suited(data: Data) -> list[Settings]:
    """The networks to try: machines for texts alone, and from 20,000 examples on, to save time, one and no choice."""
    if len(data) > MANY:
        return [DEEP]
    suits = data.words.matrix.shape[1] and len(data) * data.labels.shape[1] <= MOST_MARGINS
    return [LINEAR, DEEP, *([MARGIN] if suits else [])]


def summed(said: Said, slopes: Slopes) -> Floats:
    """The log-odds (m, labels) of a committee."""
    return _added(said.logits, slopes)


def _added(logits: Sequence[Floats], slopes: Slopes) -> Floats:
    return np.asarray(
        sum(own * np.float32(slope) for own, slope in zip(logits, slopes, strict=True)), np.float32
    )


def labelled(data: Data, places: Places) -> NDArray[np.int64]:
    """Which of `places` count for chances: where a text has one label, those that have it."""
    kept = np.ones(len(places), np.bool_) if data.several else np.diff(data.labels.indptr)[places] > 0
    return np.flatnonzero(kept)


def _best(data: Data, said: Said, settings: list[Settings]) -> tuple[tuple[Settings, ...], Slopes]:
    """The candidate with the least product of error and log-loss, and the slope of each of its networks.

    Of a product a gain of a tenth counts the same in either: answers are to be right, and chances to say when they are not.
    """
    kept = labelled(data, said.places)
    labels = data.labels[said.places[kept]]
    logits = dict(zip(settings, (own[kept] for own in said.logits), strict=True))
    slopes = {one: slope_of(own, labels, data.several) for one, own in logits.items()}
    found = []
    for place, candidate in enumerate(CANDIDATES):
        if not set(candidate) <= set(settings):
            continue
        shares = tuple(slopes[one] / len(candidate) for one in candidate)
        both = _added([logits[one] for one in candidate], shares)
        off = _error(both, labels, data.several) * loss(both, labels, data.several)
        found.append((off, place, shares))
    _, best, shares = min(found)
    return CANDIDATES[best], shares


def _error(logits: Floats, labels: Any, several: bool) -> float:
    """The share of texts whose likeliest label is wrong; of `several` labels what micro-F1 lacks at its best cut."""
    right = labels.toarray() > 0
    if several:
        return 1 - best_cut(logits.ravel(), right.ravel(), int(right.sum())).f1
    return 1 - float(right[np.arange(len(right)), logits.argmax(axis=1)].mean())
