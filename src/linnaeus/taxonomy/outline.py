"""Taxonomies as indented text: a name a line, deeper under what it belongs to. Checks no label."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np

from linnaeus.errors import InputError
from linnaeus.files.formats import Format
from linnaeus.files.raw import Bytes
from linnaeus.files.source import guarded, open_parser
from linnaeus.taxonomy.entries import Entry, one_line
from linnaeus.taxonomy.faults import quoted
from linnaeus.taxonomy.taxonomy import Taxonomy

INDENT = "\t"


@dataclass(slots=True)
class _Open:
    """A line under which more may come: its indentation, its id, and the names directly under it with their lines."""

    indent: str
    id: str
    names: dict[str, int] = field(default_factory=dict)


def read_outline(raw: Bytes, format: Format) -> Iterator[Entry]:
    """The labels of an indented text, in order; blank lines are skipped, any number of tabs or spaces is one step.

    The id of a label is made from its path, so it is the same in every version of the file that has that path.
    """
    lines = guarded(open_parser(raw, Format("txt", format.gzipped)), raw.name)
    above = [_Open("", "")]  # the first stands for the top
    for number, (record, problem) in enumerate(lines, 1):
        text: str = record["text"]
        name = one_line(text)
        if not name:
            continue
        indent = text[: len(text) - len(text.lstrip(" \t"))]
        problem = (problem and "invalid UTF-8") or _find_parent(above, indent)
        parent = above[-1]
        id = id_of_path(parent.id, name)
        above.append(_Open(indent, id))
        first = parent.names.setdefault(name, number)
        if first != number and problem is None:
            problem = f"{quoted(name)} is on line {first} too, at the same place"
        yield Entry(number, id, name, parents=(parent.id,) if parent.id else (), problem=problem)


def _find_parent(above: list[_Open], indent: str) -> str | None:
    """Leave only the lines open that a line with this indentation is under; say what is wrong with it, if anything."""
    closed = None
    while len(above) > 1 and len(above[-1].indent) >= len(indent):
        closed = above.pop()
    if closed is not None and closed.indent != indent:
        return "it is indented like no line above it"
    if not indent.startswith(above[-1].indent):
        return "tabs and spaces are not mixed as in the line that it is under"
    return None


def id_of_path(parent: str, name: str) -> str:
    """The id of the label `name` under the label with the id `parent` ("": at the top): 16 hexadecimal digits."""
    return blake2b(f"{parent}\n{name}".encode(), digest_size=8).hexdigest()


def outline(taxonomy: Taxonomy) -> Iterator[bytes]:
    """All names, each indented by tabs under its first parent; ids, descriptions, synonyms and further parents are lost.

    Raises InputError where two labels under one parent have the same name: they could not be told apart.
    """
    first = taxonomy.parents.first
    order = np.argsort(first, kind="stable")
    starts = np.searchsorted(first[order], np.arange(-1, len(taxonomy) + 1))  # from roots on
    waiting = order[starts[0] : starts[1]][::-1].tolist()
    _check_names(taxonomy, waiting)
    depth = taxonomy.depth
    while waiting:
        place = waiting.pop()
        yield f"{INDENT * int(depth[place])}{taxonomy.names[place]}\n".encode()
        under = order[starts[place + 1] : starts[place + 2]][::-1].tolist()
        _check_names(taxonomy, under)
        waiting += under


def _check_names(taxonomy: Taxonomy, siblings: list[int]) -> None:
    if len(siblings) < 2:
        return
    names = [taxonomy.names[place] for place in siblings]
    if len(set(names)) < len(names):
        name = next(name for name in names if names.count(name) > 1)
        path = " > ".join(taxonomy.path(siblings[names.index(name)]))
        hint = "write .csv, .jsonl, .rdf or .ttl, which keep ids"
        raise InputError(f"two labels are called {path!r}: indented text cannot tell them apart", hint=hint)
