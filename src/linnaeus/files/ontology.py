"""A taxonomy file as rows in memory: CSV `id,name,description,parent_ids,synonyms`, or JSON lines of the same.

Knows nothing of labels or texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeAlias

from linnaeus.errors import InputError, UsageError
from linnaeus.files import formats
from linnaeus.files.columns import listed, plain
from linnaeus.files.delimited import Delimited
from linnaeus.files.lines import JsonLines
from linnaeus.files.raw import Bytes
from linnaeus.files.source import guarded, open_parser

COLUMNS = ("id", "name", "description", "parent_ids", "synonyms")
NEEDED = ("id", "name")
BETWEEN = " > "
"""What stands between the names of a path."""

_Record: TypeAlias = tuple[dict[str, Any], int]
"""A record and its line."""


@dataclass(frozen=True, slots=True)
class Node:
    """One entry of a taxonomy; `parents` are places in it, `line` is where it stands in its file."""

    id: str
    name: str
    description: str
    parents: tuple[int, ...]
    synonyms: tuple[str, ...]
    line: int


class Ontology:
    """The entries of a taxonomy in the order of their file; acyclic, ids unique, parents known."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = nodes
        self.place = {node.id: place for place, node in enumerate(nodes)}

    def __len__(self) -> int:
        return len(self.nodes)

    def above(self, place: int) -> list[int]:
        """The places of the entries above that at `place`, by first parents, the nearest first."""
        above = []
        while self.nodes[place].parents:
            place = self.nodes[place].parents[0]
            above.append(place)
        return above

    def path(self, place: int) -> str:
        """The names from the root to the entry at `place`, by first parents: "Animal > Panda"."""
        return BETWEEN.join(self.nodes[one].name for one in (*reversed(self.above(place)), place))


def read_ontology(path: str) -> Ontology:
    """Read a taxonomy from .csv, .tsv or .jsonl, each also .gz.

    Raises InputError, with the file and the line, for missing columns, empty or repeated ids, empty names, unknown
    parents and cycles.
    """
    kind = formats.of_path(path)
    if kind.name not in ("csv", "tsv", "jsonl"):
        raise UsageError(f"{path}: a taxonomy is a .csv, .tsv or .jsonl file", hint=", ".join(COLUMNS))
    with closing(Bytes(path)) as raw:
        parser = open_parser(raw, kind)
        assert isinstance(parser, (Delimited, JsonLines))
        if not isinstance(parser, JsonLines):
            _check_columns(parser.columns, raw.name)
        found = list(_records(parser, raw.name))
        if not found:
            raise InputError(f"{raw.name} holds no entry")
        _check_columns(parser.columns, raw.name)
        return Ontology(_nodes(found, raw.name))


def _records(parser: Delimited | JsonLines, name: str) -> Iterator[_Record]:
    for record, problem in guarded(parser, name):
        if problem is not None:
            raise InputError(f"{name}: {problem}")
        yield record, parser.line


def _check_columns(columns: Sequence[str], name: str) -> None:
    """Refuse a table that lacks a column, or has one that is almost called like it."""
    extra = [column for column in columns if column not in COLUMNS]
    for wanted in (column for column in COLUMNS if column not in columns):
        close = get_close_matches(wanted, extra, 1)
        if close or wanted in NEEDED:
            meant = f"is {close[0]!r} meant? " if close else ""
            raise InputError(f"{name} has no column {wanted!r}", hint=f"{meant}columns: {listed(columns)}")


def _nodes(records: Sequence[_Record], name: str) -> list[Node]:
    places: dict[str, int] = {}
    for place, (record, line) in enumerate(records):
        id = plain(record.get("id")).strip()
        if not id or not plain(record.get("name")).strip():
            raise InputError(f"{name}, line {line}: the {'name' if id else 'id'} is empty")
        if id in places:
            raise InputError(f"{name}, line {line}: the id {id!r} is on line {records[places[id]][1]} too")
        places[id] = place
    nodes = [_node(record, line, places, name) for record, line in records]
    _check_cycles(nodes, name)
    return nodes


def _node(record: dict[str, Any], line: int, places: dict[str, int], name: str) -> Node:
    parents = _several(record.get("parent_ids"))
    unknown = next((parent for parent in parents if parent not in places), None)
    if unknown is not None:
        close = get_close_matches(unknown, places, 1) if len(places) < 10_000 else []
        hint = f"did you mean {close[0]!r}?" if close else "a parent is the id of another row"
        raise InputError(f"{name}, line {line}: there is no entry with the id {unknown!r}", hint=hint)
    return Node(
        id=plain(record["id"]).strip(),
        name=plain(record["name"]).strip(),
        description=plain(record.get("description")).strip(),
        parents=tuple(places[parent] for parent in parents),
        synonyms=tuple(_several(record.get("synonyms"))),
        line=line,
    )


def _several(cell: Any) -> list[str]:
    """The values of a cell that holds a list, or several joined by `|`."""
    parts = cell if isinstance(cell, (list, tuple)) else plain(cell).split("|")
    return list(dict.fromkeys(value for part in parts if (value := plain(part).strip())))


def _check_cycles(nodes: Sequence[Node], name: str) -> None:
    """Take entries away whose parents are all gone (Kahn 1962); what is left holds a cycle."""
    children: dict[int, list[int]] = {}
    waiting = {place: len(node.parents) for place, node in enumerate(nodes)}
    for place, node in enumerate(nodes):
        for parent in node.parents:
            children.setdefault(parent, []).append(place)
    free = [place for place, parents in waiting.items() if not parents]
    while free:
        place = free.pop()
        del waiting[place]
        for child in children.get(place, ()):
            waiting[child] -= 1
            if not waiting[child]:
                free.append(child)
    if waiting:
        round_trip = _cycle(nodes, waiting)
        ids = BETWEEN.join(nodes[place].id for place in round_trip[:6])
        raise InputError(
            f"{name}, line {nodes[round_trip[0]].line}: an entry is above itself: {ids}"
            + (" ..." if len(round_trip) > 6 else f"{BETWEEN}{nodes[round_trip[0]].id}")
        )


def _cycle(nodes: Sequence[Node], left: dict[int, int]) -> list[int]:
    """One cycle among the entries that are `left`, from its first entry of the file on, parents first."""
    seen: dict[int, int] = {}
    place = min(left)
    while place not in seen:
        seen[place] = len(seen)
        place = next(parent for parent in nodes[place].parents if parent in left)
    upwards = list(seen)[seen[place] :]
    first = upwards.index(min(upwards))
    return [upwards[first], *reversed(upwards[first + 1 :] + upwards[:first])]
