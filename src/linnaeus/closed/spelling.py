"""Which labels of a taxonomy a string stands for: an id, a name or a path, as people write them. Knows no text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from linnaeus.llm.lines import label_key
from linnaeus.taxonomy import BETWEEN, Strings, Taxonomy

_BETWEEN = BETWEEN.strip()


class Spelling:
    """Finds labels by what they are called. Case, `_`, `-` and blanks make no difference.

    Takes 0.3 s per 100,000 labels when it is made, and 32 bytes a label besides the keys themselves.
    """

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self._ids, self._names = _Keyed(taxonomy.ids), _Keyed(taxonomy.names)

    def places(self, label: str) -> list[int]:
        """The labels that `label` stands for, rising: one of this id, else those of this path, else those of this name.

        A path goes from a root, by any parents, with ">" between names. What is not there, or was removed, is nothing.
        """
        exact = int(self._taxonomy.places([label])[0])
        if exact >= 0:
            return [exact]
        key = label_key(label)
        return self._ids.places(key) or sorted(set(self._by_path(key))) or self._names.places(key)

    def _by_path(self, key: str) -> Iterator[int]:
        """The places whose path is `key`; a name may itself have ">" in it."""
        parts = key.split(_BETWEEN)
        for start in range(1, len(parts)):
            line = [part.strip() for part in parts[:start]]
            for place in self._names.places(_BETWEEN.join(parts[start:]).strip()):
                if any(self._is_at(int(parent), line) for parent in self._taxonomy.parents[place]):
                    yield place

    def _is_at(self, place: int, line: Sequence[str]) -> bool:
        """Whether `line`, keys of names from a root on, leads to `place`."""
        parts = [part.strip() for part in label_key(self._taxonomy.names[place]).split(_BETWEEN)]
        if list(line[-len(parts) :]) != parts:
            return False
        rest, parents = line[: -len(parts)], self._taxonomy.parents[place]
        return any(self._is_at(int(parent), rest) for parent in parents) if rest else not len(parents)


class _Keyed:
    """The places of strings by their `label_key`: sorted hashes, and the key itself to be sure."""

    def __init__(self, strings: Strings) -> None:
        self._keys = Strings.of(map(label_key, strings))
        hashes = self._keys.hashes()
        self._order = np.argsort(hashes, kind="stable")
        self._hashes = hashes[self._order]

    def places(self, key: str) -> list[int]:
        """All places with this key, rising."""
        asked = Strings.of([key])
        start, end = (
            int(np.searchsorted(self._hashes, asked.hashes()[0], side)) for side in ("left", "right")
        )
        same = self._order[start:end].tolist()
        return [place for place in same if self._keys.raw(place) == asked.raw(0)]


def above(taxonomy: Taxonomy, place: int) -> set[int]:
    """`place` and all that is above it by any parent."""
    seen, edge = {place}, [place]
    while edge:
        fresh = {int(parent) for one in edge for parent in taxonomy.parents[one]} - seen
        seen |= fresh
        edge = list(fresh)
    return seen
