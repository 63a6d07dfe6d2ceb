"""The labels of a taxonomy as columns. Knows no file and no project."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from linnaeus.errors import InputError
from linnaeus.taxonomy.links import Links, Places
from linnaeus.taxonomy.lookup import Lookup
from linnaeus.taxonomy.strings import Lists, Strings

BETWEEN = " > "
"""What stands between the names of a path."""


class Taxonomy:
    """n labels, each at a place from 0 on, and what is under what: no circles, any number of parents.

    `ids` (unique), `names`, `descriptions` are strings by place, `synonyms` lists of them, `parents` and `children` links
    between places. Parents are in the order of the file, children in that of their places. Nothing changes, and there is no
    object per label: a million labels take about 120 MB.
    """

    def __init__(
        self, *, ids: Strings, names: Strings, descriptions: Strings, synonyms: Lists, parents: Links
    ) -> None:
        self.ids = ids
        self.names = names
        self.descriptions = descriptions
        self.synonyms = synonyms
        self.parents = parents

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def children(self) -> Links:
        """What is directly under each place."""
        return self.parents.turned()

    @cached_property
    def lookup(self) -> Lookup:
        """Finds places by ids; takes 0.3 s per million labels when first used."""
        return Lookup(self.ids)

    def place(self, id: str) -> int:
        """The place of the label with this id; raises InputError."""
        found = int(self.lookup.places([id])[0])
        if found < 0:
            raise InputError(f"there is no label with the id {id!r} in the taxonomy")
        return found

    def places(self, ids: Iterable[str]) -> Places:
        """The places of labels, in order, int32; -1 for an id that there is not."""
        return self.lookup.places(ids)

    @cached_property
    def roots(self) -> Places:
        """The places that have no parent, rising."""
        return np.flatnonzero(self.parents.sizes == 0).astype(np.int32)

    @cached_property
    def depth(self) -> NDArray[np.int32]:
        """How many labels (n,) are above each one on its path: 0 for roots. Takes log2 of the deepest as many steps."""
        first = self.parents.first
        above = np.where(first < 0, np.arange(len(self), dtype=np.int32), first)
        depth = (first >= 0).astype(np.int32)
        while bool((step := depth[above]).any()):
            depth = depth + step
            above = above[above]
        return depth

    def line(self, place: int) -> list[int]:
        """The places from a root to `place`, by first parents."""
        line = [place]
        while len(parents := self.parents[line[-1]]):
            line.append(int(parents[0]))
        return line[::-1]

    def path(self, place: int) -> list[str]:
        """The names from a root to `place`, by first parents."""
        return [self.names[one] for one in self.line(place)]

    def ancestors(self, place: int) -> Places:
        """The places above `place` by any parent, rising; not itself."""
        return _rising(self.parents.reached(self.parents[place]))

    def subtree(self, place: int) -> Places:
        """`place` and all that is under it by any parent, rising; each once."""
        return _rising(self.children.reached([place]))

    def leaves(self, place: int | None = None) -> Places:
        """The places with nothing under them, of all or of a subtree, rising."""
        bare = self.children.sizes == 0
        return _rising(bare if place is None else bare & self.children.reached([place]))

    def __eq__(self, other: object) -> bool:
        """Whether all columns are the same, in the same order."""
        if not isinstance(other, Taxonomy):
            return NotImplemented
        columns = ("ids", "names", "descriptions", "synonyms", "parents")
        return all(getattr(self, column) == getattr(other, column) for column in columns)

    __hash__ = None  # type: ignore[assignment]


def _rising(which: NDArray[np.bool_]) -> Places:
    return np.flatnonzero(which).astype(np.int32)
