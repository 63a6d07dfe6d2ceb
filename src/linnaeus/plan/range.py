"""A figure that is not known yet: at least, likely, at most. Knows nothing of what is counted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Range(NamedTuple):
    """`least` <= `likely` <= `most`, none below 0."""

    least: float = 0.0
    likely: float = 0.0
    most: float = 0.0

    def plus(self, other: Range) -> Range:
        """The sum."""
        return Range(*(a + b for a, b in zip(self, other, strict=True)))

    def times(self, other: Range) -> Range:
        """The product."""
        return Range(*(a * b for a, b in zip(self, other, strict=True)))


def exactly(figure: float) -> Range:
    """A figure that is known."""
    return Range(figure, figure, figure)


def total(figures: Iterable[Range]) -> Range:
    """The sum of any number of figures."""
    made = Range()
    for one in figures:
        made = made.plus(one)
    return made
