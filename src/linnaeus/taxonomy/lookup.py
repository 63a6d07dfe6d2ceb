"""Find strings among very many without a dict of them. Knows nothing of labels."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from linnaeus.taxonomy.strings import Strings


class Lookup:
    """Where strings are in a `Strings`: sorted hashes (16 bytes a string), and the string itself to be sure."""

    __slots__ = ("_hashes", "_order", "_strings")

    def __init__(self, strings: Strings) -> None:
        hashes = strings.hashes()
        self._strings = strings
        self._order = np.argsort(hashes, kind="stable")
        self._hashes = hashes[self._order]

    def places(self, wanted: Iterable[str]) -> NDArray[np.int32]:
        """The place of each string, -1 where there is none; of equal ones the first."""
        asked = wanted if isinstance(wanted, Strings) else Strings.of(wanted)
        hashes = asked.hashes()
        found = np.searchsorted(self._hashes, hashes)
        near = np.minimum(found, max(0, len(self._hashes) - 1))
        there = self._hashes[near] == hashes if len(self._hashes) else np.zeros(len(hashes), np.bool_)
        places = np.full(len(hashes), -1, np.int32)
        for place in np.flatnonzero(there).tolist():
            places[place] = self._sure(int(found[place]), asked.raw(place))
        return places

    def _sure(self, start: int, wanted: bytes) -> int:
        """The first string that is `wanted` among those that share the hash at `start`."""
        mark = self._hashes[start]
        while start < len(self._hashes) and self._hashes[start] == mark:
            place = int(self._order[start])
            if self._strings.raw(place) == wanted:
                return place
            start += 1
        return -1

    def repeats(self) -> list[tuple[int, int]]:
        """(place, first place) of every string that was there before, by place."""
        twins = np.flatnonzero(self._hashes[1:] == self._hashes[:-1]) + 1
        found = []
        for start in twins.tolist():
            place = int(self._order[start])
            first = self._sure(
                int(np.searchsorted(self._hashes, self._hashes[start])), self._strings.raw(place)
            )
            if first != place:
                found.append((place, first))
        return sorted(found)
