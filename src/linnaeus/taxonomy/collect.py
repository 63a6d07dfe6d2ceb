"""The labels of a file one after the other into columns, and what is wrong with each by itself. Knows no format."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from linnaeus.taxonomy.entries import JOINED_BY, Entry
from linnaeus.taxonomy.faults import Fault, Faults, quoted
from linnaeus.taxonomy.lookup import Lookup
from linnaeus.taxonomy.strings import Lists, Strings, StringsMaker, starts_of

LONG_NAME = 500  # characters of a name; embedders and models read no further


class Collected:
    """Labels as columns, in the order of the file: the i-th label starts at `lines[i]`. Parents are still ids.

    Labels that cannot be read or have no id are only in `faults`.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.faults = Faults()
        lines = array("q")
        own, names, descriptions = StringsMaker(), StringsMaker(), StringsMaker()
        parents, synonyms = _ListsMaker(), _ListsMaker()
        for entry in entries:
            if not self._usable(entry):
                continue
            lines.append(entry.line)
            own.add(entry.id)
            names.add(entry.name)
            descriptions.add(entry.description)
            parents.add(entry.parents)
            synonyms.add(entry.synonyms)
        self.lines: NDArray[np.int64] = np.frombuffer(lines, np.int64) if lines else np.zeros(0, np.int64)
        self.ids, self.names, self.descriptions = own.done(), names.done(), descriptions.done()
        self.parents, self.synonyms = parents.done(), synonyms.done()
        self.lookup = Lookup(self.ids)

    def _usable(self, entry: Entry) -> bool:
        """Whether the label can be put into the columns; notes what is wrong with it."""
        line, add = entry.line, self.faults.add
        if entry.problem is not None:
            add(Fault(line, "unreadable", entry.problem))
            return False
        if not entry.id:
            add(Fault(line, "empty id", "the id is empty"))
            return False
        if JOINED_BY in entry.id:
            add(
                Fault(
                    line, "bad id", f"the id {quoted(entry.id)} holds a {JOINED_BY}, which separates parents"
                )
            )
        if not entry.name:
            add(Fault(line, "empty name", "the name is empty"))
        elif len(entry.name) > LONG_NAME:
            words = f"the name has {len(entry.name):,} characters: {quoted(entry.name)}"
            add(Fault(line, "long name", words, error=False))
        return True


class _ListsMaker:
    """Collects lists of strings for a `Lists`."""

    def __init__(self) -> None:
        self._strings = StringsMaker()
        self._sizes = array("q")

    def add(self, strings: tuple[str, ...]) -> None:
        self._sizes.append(len(strings))
        for string in strings:
            self._strings.add(string)

    def done(self) -> Lists:
        strings: Strings = self._strings.done()
        return Lists(starts_of(np.array(self._sizes, np.int64)), strings)
