"""All that is above a place, against walking up by hand."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linnaeus.closed.paths import above
from linnaeus.taxonomy import Links


def links(parents: list[list[int]]) -> Links:
    starts = np.cumsum([0, *map(len, parents)])
    return Links(starts, np.array([own for several in parents for own in several], np.int32))


def lists(links: Links) -> list[list[int]]:
    return [links.places[links.starts[i] : links.starts[i + 1]].tolist() for i in range(len(links))]


def plainly(parents: list[list[int]], place: int) -> list[int]:
    seen: set[int] = set()
    left = list(parents[place])
    while left:
        higher = left.pop()
        if higher not in seen:
            seen.add(higher)
            left.extend(parents[higher])
    return sorted(seen)


@st.composite
def hierarchies(draw: st.DrawFn) -> list[list[int]]:
    size = draw(st.integers(0, 12))
    return [sorted(draw(st.sets(st.integers(0, size - 1), max_size=3))) for _ in range(size)]


@given(hierarchies())
def test_above_is_what_walking_up_finds_also_in_circles(parents: list[list[int]]) -> None:
    assert lists(above(links(parents))) == [plainly(parents, place) for place in range(len(parents))]
