"""The entries of a taxonomy as rows to compare labels with. Knows nothing of labels.

An entry has several readings: its name, each synonym, and the whole of it, which is the sum of its name, its description and
the names above it. What all readings share is taken off: in a taxonomy of diseases every entry is about diseases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.features import BLOCK, PRIOR, unit_rows
from linnaeus.consolidate.wording import readable, wording_key
from linnaeus.index import GrowingArray, quantise
from linnaeus.taxonomy import Taxonomy
from linnaeus.types import Codes

CONTEXT_SHARE = (
    0.5  # what a description, and what the names above, count beside the name; research/mapping.py
)
MOST_READ = 300  # characters of a description that are embedded

Codify: TypeAlias = Callable[[Sequence[str]], Codes]
"""Texts to whole-number vectors (n, d), in order."""


class Readings:
    """Every reading of every entry as a row (r, d) of `codes`; `entry` (r,) is the place of the entry it is of.

    `named`: the places of the entries that have a name or synonym with this wording key.
    """

    def __init__(self, taxonomy: Taxonomy, codify: Codify) -> None:
        names = [_words(name) for name in taxonomy.names]
        synonyms = [
            (place, words)
            for place, others in enumerate(taxonomy.synonyms)
            for words in dict.fromkeys(map(_words, others))
            if words != names[place]
        ]
        own = _codes(names, codify)
        rows = GrowingArray(own.copy())
        rows.add(_codes([words for _, words in synonyms], codify).reshape(-1, own.shape[1]))
        wholes = []
        for places, block in _wholes(taxonomy, own, codify):
            wholes += places
            rows.add(block)
        self.codes = _centred(rows.rows)
        self.entry = np.array([*range(len(names)), *(place for place, _ in synonyms), *wholes], dtype=np.intp)
        self.named: dict[str, list[int]] = {}
        for place, (name, others) in enumerate(zip(taxonomy.names, taxonomy.synonyms, strict=True)):
            for key in dict.fromkeys(map(wording_key, (name, *others))):
                self.named.setdefault(key, []).append(place)


def _words(name: str) -> str:
    return readable(wording_key(name)) or name


def _codes(texts: Sequence[str], codify: Codify) -> Codes:
    blocks = [codify(texts[start : start + BLOCK]) for start in range(0, len(texts), BLOCK)]
    return np.concatenate(blocks) if blocks else np.zeros((0, 0), dtype=np.int8)


def _wholes(taxonomy: Taxonomy, names: Codes, codify: Codify) -> Iterator[tuple[list[int], Codes]]:
    """(places, rows) of the entries that have more to them than names, a block at a time."""
    more = np.flatnonzero((taxonomy.parents.sizes > 0) | taxonomy.descriptions.filled).tolist()
    for start in range(0, len(more), BLOCK):
        places = more[start : start + BLOCK]
        rows = unit_rows(names[places])  # (b, d)
        for row, place in enumerate(places):
            above = taxonomy.line(place)[-2::-1]  # the nearest first
            if above:
                rows[row] += CONTEXT_SHARE * unit_rows(names[above]).mean(axis=0)
        described = [row for row, place in enumerate(places) if taxonomy.descriptions[place]]
        if described:
            texts = [taxonomy.descriptions[places[row]][:MOST_READ] for row in described]
            rows[described] += CONTEXT_SHARE * unit_rows(codify(texts))
        yield places, quantise(rows.astype(np.float32))


def _centred(codes: Codes) -> Codes:
    """The rows (r, d) without their mean, which is shrunk towards the origin while they are few."""
    total: NDArray[np.float64] = np.zeros(codes.shape[1])
    for start in range(0, len(codes), BLOCK):
        total += unit_rows(codes[start : start + BLOCK]).sum(axis=0)
    out = np.empty_like(codes)
    for start in range(0, len(codes), BLOCK):
        rows = unit_rows(codes[start : start + BLOCK]) - total / (len(codes) + PRIOR)
        out[start : start + BLOCK] = quantise(rows.astype(np.float32))
    return out
