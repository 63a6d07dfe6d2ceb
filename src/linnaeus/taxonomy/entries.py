"""One label as a taxonomy file has it, cleaned. Knows no format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from linnaeus.files.columns import plain
from linnaeus.taxonomy.taxonomy import Taxonomy

JOINED_BY = "|"
"""What stands between several parents or synonyms in one cell."""

_UNSAYABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
"""Characters that some format cannot hold: what XML 1.0 forbids or discourages, half surrogate pairs, byte order marks."""


class Entry(NamedTuple):
    """A label by its own words; `parents` are ids. A `problem` (with its line) means that it could not be read.

    `line`: where it starts in its file, from 1; 0 where the format has no lines.
    """

    line: int
    id: str
    name: str
    description: str = ""
    parents: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    problem: str | None = None


def entries_of(taxonomy: Taxonomy) -> Iterator[Entry]:
    """The labels of a taxonomy one by one; their lines count from 1."""
    ids = taxonomy.ids
    columns = zip(ids, taxonomy.names, taxonomy.descriptions, taxonomy.synonyms, strict=True)
    for place, (id, name, description, synonyms) in enumerate(columns):
        parents = tuple(ids[parent] for parent in taxonomy.parents[place].tolist())
        yield Entry(place + 1, id, name, description, parents, tuple(synonyms))


def one_line(cell: Any) -> str:
    """A cell as an id, a name or a synonym: runs of white space are one blank, what no file can hold is U+FFFD."""
    text = plain(cell)
    if text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(_sayable(text).split())


def prose(cell: Any) -> str:
    """A cell as a description: line ends are \\n, none at either end."""
    text = plain(cell)
    if not text.isprintable():
        text = _sayable(text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.strip()


def several(cell: Any) -> tuple[str, ...]:
    """The values of a cell that holds a list, or several joined by `|`; none twice, none empty."""
    if not cell:
        return ()
    if isinstance(cell, (list, tuple)):
        parts = [one_line(part).replace(JOINED_BY, "/") for part in cell]
    else:
        parts = [one_line(part) for part in plain(cell).split(JOINED_BY)]
    return tuple(part for part in dict.fromkeys(parts) if part)


def _sayable(text: str) -> str:
    return _UNSAYABLE.sub("\ufffd", text)
