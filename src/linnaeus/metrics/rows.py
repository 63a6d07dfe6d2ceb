"""Several labels a text in two flat arrays, and which of them are right. Knows nothing of figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]
Weights = Floats
"""(n,) how often each text counts."""

Measure: TypeAlias = Callable[[Weights], dict[str, float]]
"""Figures by name for such weights; NaN where a figure is undefined."""


class Rows(Protocol):
    """The labels of n texts, best first: those of text i are `places` from `starts[i]` to `starts[i + 1]`, each once.

    `linnaeus.taxonomy.Links` is one.
    """

    @property
    def starts(self) -> Whole:
        """(n + 1,) rising from 0."""
        ...

    @property
    def places(self) -> NDArray[np.int32]:
        """(k,) labels, from 0 on."""
        ...

    @property
    def sizes(self) -> Whole:
        """How many labels each text (n,) has."""
        ...

    @property
    def owners(self) -> NDArray[np.int32]:
        """The text of each label (k,)."""
        ...


def ratio(part: float, whole: float) -> float:
    """A share; NaN of nothing."""
    return float(part / whole) if whole > 0 else float("nan")


def keys(rows: Rows, width: int) -> Whole:
    """A number for each text and label of it (k,): text * width + label."""
    return rows.owners.astype(np.int64) * width + rows.places


def width_of(*several: Rows) -> int:
    """One more than the highest label."""
    return 1 + max((int(rows.places.max()) for rows in several if len(rows.places)), default=0)


def hits(gold: Rows, found: Rows) -> Flags:
    """Whether each label that was found (k,) is one of its text's gold labels."""
    width = width_of(gold, found)
    wanted, given = np.sort(keys(gold, width)), keys(found, width)
    if not len(wanted):
        return np.zeros(len(given), np.bool_)
    at = np.minimum(np.searchsorted(wanted, given), len(wanted) - 1)
    return np.asarray(wanted[at] == given)


def sums(at: NDArray[np.integer], values: Floats | Flags, width: int) -> Floats:
    """The sum (width,) of the values (k,) that stand at each place."""
    return np.asarray(np.bincount(at, values, minlength=width), np.float64)


def per_text(rows: Rows, values: Floats | Flags) -> Floats:
    """The sum (n,) of a value for each label (k,), by text."""
    return sums(rows.owners, values, len(rows.starts) - 1)


def ranks(rows: Rows) -> Whole:
    """Where each label (k,) stands among those of its text, 0 for the best."""
    return np.arange(len(rows.places)) - rows.starts[rows.owners]
