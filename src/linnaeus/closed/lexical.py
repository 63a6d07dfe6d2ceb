"""Labels whose names share rare words, or pieces of words, with a text. Knows nothing of meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.entries import Entries, Field
from linnaeus.closed.owners import Owners
from linnaeus.closed.words import pieces, terms
from linnaeus.index.bm25 import Bm25
from linnaeus.index.rows import Rows, Terms
from linnaeus.types import Codes

CUTS: dict[str, Callable[[str], Terms]] = {"words": terms, "pieces": pieces}
K1 = 2.0
B = 0.9
"""For pieces: a label's name is short, and a long one must earn its place (research/LOG-taxonomies.md)."""


class Lexical:
    """BM25 over labels' names and synonyms, each by itself; a label has the score of its best one."""

    def __init__(self, index: Bm25, owners: Owners, cut: str) -> None:
        self.name = cut
        self._index, self._owners, self._cut = index, owners, CUTS[cut]

    @classmethod
    def of(cls, entries: Entries, *, cut: str = "pieces", k1: float = K1, b: float = B) -> Lexical:
        """An index of the names and synonyms among `entries`, cut into "pieces" or "words"."""
        places = entries.places(Field.NAME, Field.SYNONYM)
        rows = Rows.of(CUTS[cut](entries.texts[place]) for place in places)
        return cls(Bm25(rows, k1=k1, b=b), Owners(entries.owners[places], entries.labels), cut)

    def scores(self, texts: Sequence[str], codes: Codes) -> NDArray[np.float32]:
        """Return (n, labels), 0 and up; 0 where nothing is shared. `codes` are not read."""
        found = np.empty((len(texts), len(self._index)), np.float32)
        for row, text in enumerate(texts):
            found[row] = self._index.scores(self._cut(text))
        return self._owners.best(found, missing=0.0)

    def shares(self, text: str, labels: NDArray[np.intp]) -> NDArray[np.float32]:
        """How much of each label's name the text has, and how much of the text the name has: (k, 2), each 0 to 1.

        Of the best entry by each. Rare words count for more (`Bm25.shares`).
        """
        places = self._owners.entries(labels)
        found = self._index.shares(self._cut(text), places)  # (entries, 2)
        return np.ascontiguousarray(self._owners.only(labels).best(found.T, missing=0.0).T)

    def only(self, labels: NDArray[np.intp]) -> Lexical:
        """The index of `labels` (k,) alone, which become labels 0, 1, ...; they score as they do among all."""
        places = self._owners.entries(labels)
        return Lexical(self._index.only(places), self._owners.only(labels), self.name)

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Plain arrays, from which `from_arrays` makes it again without reading a name."""
        return {**self._index.to_arrays(), **self._owners.to_arrays()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]], *, cut: str = "pieces") -> Lexical:
        """What `to_arrays` gave."""
        return cls(Bm25.from_arrays(arrays), owners_from(arrays), cut)


def owners_from(arrays: Mapping[str, NDArray[np.generic]]) -> Owners:
    """What `Owners.to_arrays` gave."""
    return Owners(arrays["owners"], int(arrays["labels"][0]))  # type: ignore[arg-type]
