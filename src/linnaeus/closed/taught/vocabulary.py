"""Which terms things have, counted in columns. Knows nothing of how a thing is cut into terms."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.taught.sparse import Sparse, from_parts

T = TypeVar("T")
Terms = dict[str, int]
"""The column of each term."""


def learn(things: Sequence[T], cut: Callable[[T], list[str]], *, least: int = 1) -> tuple[Terms, Sparse]:
    """The terms that at least `least` things have, and how often each thing has them (things, terms)."""
    every: defaultdict[str, int] = defaultdict()
    every.default_factory = every.__len__
    columns, starts = _joined(map(every.__getitem__, cut(thing)) for thing in things)
    counts = _counted(columns, starts, len(every))
    enough = np.bincount(counts.indices, minlength=len(every)) >= least
    terms = sorted(term for term, column in every.items() if enough[column])
    if not terms:
        return {"": 0}, count(things, {"": 0}, cut)
    kept = counts[:, [every[term] for term in terms]]
    kept.sort_indices()
    return {term: column for column, term in enumerate(terms)}, kept


def count(things: Sequence[T], terms: Terms, cut: Callable[[T], list[str]]) -> Sparse:
    """How often each thing has each of these terms (things, terms)."""
    columns, starts = _joined(map(terms.get, cut(thing), repeat(-1)) for thing in things)
    known = columns >= 0
    return _counted(columns[known], np.concatenate([[0], np.cumsum(known)])[starts], len(terms))


def packed(terms: Terms) -> NDArray[np.uint8]:
    """Terms without a line break, as one array; `unpacked` makes them from it."""
    return np.frombuffer("\n".join(sorted(terms, key=terms.__getitem__)).encode(), dtype=np.uint8)


def unpacked(kept: NDArray[np.uint8]) -> Terms:
    """See `packed`."""
    return {term: column for column, term in enumerate(kept.tobytes().decode().split("\n"))}


def _joined(things: Iterable[Iterable[int]]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The numbers of all things, one after the other, and where each thing begins and ends."""
    numbers, starts = array("i"), [0]
    for own in things:
        numbers.extend(own)
        starts.append(len(numbers))
    return np.array(numbers, dtype=np.int32), np.array(starts)


def _counted(columns: NDArray[np.int32], starts: NDArray[np.int64], width: int) -> Sparse:
    made = from_parts(np.ones(len(columns)), columns, starts, width)
    made.sum_duplicates()
    return made
