"""What words seem to mean, from vectors of the texts that they stand in: enough to tell which phrases to embed.

Knows nothing of embedders, and nothing of groups but their centroids.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from linnaeus.types import Vectors


def guessed_vectors(
    phrases: Sequence[Collection[str]], texts: Sequence[Collection[str]], vectors: Vectors
) -> Vectors:
    """Unit rows (p, d) for phrases, each a few stems; zeros for one whose stems are in none of `texts`.

    `vectors` (n, d) are those of the texts, whose stems are given too. A text is taken for the sum of its words, so those of
    a word are found by ridge regression, which tells words that come together apart; a mean does not.
    """
    both = set().union(*phrases) & set().union(*texts)
    places = {stem: place for place, stem in enumerate(sorted(both))}
    held = incidence(texts, places)
    words = np.linalg.solve(held.T @ held + np.eye(len(places), dtype=np.float32), held.T @ vectors)  # (w, d)
    sums = incidence(phrases, places) @ words
    return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9), np.float32)


def incidence(texts: Sequence[Collection[str]], places: dict[str, int]) -> Vectors:
    """(n, w): 1 where a text has a stem."""
    out = np.zeros((len(texts), len(places)), np.float32)
    for row, stems in enumerate(texts):
        out[row, [places[stem] for stem in stems if stem in places]] = 1
    return out
