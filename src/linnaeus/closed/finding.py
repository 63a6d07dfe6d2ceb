"""Which label of a taxonomy a person means: by its id, its path, or its name. Knows no project."""

from __future__ import annotations

from functools import cached_property

from linnaeus.taxonomy import Taxonomy


class Finder:
    """Finds places; ids first, then paths, then names and synonyms that one label alone has. Case is nothing in names."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy

    def place(self, words: str) -> int | None:
        """The place of the label, or None."""
        by_id = int(self._taxonomy.places([words])[0])
        if by_id >= 0:
            return by_id
        if " > " in words:
            name = words.rpartition(" > ")[2]
            under = [
                place
                for place in self._named.get(name.casefold(), ())
                if self._path(place) == words.casefold()
            ]
            return under[0] if len(under) == 1 else None
        places = self._named.get(words.casefold(), ())
        return places[0] if len(places) == 1 else None

    def _path(self, place: int) -> str:
        return " > ".join(self._taxonomy.path(place)).casefold()

    @cached_property
    def _named(self) -> dict[str, list[int]]:
        """Places by name; by a synonym where it is no label's name."""
        found: dict[str, list[int]] = {}
        for place, name in enumerate(self._taxonomy.names):
            found.setdefault(name.casefold(), []).append(place)
        others: dict[str, list[int]] = {}
        for place, synonyms in enumerate(self._taxonomy.synonyms):
            for synonym in synonyms:
                others.setdefault(synonym.casefold(), []).append(place)
        return {name: sorted(set(places)) for name, places in others.items()} | found
