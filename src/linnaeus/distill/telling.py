"""Which texts a person should label next: those that are in doubt, and of these some of every kind. Learns nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linnaeus.distill.distil import Distilled
from linnaeus.distill.examples import Examples
from linnaeus.store import CachedVectors, Store
from linnaeus.student.words import Floats


def next_texts(
    store: Store, vectors: CachedVectors, examples: Examples, made: Distilled, wanted: int
) -> list[tuple[str, str, float]]:
    """Up to `wanted` texts of a project that no person has labelled, each with its likeliest label and how likely that is.

    What was learnt from a text does not count for it, where it was held out.
    """
    given = {text for text, _ in store.examples()}
    texts = list(dict.fromkeys(row[2] for row in store.export_rows() if row[2] not in given))
    if not texts:
        return []
    rows = vectors.embed(texts)
    likely = made.student.look(texts, rows).chances
    places = {text: place for place, text in enumerate(texts)}
    for chances, place in zip(made.chances, made.places.tolist(), strict=True):
        if examples.texts[place] in places:
            likely[places[examples.texts[place]]] = chances
    found = telling(likely, rows, wanted, several=examples.several).tolist()
    names = made.student.about.labels
    return [(texts[at], names[likely[at].argmax()], round(float(likely[at].max()), 4)) for at in found]


def telling(likely: Floats, vectors: Floats, wanted: int, *, several: bool) -> NDArray[np.int64]:
    """The places of up to `wanted` texts by the chances of their labels (n, labels) and unit rows (n, d), the first first.

    One after the other the text with the largest product of doubt and distance from those already taken. Ties go to the
    earlier text.
    """
    left = doubt(likely, several=several)
    found: list[int] = []
    for _ in range(min(wanted, len(left))):
        best = int(left.argmax())
        found.append(best)
        left *= np.clip(1 - vectors @ vectors[best], 0, 1)  # (n,)
        left[found] = -1.0
    return np.array(found, np.int64)


def doubt(likely: Floats, *, several: bool) -> NDArray[np.float64]:
    """How much in doubt each text is (n,), 0 to 1: 1 less the margin of the two likeliest labels (Scheffer et al. 2001).

    Where a text may have several labels: how near the least certain of them is to an even chance.
    """
    chances = likely.astype(np.float64)
    if several:
        return np.asarray(1 - np.abs(2 * chances - 1).min(axis=1, initial=1.0))
    two = np.partition(chances, -2, axis=1)[:, -2:]  # (n, 2), the likelier last
    return np.asarray(1 - (two[:, 1] - two[:, 0]))
