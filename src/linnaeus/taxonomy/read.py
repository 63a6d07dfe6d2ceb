"""A taxonomy from a file of any format, or all that is wrong with it. Knows no project."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from shlex import quote

from linnaeus.errors import InputError
from linnaeus.files.raw import Bytes
from linnaeus.taxonomy.collect import Collected
from linnaeus.taxonomy.entries import Entry
from linnaeus.taxonomy.examine import examined
from linnaeus.taxonomy.faults import Fault, Faults
from linnaeus.taxonomy.formats import format_of
from linnaeus.taxonomy.outline import read_outline
from linnaeus.taxonomy.skos import read_skos
from linnaeus.taxonomy.table import read_table
from linnaeus.taxonomy.taxonomy import Taxonomy

READERS = {
    "csv": read_table,
    "tsv": read_table,
    "jsonl": read_table,
    "rdf": read_skos,
    "turtle": read_skos,
    "outline": read_outline,
}


def read_taxonomy(path: str) -> Taxonomy:
    """Read a taxonomy from .csv, .tsv, .jsonl, .rdf, .ttl or .txt (indented), each also .gz.

    Raises InputError that names the first error with its line, and how many more there are; see `check`.
    """
    found = _collected(path)
    return _made(found, f"{path}, ", f"`linnaeus taxonomy check {quote(str(path))}` lists them")


def check(path: str) -> list[Fault]:
    """All that is wrong with a taxonomy file, by line; of each kind the first 1,000, then how many more.

    Raises InputError for a file that cannot be read at all, UsageError for an ending that names no format.
    """
    found = _collected(path)
    examined(found)
    return found.faults.all()


def taxonomy_of(entries: Iterable[Entry]) -> Taxonomy:
    """The taxonomy of labels that come from elsewhere; raises InputError that names the first error."""
    return _made(Collected(entries), "", "")


def _collected(path: str) -> Collected:
    format = format_of(path)
    with closing(Bytes(path)) as raw:
        if format.gzipped and not raw.gzipped and raw.size:
            raise InputError(f"{raw.name} is not compressed with gzip", hint="drop the .gz from its name")
        return Collected(READERS[format.name](raw, format))


def _made(found: Collected, where: str, hint: str) -> Taxonomy:
    taxonomy = examined(found)
    if taxonomy is None:
        raise _error(found.faults, where, hint)
    return taxonomy


def _error(faults: Faults, where: str, hint: str) -> InputError:
    first = next(fault for fault in faults.all() if fault.error)
    more = faults.errors - 1
    if not more:
        return InputError(f"{where}{first}")
    return InputError(f"{where}{first} (and {more:,} more {'error' if more == 1 else 'errors'})", hint=hint)
