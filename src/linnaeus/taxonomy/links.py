"""Which places are linked to which, in two flat arrays (CSR). Knows nothing of labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from linnaeus.taxonomy.strings import starts_of

Places = NDArray[np.int32]


class Links:
    """The links of n places: those of place i are `places` from `starts[i]` to `starts[i + 1]`.

    `starts`: (n + 1,) int64, rising from 0; `places`: int32. Neither changes.
    """

    __slots__ = ("places", "starts")

    def __init__(self, starts: NDArray[np.int64], places: Places) -> None:
        self.starts = starts
        self.places = places
        starts.flags.writeable = places.flags.writeable = False

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, place: int) -> Places:
        """The places that `place` is linked to, in order."""
        return self.places[self.starts[place] : self.starts[place + 1]]

    @property
    def sizes(self) -> NDArray[np.int64]:
        """How many links each place (n,) has."""
        return np.diff(self.starts)

    @property
    def owners(self) -> Places:
        """For each link the place that it is of."""
        return np.repeat(np.arange(len(self), dtype=np.int32), self.sizes)

    @property
    def first(self) -> Places:
        """The first link of each place (n,), -1 where it has none."""
        found = np.full(len(self), -1, np.int32)
        there = self.sizes > 0
        found[there] = self.places[self.starts[:-1][there]]
        return found

    def turned(self) -> Links:
        """The same links seen from the other side, in the order of places."""
        order = np.argsort(self.places, kind="stable")
        starts = starts_of(np.bincount(self.places, minlength=len(self)))
        return Links(starts, self.owners[order])

    def of_all(self, places: NDArray[np.integer]) -> Places:
        """The links of several places behind each other."""
        starts, sizes = self.starts[places], self.starts[places + 1] - self.starts[places]
        before = np.cumsum(sizes) - sizes
        found: Places = self.places[np.repeat(starts - before, sizes) + np.arange(sizes.sum())]
        return found

    def reached(self, places: NDArray[np.integer] | Sequence[int]) -> NDArray[np.bool_]:
        """Which places (n,) can be reached from `places`, they themselves too, however many ways lead there."""
        seen = np.zeros(len(self), np.bool_)
        edge: Places = np.asarray(places, np.int32)
        while len(edge):
            seen[edge] = True
            edge = self.of_all(edge)
            edge = np.unique(edge[~seen[edge]])
        return seen

    def circular(self) -> NDArray[np.int64]:
        """The places, rising, from which links lead for ever: those on a circle, or leading to one; empty if there is none.

        Places whose links are all gone are taken away (Kahn 1962). Where every link leads back in order none is left.
        """
        if bool(np.all(self.places < self.owners)):
            return np.zeros(0, np.int64)
        waiting = self.sizes.tolist()
        back = self.turned()
        starts, owners = back.starts.tolist(), back.places.tolist()
        free = [place for place, links in enumerate(waiting) if not links]
        while free:
            place = free.pop()
            for owner in owners[starts[place] : starts[place + 1]]:
                waiting[owner] -= 1
                if not waiting[owner]:
                    free.append(owner)
        return np.flatnonzero(np.array(waiting, np.int64))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Links):
            return NotImplemented
        return np.array_equal(self.starts, other.starts) and np.array_equal(self.places, other.places)

    __hash__ = None  # type: ignore[assignment]
