"""Labels that mean what a text means, by cosines of vectors. Knows no embedder, and of words nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.entries import Entries, Field
from linnaeus.closed.lexical import owners_from
from linnaeus.closed.owners import Owners
from linnaeus.closed.paths import above
from linnaeus.index import quantise, units
from linnaeus.index.exact import lengths, wide
from linnaeus.taxonomy import Links
from linnaeus.types import Codes

BLOCK = 4096  # rows widened to floats at a time
PATH = 0.5
DESCRIPTION = 1.0
"""What the names above a label and its description add to its name, of length 1 (research/LOG-taxonomies.md)."""


class Dense:
    """One vector for each name and synonym: it, with what is above the label and with its description.

    A label has the cosine of its best one. Cosines are of whole numbers, so they do not depend on the batch.
    """

    name = "dense"

    def __init__(self, codes: Codes, owners: Owners) -> None:
        self._codes, self._owners, self.labels = codes, owners, owners.labels
        self._lengths = np.concatenate(
            [np.ones(0), *(lengths(wide(codes[at : at + BLOCK])) for at in range(0, len(codes), BLOCK))]
        ).astype(np.float32)

    @classmethod
    def of(cls, entries: Entries, codes: Codes, parents: Links | None = None) -> Dense:
        """An index of `entries`, whose quantised vectors are `codes` (n, d); `parents` of the labels, if any."""
        places = entries.places(Field.NAME, Field.SYNONYM)
        owners = Owners(entries.owners[places], entries.labels)
        beside = _descriptions(entries, codes)
        if parents is not None:
            beside += PATH * _paths(entries, codes, parents)
        out = np.empty((len(places), codes.shape[1]), np.int8)
        for start in range(0, len(places), BLOCK):
            own = places[start : start + BLOCK]
            out[start : start + BLOCK] = quantise(units(codes[own]) + beside[entries.owners[own]])
        return cls(out, owners)

    def scores(self, texts: Sequence[str], codes: Codes) -> NDArray[np.float32]:
        """Return cosines (n, labels) in [-1, 1], -1 for a label without a name. `texts` are not read."""
        wanted = wide(codes)
        found = np.empty((len(codes), len(self._codes)), np.float32)
        for start in range(0, len(self._codes), BLOCK):
            rows = slice(start, start + BLOCK)
            found[:, rows] = wanted @ wide(self._codes[rows]).T  # exact, hence the same in any batch
        found /= self._lengths
        found /= lengths(wanted).astype(np.float32)[:, None]
        return self._owners.best(found, missing=-1.0)

    def best_of(self, codes: Codes, labels: NDArray[np.intp]) -> NDArray[np.float32]:
        """The highest cosine of any of `codes` (m, d) with each of `labels` (k,), as (k,)."""
        places = self._owners.entries(labels)
        wanted = wide(codes)
        found = (wanted @ wide(self._codes[places]).T).astype(np.float32)  # (m, entries)
        found /= self._lengths[places]
        found /= lengths(wanted).astype(np.float32)[:, None]
        highest: NDArray[np.float32] = self._owners.only(labels).best(found, missing=-1.0).max(axis=0)
        return highest

    def only(self, labels: NDArray[np.intp]) -> Dense:
        """The index of `labels` (k,) alone, which become labels 0, 1, ..."""
        return Dense(self._codes[self._owners.entries(labels)], self._owners.only(labels))

    def other_than(self, before: Dense) -> NDArray[np.bool_]:
        """Which labels (labels,) have other vectors than in `before`, which has as many labels."""
        alike = self._owners.sizes == before._owners.sizes
        labels = np.flatnonzero(alike)
        now, was = (one._codes[one._owners.entries(labels)] for one in (self, before))
        out: NDArray[np.bool_] = ~alike
        out[labels[self._owners.only(labels).owners[(now != was).any(axis=1)]]] = True
        return out

    def and_also(self, other: Dense) -> Dense:
        """The index of these labels and, behind them, those of `other`."""
        owners = np.concatenate([self._owners.owners, other._owners.owners + self.labels])
        labels = Owners(owners.astype(np.int32), self.labels + other.labels)
        return Dense(np.concatenate([self._codes, other._codes]), labels)

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Plain arrays; 1 byte a component."""
        return {"codes": self._codes, **self._owners.to_arrays()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Dense:
        """What `to_arrays` gave."""
        return cls(arrays["codes"], owners_from(arrays))  # type: ignore[arg-type]


def _descriptions(entries: Entries, codes: Codes) -> NDArray[np.float32]:
    """The sum of each label's descriptions as one direction of length DESCRIPTION (labels, d), 0 where it has none."""
    places = entries.places(Field.DESCRIPTION)
    out = np.zeros((entries.labels, codes.shape[1]), np.float32)
    np.add.at(out, entries.owners[places], units(codes[places]))
    size = np.linalg.norm(out, axis=1, keepdims=True)
    out *= np.divide(DESCRIPTION, size, out=np.zeros_like(size), where=size > 0)
    return out


def _paths(entries: Entries, codes: Codes, parents: Links) -> NDArray[np.float32]:
    """The mean of the names above each label (labels, d), 0 at the top. The first name of a label counts."""
    places = entries.places(Field.NAME)
    owners, first = np.unique(entries.owners[places], return_index=True)
    names = np.zeros((entries.labels, codes.shape[1]), np.float32)
    names[owners] = units(codes[places[first]])
    links = above(parents)
    out = np.zeros_like(names)
    for start in range(0, len(links), BLOCK):
        counts = np.diff(links.starts[start : start + BLOCK + 1])
        held = np.flatnonzero(counts)
        if len(held):
            lead = links.starts[start + held] - links.starts[start]
            higher = names[links.places[links.starts[start] : links.starts[start + len(counts)]]]
            out[start + held] = np.add.reduceat(higher, lead) / counts[held, None]
    return out
