"""What speaks for each candidate of a text, in figures that mean the same in any taxonomy. Knows no coefficient.

Which figures, and what each is worth: research/LOG-taxonomies.md, "Trust without examples".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.fused import Looked
from linnaeus.closed.lexical import Lexical

Floats = NDArray[np.float64]

SIGNS = (
    "one",  # 1: the constant
    "centred",  # cosine with the label's name, path and description, less the mean of the text's with all labels
    "name",  # share of the label's name that the text has: words and pieces by their rarity
    "contained",  # rarity of the name if it stands in the text whole: 1 for a word that no other name has
    "lead",  # of the fused score over the best other one; negative from the second on
    "crowd",  # log of how many candidates are about as near or nearer by cosine, itself included
    "pack",  # the same by fused score
    "rank",  # log of the place among candidates, from 1
    "labels",  # log of the labels of the taxonomy
)
NEAR = 0.05
"""Cosines that far apart are "about as near"."""
PACKED = 0.1
"""Fused scores that far apart are about as good."""


def signs_of(texts: Sequence[str], looked: Looked, lexical: Lexical, labels: int) -> Floats:
    """The figures (n, k, d) of the candidates of `texts` (n), in the order of SIGNS; all 0 where there is no label.

    `looked` has dense, pieces and contained as parts; `labels`: how many there are. A row depends on its own text alone.
    """
    places, totals = looked.found.places, looked.found.scores.astype(np.float64)
    held = places >= 0
    cosines = looked.parts[:, :, 0].astype(np.float64)
    names = np.zeros(places.shape)
    for row, text in enumerate(texts):
        names[row, held[row]] = lexical.shares(text, places[row, held[row]].astype(np.intp))[:, 0]
    columns = [
        np.ones(1),
        cosines - looked.mean[:, None],
        names,
        looked.parts[:, :, 2] / np.log1p(max(labels, 1)),
        _lead(totals, held),
        _crowd(cosines, held, NEAR),
        _crowd(totals, held, PACKED),
        np.log1p(np.arange(places.shape[1])),
        np.log([max(labels, 1)]),
    ]
    found: Floats = np.stack([np.where(held, column, 0.0) for column in columns], axis=2)
    return found


def _lead(scores: Floats, held: NDArray[np.bool_]) -> Floats:
    """By how much each of (n, k) is over the best other one; over 0 if there is no other."""
    if not scores.shape[1]:
        return scores
    own = np.where(held, scores, -np.inf)
    best = own.argmax(axis=1)[:, None]
    first = np.take_along_axis(own, best, axis=1)
    rest = own.copy()
    np.put_along_axis(rest, best, -np.inf, axis=1)
    second = rest.max(axis=1, keepdims=True)
    others = np.where(np.arange(scores.shape[1]) == best, second, first)
    return np.where(held, scores - np.where(np.isfinite(others), others, 0.0), 0.0)


def _crowd(scores: Floats, held: NDArray[np.bool_], near: float) -> Floats:
    """Log of the sum over candidates of exp(how much better it is / near): 0 for one far ahead of all others."""
    own = np.where(held, scores, -np.inf)
    highest = own.max(axis=1, keepdims=True, initial=-1e9)
    total = np.exp((own - highest) / near).sum(axis=1, keepdims=True)
    return np.where(held, np.log(np.maximum(total, 1e-300)) + (highest - scores) / near, 0.0)
