"""Taxonomies as tables: CSV or TSV `id,name,description,parent_ids,synonyms`, or JSON lines of the same. Checks no label."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import islice

import msgspec

from linnaeus.errors import InputError
from linnaeus.files.columns import listed
from linnaeus.files.delimited import Delimited
from linnaeus.files.formats import Format
from linnaeus.files.lines import JsonLines
from linnaeus.files.raw import Bytes
from linnaeus.files.source import guarded, open_parser
from linnaeus.taxonomy.entries import JOINED_BY, Entry, entries_of, one_line, prose, several
from linnaeus.taxonomy.strings import BLOCK
from linnaeus.taxonomy.taxonomy import Taxonomy

COLUMNS = ("id", "name", "description", "parent_ids", "synonyms")
NEEDED = ("id", "name")
DELIMITERS = {"csv": ",", "tsv": "\t"}
_SAID_LINE = re.compile(r" \(line \d+\)$")


def read_table(raw: Bytes, format: Format) -> Iterator[Entry]:
    """The labels of a .csv, .tsv or .jsonl, in order; parents and synonyms are joined by `|`, in JSON also lists.

    Only `id` and `name` are needed. Raises InputError where one is missing, or another is called almost like it.
    """
    parser = open_parser(raw, format)
    assert isinstance(parser, (Delimited, JsonLines))
    if isinstance(parser, Delimited):
        _check_columns(parser.columns, raw.name)
    seen = False
    for record, problem in guarded(parser, raw.name):
        if problem is not None:
            yield Entry(parser.line, "", "", problem=_SAID_LINE.sub("", problem))
            continue
        seen = True
        get = record.get
        yield Entry(
            parser.line,
            one_line(get("id")),
            one_line(get("name")),
            prose(get("description")),
            several(get("parent_ids")),
            several(get("synonyms")),
        )
    if seen and isinstance(parser, JsonLines):
        _check_columns(parser.columns, raw.name)


def _check_columns(columns: Sequence[str], name: str) -> None:
    extra = [column for column in columns if column not in COLUMNS]
    for wanted in (column for column in COLUMNS if column not in columns):
        close = get_close_matches(wanted, extra, 1)
        if close or wanted in NEEDED:
            meant = f"is {close[0]!r} meant? " if close else ""
            raise InputError(f"{name} has no column {wanted!r}", hint=f"{meant}columns: {listed(columns)}")


def delimited(taxonomy: Taxonomy, delimiter: str) -> Iterator[bytes]:
    """A table of all labels, some at a time; cells are as they are, whatever a spreadsheet makes of them."""
    rows = entries_of(taxonomy)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(COLUMNS)
    while True:
        yield out.getvalue().encode()
        out.seek(out.truncate(0))
        block = list(islice(rows, BLOCK))
        if not block:
            return
        for row in block:
            parents, synonyms = JOINED_BY.join(row.parents), JOINED_BY.join(row.synonyms)
            writer.writerow([row.id, row.name, row.description, parents, synonyms])


def json_lines(taxonomy: Taxonomy) -> Iterator[bytes]:
    """All labels as JSON lines, one at a time; parents and synonyms are lists."""
    encode = msgspec.json.Encoder().encode
    for row in entries_of(taxonomy):
        cells = (row.id, row.name, row.description, row.parents, row.synonyms)
        yield encode(dict(zip(COLUMNS, cells, strict=True))) + b"\n"
