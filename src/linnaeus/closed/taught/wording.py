"""Texts as sparse rows: their words, and the words and letters of their first line, weighted by how rare they are.

A title says more than as many words of what follows it; runs of letters find the parts of long compounds and misspelt
words. Weights are chosen on held-out texts of tibkat_core's training part: research/LOG-taxonomies.md, "Labels from
examples".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np

from linnaeus.closed.taught import vocabulary
from linnaeus.closed.taught.sparse import Floats, Sparse, unit_rows

HEAD = 200  # letters of the first line that count as a title
WEIGHTS = {"words": 1.0, "head": 0.5, "letters": 0.4}
LETTERS = 4  # of a run
FEW = 2000  # texts, below which a word that one text alone has counts too
_WORD = re.compile(r"\w\w+|\d")
_ACCENTS = re.compile("[\u0300-\u036f]+")


class Words(NamedTuple):
    """The words of a text in their order, and those of its first line."""

    all: list[str]
    head: list[str]


def words_of(text: str) -> list[str]:
    """The words of two letters and more, and digits, in small letters and without accents."""
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return _WORD.findall(text.casefold())


def read(texts: Sequence[str]) -> list[Words]:
    """The words of each text."""
    return [Words(words_of(text), words_of(text.lstrip().partition("\n")[0][:HEAD])) for text in texts]


def _letters(words: Words) -> list[str]:
    """The runs of four letters in the words of the first line, with a space before and after each word."""
    return list(chain.from_iterable(map(_runs, words.head)))


@lru_cache(maxsize=1 << 17)  # words come again and again
def _runs(word: str) -> list[str]:
    padded = f" {word} "
    return [padded[start : start + LETTERS] for start in range(max(1, len(padded) - LETTERS + 1))]


ANALYSERS: dict[str, Callable[[Words], list[str]]] = {
    "words": attrgetter("all"),
    "head": attrgetter("head"),
    "letters": _letters,
}


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of terms: which they are, in the order of their columns, and how rare each is."""

    terms: dict[str, int]
    rarity: Floats

    def rows(self, counts: Sparse) -> Sparse:
        """Counts (n, terms) as unit rows: 1 + log of the count, times the term's rarity."""
        weighted = counts.astype(np.float32)
        weighted.data = (1 + np.log(weighted.data)) * self.rarity[weighted.indices]
        return unit_rows(weighted)


class Wording:
    """Makes unit rows (n, terms) of texts."""

    def __init__(self, parts: dict[str, Part]) -> None:
        self.parts = parts

    @classmethod
    def fit(cls, texts: Sequence[Words]) -> tuple[Wording, Sparse]:
        """Learn the terms of these texts; return their rows too."""
        parts, blocks = {}, {}
        for kind in ANALYSERS:
            terms, counts = vocabulary.learn(texts, ANALYSERS[kind], least=2 if len(texts) >= FEW else 1)
            found = np.bincount(counts.indices, minlength=counts.shape[1])
            rarity = np.log((1 + len(texts)) / (1 + found)) + 1  # as scikit-learn's smoothed idf
            parts[kind] = Part(terms, rarity.astype(np.float32))
            blocks[kind] = parts[kind].rows(counts)
        return cls(parts), _joined(blocks)

    def rows(self, texts: Sequence[Words]) -> Sparse:
        """The unit rows of texts; one without a known term is a row of zeros."""
        return _joined(
            {
                kind: part.rows(vocabulary.count(texts, part.terms, ANALYSERS[kind]))
                for kind, part in self.parts.items()
            }
        )

    def to_arrays(self) -> dict[str, Any]:
        """What `from_arrays` makes the same from."""
        arrays: dict[str, Any] = {}
        for kind, part in self.parts.items():
            arrays[f"{kind}_terms"] = vocabulary.packed(part.terms)
            arrays[f"{kind}_rarity"] = part.rarity
        return arrays

    @classmethod
    def from_arrays(cls, arrays: dict[str, Any]) -> Wording:
        """See `to_arrays`."""
        return cls(
            {
                kind: Part(vocabulary.unpacked(arrays[f"{kind}_terms"]), arrays[f"{kind}_rarity"])
                for kind in ANALYSERS
            }
        )


def as_new(rows: Sparse) -> Sparse:
    """The rows (n, terms) of examples as they would be if these were none.

    Of many examples a term that only one other has would not be known.
    """
    if rows.shape[0] < FEW:
        return rows
    counts = np.bincount(rows.indices, minlength=rows.shape[1])
    new = rows.copy()
    new.data[counts[new.indices] <= 2] = 0
    new.eliminate_zeros()
    return unit_rows(new)


def _joined(blocks: dict[str, Sparse]) -> Sparse:
    import scipy.sparse

    weighted = [block * np.float32(WEIGHTS[kind]) for kind, block in blocks.items()]
    joined = scipy.sparse.hstack(weighted, format="csr")
    joined.sort_indices()
    return unit_rows(joined)
