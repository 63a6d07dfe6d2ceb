"""Which terms things have, counted in columns. Knows nothing of how a thing is cut into terms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.taught.sparse import Sparse

T = TypeVar("T")
Terms = dict[str, int]
"""The column of each term."""


def learn(things: Sequence[T], cut: Callable[[T], list[str]], *, least: int = 1) -> tuple[Terms, Sparse]:
    """The terms that at least `least` things have, and how often each thing has them (things, terms)."""
    counter = _counter(cut, min_df=least)
    try:
        counts = counter.fit_transform(things)
    except ValueError:  # there is no term
        return {"": 0}, count(things, {"": 0}, cut)
    return dict(counter.vocabulary_), counts


def count(things: Sequence[T], terms: Terms, cut: Callable[[T], list[str]]) -> Sparse:
    """How often each thing has each of these terms (things, terms)."""
    return _counter(cut, vocabulary=terms).transform(things)


def packed(terms: Terms) -> NDArray[np.uint8]:
    """Terms without a line break, as one array; `unpacked` makes them from it."""
    return np.frombuffer("\n".join(sorted(terms, key=terms.__getitem__)).encode(), dtype=np.uint8)


def unpacked(array: NDArray[np.uint8]) -> Terms:
    """See `packed`."""
    return {term: column for column, term in enumerate(array.tobytes().decode().split("\n"))}


def _counter(cut: Callable[[T], list[str]], **options: Any) -> Any:
    from sklearn.feature_extraction.text import CountVectorizer

    return CountVectorizer(analyzer=cut, dtype=np.float32, **options)
