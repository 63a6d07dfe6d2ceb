"""Candidates from what is written of labels alone, without one example. Puts together; decides nothing by itself."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.contained import Contained
from linnaeus.closed.dense import Dense
from linnaeus.closed.entries import Entries, Field
from linnaeus.closed.fused import Closer, Embed, Fused, Weighted
from linnaeus.closed.lexical import Lexical
from linnaeus.taxonomy import Links
from linnaeus.types import Codes

LEXICAL = 0.4
CONTAINED = 0.05
LONGER = 2.0
"""A text is looked at in stretches from this many times the words of the names on (research/LOG-taxonomies.md)."""


class ZeroShot(Fused):
    """Dense, pieces and containment, fused. Kept as plain arrays: loading reads no name and embeds nothing."""

    def __init__(
        self, dense: Dense, lexical: Lexical, contained: Contained, words: float, embed: Embed | None
    ) -> None:
        self.dense, self.lexical, self.contained, self._words = dense, lexical, contained, words
        self._embed = embed
        scorers = [Weighted(dense, 1.0), Weighted(lexical, LEXICAL), Weighted(contained, CONTAINED)]
        super().__init__(scorers, Closer(embed, dense, LONGER * words) if embed else None)

    @classmethod
    def of(
        cls, entries: Entries, codes: Codes, parents: Links | None = None, embed: Embed | None = None
    ) -> ZeroShot:
        """Labels as `entries` with quantised vectors `codes` (n, d); without `embed` long texts are taken whole."""
        names = [entries.texts[place] for place in entries.places(Field.NAME)]
        words = sum(len(name.split()) for name in names) / max(len(names), 1)
        dense = Dense.of(entries, codes, parents)
        return cls(dense, Lexical.of(entries), Contained.of(entries), words, embed)

    def only(self, labels: NDArray[np.intp]) -> ZeroShot:
        """These `labels` (k,) alone, which become labels 0, 1, ...; each scorer scores them as it does among all."""
        parts = (self.dense.only(labels), self.lexical.only(labels), self.contained.only(labels))
        return ZeroShot(*parts, self._words, self._embed)

    @property
    def labels(self) -> int:
        """How many labels there are."""
        return self.dense.labels

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Plain arrays by name, such as `numpy.savez` takes; `from_arrays` gives the same back."""
        parts = {
            "dense": self.dense.to_arrays(),
            "lexical": self.lexical.to_arrays(),
            "contained": self.contained.to_arrays(),
        }
        own = {f"{name}.{key}": array for name, part in parts.items() for key, array in part.items()}
        return {"words": np.array([self._words]), **own}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]], embed: Embed | None = None) -> ZeroShot:
        """What `to_arrays` gave."""

        def of(part: str) -> dict[str, NDArray[np.generic]]:
            return {key.partition(".")[2]: arrays[key] for key in arrays if key.startswith(f"{part}.")}

        dense, lexical = Dense.from_arrays(of("dense")), Lexical.from_arrays(of("lexical"))
        contained = Contained.from_arrays(of("contained"))
        return cls(dense, lexical, contained, float(arrays["words"][0]), embed)
