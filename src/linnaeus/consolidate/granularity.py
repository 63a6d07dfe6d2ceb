"""How fine labels are to be: a word or a number, as how alike groups must be to be joined. Knows no labels."""

from __future__ import annotations

from collections.abc import Callable
from math import log
from typing import Literal, TypeAlias

from linnaeus.errors import UsageError

Granularity: TypeAlias = Literal["coarse", "normal", "fine"] | int
"""A word, or how many labels there may be at most."""

NORMAL: Granularity = "normal"
OFFSETS = {"coarse": -0.22, "normal": 0.0, "fine": 0.16}  # research/LOG-orders.md, "Granularity"
LOWEST, HIGHEST = -0.5, 1.0  # likenesses between which a number of labels is looked for
STEPS = 12  # to 0.02 at least, most often to 0.002


def checked_granularity(value: str | int) -> Granularity:
    """What a person or a project file wrote; raises UsageError for anything but a known word or a number above 0."""
    if value in ("coarse", "normal", "fine"):
        return value  # type: ignore[return-value]  # mypy does not narrow strings by `in`
    if str(value).isdecimal() and int(value) > 0:
        return int(value)
    raise UsageError(
        f"granularity is {value!r}", hint="coarse, normal, fine, or a number of labels from 1 on"
    )


def level_for(at_most: int, labels_at: Callable[[float], int]) -> float:
    """The likeness from which on groups must be joined so that `labels_at` it is `at_most`, or as little below as it goes.

    Where even the lowest leaves more, that one.
    """
    low, high = LOWEST, HIGHEST
    fewest, most = 1, labels_at(high)
    if most <= at_most:
        return high
    for step in range(STEPS):  # their logarithm rises about evenly; every other step halves what is left
        even = log(at_most / fewest) / log(most / fewest) if most > fewest else 0.5
        middle = low + (high - low) * (0.5 if step % 2 else min(max(even, 0.1), 0.9))
        found = labels_at(middle)
        if found == at_most:
            return middle
        if found < at_most:
            low, fewest = middle, max(found, fewest)
        else:
            high, most = middle, found
    return low
