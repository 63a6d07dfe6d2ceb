"""Labels whose name or synonym stands in a text, word for word. Knows nothing of meaning, nor of parts of names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.entries import Entries, Field
from linnaeus.closed.lexical import owners_from
from linnaeus.closed.owners import Owners
from linnaeus.closed.words import terms
from linnaeus.index.rows import Rows
from linnaeus.index.spans import Spans
from linnaeus.types import Codes


class Contained:
    """A label whose words stand in the text scores the sum of their rarities, of its best entry.

    A word's rarity is log(1 + entries / entries that have it), so that two words count for more than either, and
    "unspecified" for little. Where it stands, and how often, does not count.
    """

    name = "contained"

    def __init__(self, index: Spans, owners: Owners, rarities: NDArray[np.float32]) -> None:
        self._index, self._owners, self._rarities = index, owners, rarities

    @classmethod
    def of(cls, entries: Entries) -> Contained:
        """An index of the names and synonyms among `entries`; one without a word is never found."""
        places = entries.places(Field.NAME, Field.SYNONYM)
        rows = Rows.of(terms(entries.texts[place]) for place in places)
        owners = Owners(entries.owners[places], entries.labels)
        return cls(Spans(rows), owners, _rarities(rows))

    def scores(self, texts: Sequence[str], codes: Codes) -> NDArray[np.float32]:
        """Return (n, labels), 0 and up; 0 where neither name nor synonym stands in the text. `codes` are not read."""
        out = np.zeros((len(texts), self._owners.labels), np.float32)
        for row, text in enumerate(texts):
            found = self._index.find(terms(text)).rows
            np.maximum.at(out[row], self._owners.owners[found], self._rarities[found])
        return out

    def only(self, labels: NDArray[np.intp]) -> Contained:
        """The index of `labels` (k,) alone, which become labels 0, 1, ...; they score as they do among all."""
        places = self._owners.entries(labels)
        return Contained(self._index.only(places), self._owners.only(labels), self._rarities[places])

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Plain arrays, from which `from_arrays` makes it again without reading a name."""
        return {**self._index.to_arrays(), **self._owners.to_arrays(), "rarities": self._rarities}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Contained:
        """What `to_arrays` gave."""
        return cls(Spans.from_arrays(arrays), owners_from(arrays), arrays["rarities"])  # type: ignore[arg-type]


def _rarities(rows: Rows) -> NDArray[np.float32]:
    """The sum of the rarities of each row's terms (n,)."""
    _, numbers = np.unique(rows.terms, return_inverse=True)
    owners = np.repeat(np.arange(len(rows)), rows.lengths)
    pairs = np.unique(numbers * max(len(rows), 1) + owners)
    having = np.bincount(pairs // max(len(rows), 1))  # rows that have the term
    own = np.log1p(len(rows) / having)[numbers]
    return np.bincount(owners, weights=own, minlength=len(rows)).astype(np.float32)
