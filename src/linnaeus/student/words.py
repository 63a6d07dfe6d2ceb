"""Texts as rows of hashed words and pairs of words. Knows nothing of vectors, labels or files."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

MOST_LETTERS = 4_000  # of a text that are read, as embedders do
BITS = 20  # of a hash, so that a table of all of them is small
LENGTH = 0.5  # of a row, beside vectors of length 1: research/LOG.md, "Students"
_WORD = re.compile(r"\w+")
_FIRST, _SECOND = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B)  # odd numbers that spread bits (xxHash)


@dataclass(frozen=True, slots=True)
class Rows:
    """Sparse rows: row i holds `values[starts[i]:starts[i + 1]]` in the `columns` of the same places."""

    starts: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: Floats

    def times(self, weights: Floats) -> Floats:
        """The product (n, k) of these rows with `weights` (columns, k)."""
        ends = self.starts.tolist()
        out = np.empty((len(ends) - 1, weights.shape[1]), np.float32)
        for row, (start, end) in enumerate(
            pairwise(ends)
        ):  # as fast as it gets: what is added up stays in the cache
            out[row] = self.values[start:end] @ weights[self.columns[start:end]]
        return out


def hashed(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The row and the hash (BITS wide) of each word and each pair of neighbours, (k,) each; repeats are in it."""
    found = [_WORD.findall(text[:MOST_LETTERS].casefold()) for text in texts]
    lengths = np.array([len(words) for words in found], np.int64)
    numbers = [zlib.crc32(word.encode("utf-8", "replace")) for words in found for word in words]
    single = np.array(numbers, np.uint32)
    owners = np.repeat(np.arange(len(texts)), lengths)
    pairs = np.flatnonzero(owners[1:] == owners[:-1])
    double = (single[pairs] * _FIRST) ^ (single[pairs + 1] * _SECOND)
    mixed = np.concatenate([single, double]) * _FIRST
    mixed ^= mixed >> np.uint32(15)
    return np.concatenate([owners, owners[pairs]]), (mixed >> np.uint32(32 - BITS)).astype(np.int64)


class Words:
    """Rows of length 0.5: 1 + log of how often each known hash is in a text, times how rare that is."""

    def __init__(self, hashes: NDArray[np.int64], rarity: Floats) -> None:
        """`hashes` (v,) are those with a column, rising; `rarity` (v,) their weights."""
        self.hashes, self.rarity = hashes, rarity
        self._columns = np.full(1 << BITS, -1, np.int64)
        self._columns[hashes] = np.arange(len(hashes))

    @classmethod
    def fit(cls, texts: Sequence[str], most: int) -> Words:
        """Take the hashes that two texts or more have, up to `most`, the commonest first."""
        owners, hashes = hashed(texts)
        pairs = np.unique(owners << BITS | hashes)
        found = np.bincount(pairs & ((1 << BITS) - 1), minlength=1 << BITS)
        common = np.argsort(-found, kind="stable")[:most]
        kept = np.sort(common[found[common] >= 2])
        rarity = np.log((1 + len(texts)) / (1 + found[kept])) + 1  # as scikit-learn's smoothed idf
        return cls(kept, rarity.astype(np.float32))

    def rows(self, texts: Sequence[str]) -> Rows:
        """The rows of texts; one without a known word is empty."""
        owners, hashes = hashed(texts)
        columns = self._columns[hashes]
        known = columns >= 0
        width = max(len(self.hashes), 1)
        keys, counts = np.unique(owners[known] * width + columns[known], return_counts=True)
        owners, columns = np.divmod(keys, width)
        values = (1 + np.log(counts)) * self.rarity[columns]
        squares = np.bincount(owners, values**2, minlength=len(texts))
        starts = np.searchsorted(owners, np.arange(len(texts) + 1))
        return Rows(starts, columns, (LENGTH * values / np.sqrt(squares[owners])).astype(np.float32))
