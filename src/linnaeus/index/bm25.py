"""Rows of terms, ranked by BM25. Knows nothing of words, texts or labels: a term is a 64-bit number.

Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond", equation 3.15, with the idf of
Lucene, log(1 + (n - f + 0.5) / (f + 0.5)), which is never negative. A term that a query repeats counts once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.index.rows import Rows, Terms

K1 = 1.2
B = 0.75
"""Lucene's. `Bm25` may be given others."""


class Postings(NamedTuple):
    """`rows` and `gains` from `starts[t]` to `starts[t + 1]`: which rows have term t, and what each gains by it."""

    vocabulary: Terms  # (v,) sorted
    frequencies: NDArray[np.int64]  # (v,) rows that have the term
    starts: NDArray[np.int64]  # (v + 1,)
    rows: NDArray[np.intp]  # (p,) rising within a term; narrower numbers halve the speed
    gains: NDArray[np.float32]  # (p,)


class Bm25:
    """Rows of terms that can be added and removed; what is found is as though the index were made anew.

    Of a change only the sorting is done again, when it is next asked (98,466 names: 0.3 s); terms are kept.
    A removed row is empty: it keeps its place, is never found and counts for no mean.
    """

    def __init__(self, rows: Rows, *, k1: float = K1, b: float = B) -> None:
        self._rows, self._k1, self._b = rows, k1, b

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, rows: Rows) -> None:
        """Append rows; they get the places from len(self) on."""
        self._set(self._rows.joined(rows))

    def remove(self, places: Iterable[int]) -> None:
        """Empty the rows at `places`."""
        self._set(self._rows.without(places))

    def _set(self, rows: Rows) -> None:
        self._rows = rows
        self.__dict__.pop("_postings", None)
        self.__dict__.pop("_held", None)

    def only(self, places: NDArray[np.intp]) -> Bm25:
        """The rows at `places` (k,) by themselves, in this order, each scored as it is among all of these rows."""
        index = Bm25(self._rows.only(places), k1=self._k1, b=self._b)
        index.__dict__ |= {"_postings": _only(self._postings, places, len(self)), "_held": self._held}
        return index

    def scores(self, query: Terms) -> NDArray[np.float32]:
        """The score of each row (n,) for `query` (m,); 0 where it has no term of it. Sums in the order of the terms."""
        out = np.zeros(len(self), np.float32)
        vocabulary, _, starts, rows, gains = self._postings
        wanted = np.unique(query)
        found = np.searchsorted(vocabulary, wanted)
        found[found == len(vocabulary)] = 0
        for term in found[vocabulary[found] == wanted] if len(vocabulary) else ():
            posted = slice(starts[term], starts[term + 1])
            out[rows[posted]] += gains[posted]  # a row is posted once a term, so nothing is lost
        return out

    def shares(self, query: Terms, places: NDArray[np.intp]) -> NDArray[np.float32]:
        """How much the rows at `places` (k,) and `query` cover of each other, as (k, 2), each 0 to 1.

        The sum of the idf of what is shared, over that of the row, and over that of the query, of whose terms those that
        no row has are the rarest. 0 for what is empty.
        """
        wanted = np.unique(query)
        starts = self._rows.starts[places]
        lengths = self._rows.starts[places + 1] - starts
        ends = np.cumsum(lengths)
        at = np.repeat(starts - ends + lengths, lengths) + np.arange(int(lengths.sum()))
        terms = self._rows.terms[at]
        gains, shared = self._idf(terms), np.isin(terms, wanted)
        sums = np.zeros((2, len(terms) + 1))
        np.cumsum([gains, gains * shared], axis=1, out=sums[:, 1:])
        own, common = sums[:, ends] - sums[:, ends - lengths]  # (k,) each
        full = np.stack([own, np.full(len(places), self._idf(wanted).sum())], axis=1)
        out = np.divide(common[:, None], full, out=np.zeros_like(full), where=full > 0)
        capped: NDArray[np.float32] = np.minimum(out, 1).astype(np.float32)
        return capped

    def _idf(self, terms: Terms) -> NDArray[np.float64]:
        vocabulary, known = self._postings.vocabulary, self._postings.frequencies
        if not len(vocabulary):
            return np.zeros(len(terms))
        at = np.minimum(np.searchsorted(vocabulary, terms), len(vocabulary) - 1)
        return _idf_of(np.where(vocabulary[at] == terms, known[at], 0), self._held)

    @cached_property
    def _held(self) -> int:
        """How many rows are not empty."""
        return int((self._rows.lengths > 0).sum())

    @cached_property
    def _postings(self) -> Postings:
        return _postings(self._rows, self._k1, self._b)

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """All that the index is, as plain arrays: `from_arrays` gives it back without sorting."""
        rows = {"row_starts": self._rows.starts, "row_terms": self._rows.terms}
        return {"k1_b": np.array([self._k1, self._b]), **rows, **self._postings._asdict()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Bm25:
        """The index that `to_arrays` gave; the arrays are kept as they are, so they may be mapped from a file."""
        k1, b = arrays["k1_b"].tolist()
        index = cls(Rows(arrays["row_starts"], arrays["row_terms"]), k1=k1, b=b)  # type: ignore[arg-type]
        index.__dict__["_postings"] = Postings(**{name: arrays[name] for name in Postings._fields})  # type: ignore[arg-type]
        return index


def _postings(rows: Rows, k1: float, b: float) -> Postings:
    lengths = rows.lengths
    held = int((lengths > 0).sum())
    vocabulary, numbers = np.unique(rows.terms, return_inverse=True)
    owners = np.repeat(np.arange(len(rows)), lengths)
    pairs, counts = np.unique(
        numbers * max(len(rows), 1) + owners, return_counts=True
    )  # (p,) by term, then row
    terms, owners = np.divmod(pairs, max(len(rows), 1))
    starts = np.searchsorted(terms, np.arange(len(vocabulary) + 1))
    frequencies = np.diff(starts)  # rows that have the term
    idf = _idf_of(frequencies, held)
    longer = lengths / (lengths.sum() / max(held, 1) or 1.0)
    norms = k1 * (1 - b + b * longer)[owners]
    gains = idf[terms] * counts * (k1 + 1) / (counts + norms)
    return Postings(vocabulary, frequencies, starts, owners.astype(np.intp), gains.astype(np.float32))


def _only(postings: Postings, places: NDArray[np.intp], rows: int) -> Postings:
    """What is left of the postings of so many rows for those at `places`, which become 0, 1, ..."""
    place_of = np.full(rows, -1, np.intp)
    place_of[places] = np.arange(len(places))
    found = place_of[postings.rows]
    kept = found >= 0
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(kept)])[postings.starts]
    return postings._replace(starts=starts, rows=found[kept], gains=postings.gains[kept])


def _idf_of(frequencies: NDArray[np.int64], held: int) -> NDArray[np.float64]:
    return np.asarray(np.log1p((held - frequencies + 0.5) / (frequencies + 0.5)))
