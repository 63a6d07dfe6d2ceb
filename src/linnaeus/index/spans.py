"""Which of many rows of terms stand, whole and in one piece, within a longer one. Knows nothing of words or labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linnaeus.index.rows import Rows, Terms

FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""2**64 over the golden ratio, made odd: products with it spread over all bits (Knuth, volume 3, 6.4)."""


@dataclass(frozen=True, slots=True)
class Found:
    """Row `rows[i]` stands in the text at its terms `starts[i]` to `ends[i]`; sorted by start, then row."""

    rows: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


class Spans:
    """Rows by a hash of each, so that a text of m terms costs m look-ups for each length that rows have.

    Empty rows are never found, and a hit is compared term by term: no accident of hashing is found.
    """

    def __init__(self, rows: Rows) -> None:
        hashes = _hashes_of(rows)
        order = np.argsort(hashes, kind="stable")
        order = order[rows.lengths[order] > 0]
        self._rows, self._places, self._hashes = rows, order, hashes[order]
        self._lengths = np.unique(rows.lengths[order])

    def only(self, places: NDArray[np.intp]) -> Spans:
        """The rows at `places` (k,) by themselves, in this order."""
        return Spans(self._rows.only(places))

    def find(self, terms: Terms) -> Found:
        """All rows that stand in `terms` (m,), each as often as it does."""
        parts = [np.zeros((3, 0), np.int64)]
        hashes = np.zeros(len(terms), np.uint64)
        done = 0
        for length in self._lengths[self._lengths <= len(terms)]:
            for step in range(done, length):  # hashes[i] is of terms i to i + step
                hashes = _longer(hashes[: len(terms) - step], terms[step:])
            done = int(length)
            parts.append(self._of_length(terms, hashes, done))
        rows, starts, ends = np.concatenate(parts, axis=1)
        order = np.lexsort((rows, starts))
        return Found(rows[order], starts[order], ends[order])

    def _of_length(self, terms: Terms, hashes: Terms, length: int) -> NDArray[np.int64]:
        left = np.searchsorted(self._hashes, hashes)
        at = np.flatnonzero(self._hashes[np.minimum(left, len(self._hashes) - 1)] == hashes)  # mostly none
        if len(at) == 0:
            return np.zeros((3, 0), np.int64)
        left = left[at]
        counts = np.searchsorted(self._hashes, hashes[at], "right") - left
        starts = np.repeat(at, counts)
        within = np.arange(len(starts)) - np.repeat(np.cumsum(counts) - counts, counts)
        rows = self._places[np.repeat(left, counts) + within]
        same = [
            np.array_equal(self._rows[row], terms[start : start + length])
            for row, start in zip(rows, starts, strict=True)
        ]
        kept = np.array(same, np.bool_)
        return np.stack([rows[kept], starts[kept], starts[kept] + length])

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """The rows; the hashes are made anew, in 0.1 s for 100,000."""
        return {"starts": self._rows.starts, "terms": self._rows.terms}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Spans:
        """The index that `to_arrays` gave."""
        return cls(Rows(arrays["starts"], arrays["terms"]))  # type: ignore[arg-type]


def _longer(hashes: Terms, terms: Terms) -> Terms:
    """The hashes of rows with one more term each; sums and products are modulo 2**64."""
    mixed = (hashes + terms + np.uint64(1)) * FACTOR
    return mixed ^ (mixed >> np.uint64(29))


def _hashes_of(rows: Rows) -> Terms:
    hashes = np.zeros(len(rows), np.uint64)
    lengths = rows.lengths
    for step in range(int(lengths.max(initial=0))):
        longer = np.flatnonzero(lengths > step)
        hashes[longer] = _longer(hashes[longer], rows.terms[rows.starts[longer] + step])
    return hashes
